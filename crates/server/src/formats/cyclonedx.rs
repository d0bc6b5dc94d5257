//! CycloneDX with vulnerabilities (VEX): what is known of each component, and what was decided on it.

mod part;
mod vulnerability;

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::draft::{
    self, Draft, IN_PROGRESS, Members, NEW, RESOLVED, SUPPRESSED, VULNERABILITY, text,
};
use super::sheet::{Sheet, places};
use super::words::{joined, slug, time_ms};
use super::{Format, Given, Report, Scope};
use part::Part;
use vulnerability::Vulnerability;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    metadata: Option<Metadata>,
    components: Option<Vec<Component>>,
    vulnerabilities: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    tools: Option<Value>,
    component: Option<Component>,
}

#[derive(Clone, Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    bom_ref: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    components: Option<Vec<Component>>,
}

/// What all findings of a file have.
struct Bom<'a> {
    product: Value,
    scanned: &'a str,
    /// By the reference within the file.
    components: HashMap<&'a str, &'a Component>,
    resource: Value,
}

pub fn read(report: &str, given: Given<'_>) -> Result<Report, String> {
    let file: File = serde_json::from_str(report)
        .map_err(|error| format!("it is no CycloneDX file that can be read: {error}"))?;
    if file.vulnerabilities.is_none() {
        if file.bom_format.as_deref() != Some("CycloneDX") {
            return Err("it is no CycloneDX file: it has no `bomFormat` that says so".into());
        }
        return Err(
            "it is a CycloneDX SBOM and names no vulnerabilities: `balefire scan` matches its \
                    packages with the advisories"
                .into(),
        );
    }
    let metadata = file.metadata.as_ref();
    let described = metadata.and_then(|metadata| metadata.component.as_ref());
    let own = described.and_then(Component::identity);
    let uid = given.scope.or(own.as_deref());
    let scope = uid.map_or(Scope::Unknown, |uid| Scope::Resource(uid.into()));
    let timestamp = metadata.and_then(|metadata| metadata.timestamp.as_deref());
    let mut components = HashMap::new();
    collect(described.into_iter(), &mut components);
    collect(file.components.iter().flatten(), &mut components);
    let resource = Members::default()
        .with("uid", text(uid))
        .with(
            "name",
            text(described.and_then(|own| own.name.as_deref()).or(uid)),
        )
        .with("type", text(described.and_then(|own| own.kind.as_deref())))
        .with(
            "version",
            text(described.and_then(|own| own.version.as_deref())),
        );
    let bom = Bom {
        product: product(metadata.and_then(|metadata| metadata.tools.as_ref())),
        scanned: uid.unwrap_or_default(),
        components,
        resource: resource.object(),
    };
    let mut sheet = Sheet::new(Format::CycloneDx, scope, timestamp.and_then(time_ms));
    for (place, raw) in places("vulnerabilities", &file.vulnerabilities) {
        if let Some(found) = sheet.part::<Vulnerability>(&place, raw) {
            each(&mut sheet, &bom, &place, &found);
        }
    }
    Ok(sheet.done())
}

fn collect<'a>(
    list: impl Iterator<Item = &'a Component>,
    known: &mut HashMap<&'a str, &'a Component>,
) {
    for component in list {
        if let Some(bom_ref) = &component.bom_ref {
            known.insert(bom_ref, component);
        }
        // Depth is bounded by the reader of the text.
        let mut inner = component.components.iter().flatten();
        collect(&mut inner as &mut dyn Iterator<Item = &'a Component>, known);
    }
}

/// The first tool of the file, in the form of any version.
fn product(tools: Option<&Value>) -> Value {
    let lists = ["components", "services"];
    let listed = tools.map(|tools| {
        let mut known = lists.iter().filter_map(|name| tools.get(name));
        known.next().unwrap_or(tools)
    });
    let tool = listed.and_then(|tools| tools.get(0));
    let part = |name: &str| tool.and_then(|tool| tool.get(name)).and_then(Value::as_str);
    let Some(name) = part("name").filter(|name| !slug(name).is_empty()) else {
        return draft::product("cyclonedx", "CycloneDX", None, None);
    };
    let vendor = part("vendor")
        .or_else(|| part("publisher"))
        .or_else(|| part("group"));
    draft::product(&slug(name), name, vendor, part("version"))
}

/// One finding for each component that a vulnerability affects.
fn each(sheet: &mut Sheet, bom: &Bom<'_>, place: &str, found: &Vulnerability) {
    let Some(id) = found.id.as_deref().or(found.bom_ref.as_deref()) else {
        sheet.refuse(place, "id is missing");
        return;
    };
    let affects = found.affects.as_deref().unwrap_or_default();
    if affects.is_empty() {
        if bom.scanned.is_empty() {
            sheet.refuse(
                place,
                "it affects nothing, and the file has no component: name what was scanned (--scope)",
            );
            return;
        }
        sheet.take(
            place.to_owned(),
            &bom.product,
            finding(bom, found, id, None),
        );
    }
    for (index, affected) in affects.iter().enumerate() {
        let place = format!("{place}.affects[{index}]");
        sheet.take(
            place,
            &bom.product,
            finding(bom, found, id, Some(&affected.of)),
        );
    }
}

fn finding<'a>(
    bom: &Bom<'_>,
    found: &'a Vulnerability,
    id: &'a str,
    of: Option<&str>,
) -> Draft<'a> {
    // A VEX file may name packages that it does not describe, and the parts of another file.
    let affected = of.map(|of| match bom.components.get(of) {
        Some(component) => Part::known(component, of),
        None => Part::elsewhere(of),
    });
    let component = affected.as_ref().and_then(|part| part.component.as_deref());
    let part = affected.as_ref().map_or("", |part| part.identity.as_str());
    let analysis = found.analysis.as_ref();
    let state = analysis.and_then(|analysis| analysis.state.as_deref());
    let rejected = found.rejected.as_deref().filter(|at| !at.is_empty());
    let mut resources = Vec::new();
    if !bom.scanned.is_empty() {
        resources.push(bom.resource.clone());
    }
    if !part.is_empty() && part != bom.scanned {
        let name = component.and_then(|component| component.name.as_deref());
        let kind = component.and_then(|component| component.kind.as_deref());
        let resource = Members::default()
            .with("uid", part)
            .with("name", name.unwrap_or(part))
            .with("type", text(kind));
        resources.push(resource.object());
    }
    Draft {
        class_uid: VULNERABILITY,
        severity_id: vulnerability::severity(found),
        status_id: match state {
            Some("not_affected" | "false_positive") => SUPPRESSED,
            Some("resolved" | "resolved_with_pedigree") => RESOLVED,
            Some("in_triage") => IN_PROGRESS,
            None if rejected.is_some() => SUPPRESSED,
            _ => NEW,
        },
        uid: joined(&[bom.scanned, id, part]),
        apart: affected
            .as_ref()
            .map_or_else(Vec::new, |part| part.apart.clone()),
        title: id,
        desc: found.description.as_deref(),
        resources,
        more: Members::default()
            .with(
                "vulnerabilities",
                vec![vulnerability::detail(found, id, component)],
            )
            .with("comment", vulnerability::comment(found)),
    }
}
