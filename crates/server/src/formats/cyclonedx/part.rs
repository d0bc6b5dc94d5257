//! The part of a product that a vulnerability affects, and what it is called in every release.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::Component;

const PURL: &str = "pkg:";
/// How BOM-Link names a part of another file: `urn:cdx:SERIAL/VERSION#REFERENCE`.
const BOM_LINK: &str = "urn:cdx:";

/// An affected part.
pub struct Part<'a> {
    /// What it is called in every release.
    pub identity: String,
    /// What is known of it.
    pub component: Option<Cow<'a, Component>>,
    /// See `Draft::apart`.
    pub apart: Vec<String>,
}

impl<'a> Part<'a> {
    /// The part that a reference within the file names.
    pub fn known(component: &'a Component, reference: &str) -> Part<'a> {
        Part {
            identity: component.identity().unwrap_or_else(|| reference.to_owned()),
            apart: component.apart(),
            component: Some(Cow::Borrowed(component)),
        }
    }

    /// A part that the file does not describe. Its package URL says what it is; one of another file is known
    /// by that file's serial number, whose version counts the releases of the file.
    pub fn elsewhere(reference: &str) -> Part<'a> {
        let link = reference.strip_prefix(BOM_LINK);
        let Some((file, within)) = link.and_then(|link| link.split_once('#')) else {
            return Part::of_text(reference);
        };
        let serial = file.split('/').next().unwrap_or_default();
        let within = Part::of_text(&percent_decode_str(within).decode_utf8_lossy());
        Part {
            identity: format!("{BOM_LINK}{serial}#{}", within.identity),
            apart: vec![reference.to_owned()],
            component: within.component,
        }
    }

    /// A package by its package URL, else something that is called so.
    fn of_text(text: &str) -> Part<'a> {
        match Component::of_purl(text) {
            Some(package) => Part {
                identity: package.identity().unwrap_or_default(),
                apart: package.apart(),
                component: Some(Cow::Owned(package)),
            },
            None => Part {
                identity: text.to_owned(),
                apart: Vec::new(),
                component: None,
            },
        }
    }
}

impl Component {
    /// A package of which only the package URL is known.
    fn of_purl(purl: &str) -> Option<Component> {
        let (path, _) = purl.split_at(purl.find(['?', '#']).unwrap_or(purl.len()));
        let (_, last) = path.strip_prefix(PURL)?.rsplit_once('/')?;
        let (name, version) = match last.rsplit_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (last, None),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some(Component {
            bom_ref: None,
            kind: None,
            group: None,
            name: Some(decoded(name)),
            version: version.map(decoded),
            purl: Some(purl.to_owned()),
            components: None,
        })
    }

    /// What it is called in every release: its package URL without the version, or its name.
    pub fn identity(&self) -> Option<String> {
        if let Some(purl) = self.purl.as_deref().filter(|purl| !purl.is_empty()) {
            let end = purl.find(['?', '#']).unwrap_or(purl.len());
            // A scope begins with the same character, and the version is behind the last slash.
            let (path, name) = purl[..end].rsplit_once('/').unwrap_or(("", &purl[..end]));
            let name = name.rsplit_once('@').map_or(name, |(name, _)| name);
            return Some(format!("{path}/{name}"));
        }
        let name = self.name.as_deref().filter(|name| !name.is_empty())?;
        Some(
            match self.group.as_deref().filter(|group| !group.is_empty()) {
                Some(group) => format!("{group}/{name}"),
                None => name.to_owned(),
            },
        )
    }

    /// What tells components of one identity apart.
    fn apart(&self) -> Vec<String> {
        let parts = [&self.version, &self.purl];
        parts.map(|part| part.clone().unwrap_or_default()).into()
    }
}
