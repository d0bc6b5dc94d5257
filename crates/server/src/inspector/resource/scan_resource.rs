//! `ScanResource`: takes the bill of materials of a resource and finds its vulnerabilities.

use std::collections::BTreeMap;

use balefire_api::generated::inspector2::ResourceScanType;
use balefire_api::own::{ScanResourceInput, ScanResourceOutput, SkippedComponent};
use balefire_store::Kept;
use serde_json::json;

use super::{FINDINGS_CHANGED, Rematched, Resource, ResourceArn, is_region, rematch};
use crate::access::Account;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::inspector::account::enable_types;
use crate::inspector::sbom::{Sbom, cyclonedx};
use crate::intelligence::package::Package;

/// The kind of the job that says that a resource has a new inventory; its subject is `REGION/ARN`.
pub const RESOURCE_SCANNED: &str = "resource.scanned";
/// The longest name, version and path that a finding can give, in characters.
const TEXT_MAX: usize = 1024;

/// Replaces the resource's inventory and brings its findings up to date.
///
/// The kind of resource is enabled for its account where it was not: who scans wants findings.
pub fn scan_resource(
    ctx: &mut Ctx<'_, '_>,
    input: ScanResourceInput,
) -> Result<ScanResourceOutput, Failure> {
    let arn = ResourceArn::parse(&input.resource_arn).map_err(|reason| {
        Failure::invalid(
            "/ResourceArn",
            format!("Member must be the ARN of a resource: {reason}"),
        )
    })?;
    let (account, region) = place(ctx, &arn)?;
    let sbom = cyclonedx::read(input.sbom.text().as_bytes()).map_err(|error| {
        Failure::invalid(
            "/Sbom",
            format!("Member must be a CycloneDX document: {error}"),
        )
    })?;
    if let Some(tags) = &input.tags {
        check_tags(tags)?;
    }
    let (packages, mut skipped) = packages(&sbom);
    Account::ensure_member(ctx.tx, &account, ctx.now.0)?;
    let scan_type = arn.kind.scan_type();
    let enabled = enable_types(ctx.tx, &account, &region, &[scan_type], ctx.now.0)?;
    keep(ctx, &account, &region, &arn.text, input.tags, &packages)?;
    let subject = format!("{region}/{}", arn.text);
    ctx.leave_job(&account, RESOURCE_SCANNED, &subject, &json!({}))?;
    let rematched = rematch(ctx.tx, &account, &region, &arn.text, ctx.now.0)?.unwrap_or_default();
    ctx.leave_job(&account, FINDINGS_CHANGED, &subject, &json!({}))?;
    log(ctx, account, &arn.text, &enabled, &rematched)?;
    skipped.extend(
        rematched
            .undecided
            .into_iter()
            .map(|(name, reason)| SkippedComponent { name, reason }),
    );
    let count = |list: &[String]| i32::try_from(list.len()).unwrap_or(i32::MAX);
    Ok(ScanResourceOutput {
        packages: i32::try_from(packages.len()).unwrap_or(i32::MAX),
        opened: count(&rematched.opened),
        reopened: count(&rematched.reopened),
        closed: count(&rematched.closed),
        unchanged: count(&rematched.unchanged) + count(&rematched.changed),
        skipped,
    })
}

/// The account and region of the resource: the ARN's, or the call's where the ARN has none.
fn place(ctx: &Ctx<'_, '_>, arn: &ResourceArn) -> Result<(String, String), Failure> {
    let account = if arn.account.is_empty() {
        ctx.account()
    } else {
        &arn.account
    };
    if account != ctx.account() && !ctx.caller.administrator {
        return Err(Failure::Denied(format!(
            "Account {} may scan its own resources only; this one is of account {account}.",
            ctx.account()
        )));
    }
    let region = if arn.region.is_empty() {
        ctx.region
    } else {
        &arn.region
    };
    if !is_region(region) {
        return Err(Failure::invalid(
            "/ResourceArn",
            format!(
                "Member must name a region such as eu-central-1, or the call must: {region:?} is none"
            ),
        ));
    }
    Ok((account.to_owned(), region.to_owned()))
}

/// Findings show the tags, and the model bounds them there.
fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (key, value) in tags {
        let chars = key.chars().count();
        if !(1..=128).contains(&chars) || value.chars().count() > 256 {
            let rule = format!(
                "Member must have keys of 1 to 128 and values of at most 256 characters: {key:?} has not"
            );
            return Err(Failure::invalid("/Tags", rule));
        }
    }
    Ok(())
}

/// The packages of a bill that findings can name, and what is left out of matching and why.
fn packages(sbom: &Sbom) -> (Vec<Package>, Vec<SkippedComponent>) {
    let inventory = sbom.inventory();
    let skip = |name: &str, reason: String| SkippedComponent {
        name: name.to_owned(),
        reason,
    };
    let mut skipped: Vec<_> = inventory
        .skipped
        .iter()
        .map(|skipped| {
            skip(
                &sbom.components[skipped.component].name,
                skipped.reason.to_string(),
            )
        })
        .collect();
    let mut packages = Vec::with_capacity(inventory.packages.len());
    for package in inventory.packages {
        let long = |text: &str| text.chars().count() > TEXT_MAX;
        if package.name.is_empty() || long(&package.name) || long(&package.version) {
            let reason = format!("its name and version must have 1 to {TEXT_MAX} characters");
            skipped.push(skip(
                package.name.get(..64).unwrap_or(&package.name),
                reason,
            ));
            continue;
        }
        if package.ecosystem.is_none() {
            let kind = package.purl.split(['/', '@']).next().unwrap_or_default();
            skipped.push(skip(
                &package.name,
                format!("kept, but advisories about {kind} packages are not matched"),
            ));
        }
        let path = package.path.filter(|path| !path.is_empty() && !long(path));
        packages.push(Package { path, ..package });
    }
    (packages, skipped)
}

/// Writes the resource; tags that are not given stay as they were.
fn keep(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    region: &str,
    arn: &str,
    tags: Option<BTreeMap<String, String>>,
    packages: &[Package],
) -> Result<(), Failure> {
    let kept = ctx
        .tx
        .get::<Resource>(&[account.into(), region.into(), arn.into()])?;
    let is_new = kept.is_none();
    let mut kept = kept.unwrap_or_else(|| Kept {
        record: Resource::new(account, region, arn),
        version: 0,
    });
    if let Some(tags) = tags {
        kept.set_tags(&tags)?;
    }
    kept.set_packages(packages)?;
    kept.scanned_ms = ctx.now.0;
    if is_new {
        ctx.tx.insert(&kept.record)?;
    } else {
        ctx.tx.replace(&mut kept)?;
    }
    Ok(())
}

/// One entry for the whole scan.
fn log(
    ctx: &mut Ctx<'_, '_>,
    account: String,
    arn: &str,
    enabled: &[ResourceScanType],
    rematched: &Rematched,
) -> Result<(), Failure> {
    let enabled: Vec<&str> = enabled.iter().map(|scan_type| scan_type.as_str()).collect();
    let body = json!({"enabled": enabled, "findings": rematched});
    ctx.changed_in(account, "resource.scanned", arn, &body)
}
