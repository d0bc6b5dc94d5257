//! Software bills of materials: their components, and the packages that can be matched.

pub mod cyclonedx;
mod manager;
#[cfg(test)]
mod real_data;
#[cfg(test)]
mod tests;

use packageurl::PackageUrl;

use crate::intelligence::package::Package;
use crate::intelligence::version::Ecosystem;

/// The properties that Amazon's generator of bills writes.
pub const GENERATOR: &str = "amazon:inspector:sbom_generator:";

/// A bill of materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom {
    /// The version of the format, such as `1.5`.
    pub spec_version: String,
    /// The bill's own id.
    pub serial_number: Option<String>,
    /// What the bill is about.
    pub subject: Option<Component>,
    /// All components in the document's order, each followed by those nested in it.
    pub components: Vec<Component>,
}

/// A component of a bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
    /// How many components it is nested in.
    pub depth: usize,
    /// Its reference within the bill.
    pub bom_ref: Option<String>,
    /// Its type, such as `library`.
    pub kind: String,
    /// Its group, such as a Maven group id.
    pub group: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL as written.
    pub purl: Option<String>,
    /// Its properties; a name may occur more than once.
    pub properties: Vec<Property>,
    /// Files it was found in.
    pub occurrences: Vec<String>,
}

/// A property of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The name, with its namespace.
    pub name: String,
    /// The value, empty when left out.
    pub value: String,
}

impl Component {
    /// The first property of a name.
    pub fn property(&self, name: &str) -> Option<&str> {
        let property = self
            .properties
            .iter()
            .find(|property| property.name == name)?;
        Some(&property.value)
    }

    /// A property in the namespace of Amazon's generator.
    pub fn generator_property(&self, name: &str) -> Option<&str> {
        let named = |property: &&Property| property.name.strip_prefix(GENERATOR) == Some(name);
        self.properties
            .iter()
            .find(named)
            .map(|property| property.value.as_str())
    }

    /// Whether the generator has listed the same package as part of another one.
    pub fn is_duplicate(&self) -> bool {
        self.generator_property("is_duplicate_package")
            .is_some_and(|value| value != "false")
    }

    /// The file it was found in, as the tools known here write it.
    pub fn path(&self) -> Option<&str> {
        let tools = [
            "aquasecurity:trivy:FilePath",
            "syft:location:0:path",
            "SrcFile",
        ];
        let path = self.generator_property("source_path");
        let path = path.or_else(|| tools.iter().find_map(|name| self.property(name)));
        path.or_else(|| self.occurrences.first().map(String::as_str))
            .filter(|path| !path.is_empty())
    }
}

/// The components of a bill, as packages or as what could not be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The packages, in the bill's order.
    pub packages: Vec<Package>,
    /// For each package, the place of its component in the bill.
    pub component_of: Vec<usize>,
    /// The components that are no packages, in the bill's order.
    pub skipped: Vec<Skipped>,
}

/// A component that is not matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The place of the component in the bill.
    pub component: usize,
    /// Why.
    pub reason: SkipReason,
}

/// Why a component is not matched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// It has no package URL.
    #[error("no purl is given")]
    NoPurl,
    /// Its package URL breaks the rules.
    #[error("the purl {purl:?} is not valid: {reason}")]
    InvalidPurl {
        /// The purl as written.
        purl: String,
        /// Which rule it breaks.
        reason: String,
    },
    /// Neither the package URL nor the component has a version.
    #[error("no version is given, neither in the purl nor beside it")]
    NoVersion,
    /// It is listed as part of another package.
    #[error("it is a duplicate of another component")]
    Duplicate,
}

impl Sbom {
    /// Sorts the components into packages and others.
    pub fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::default();
        for (position, component) in self.components.iter().enumerate() {
            match package(component) {
                Ok(package) => {
                    inventory.packages.push(package);
                    inventory.component_of.push(position);
                }
                Err(reason) => inventory.skipped.push(Skipped {
                    component: position,
                    reason,
                }),
            }
        }
        inventory
    }
}

/// Reads a component as a package.
pub fn package(component: &Component) -> Result<Package, SkipReason> {
    if component.is_duplicate() {
        return Err(SkipReason::Duplicate);
    }
    let written = component
        .purl
        .as_deref()
        .map(str::trim)
        .filter(|purl| !purl.is_empty());
    let written = written.ok_or(SkipReason::NoPurl)?;
    let mut purl: PackageUrl<'_> =
        written
            .parse()
            .map_err(|error: packageurl::Error| SkipReason::InvalidPurl {
                purl: written.to_owned(),
                reason: error.to_string(),
            })?;
    // A namespace of dots only, as in `pkg:golang/./api`, is none.
    if purl.namespace() == Some("") {
        purl.without_namespace();
    }
    let version = purl
        .version()
        .or(component.version.as_deref())
        .map(str::trim);
    let version = version
        .filter(|version| !version.is_empty())
        .ok_or(SkipReason::NoVersion)?;
    Ok(Package {
        ecosystem: Ecosystem::from_purl_type(purl.ty()),
        purl: purl.to_string(),
        name: full_name(&purl, written, component),
        version: version.to_owned(),
        path: component.path().map(str::to_owned),
        manager: manager::choose(purl.ty(), component),
    })
}

/// The name with its scope, group or path, spelled as the component spells it.
///
/// Package URLs are lower-cased, and the case of npm names and Go module paths counts.
fn full_name(purl: &PackageUrl<'_>, written: &str, component: &Component) -> String {
    let joined = joined_name(purl);
    let separator = if purl.ty() == "maven" { ':' } else { '/' };
    let grouped = component
        .group
        .as_ref()
        .map(|group| format!("{group}{separator}{}", component.name));
    let spelled = [grouped.as_deref(), Some(component.name.as_str())]
        .into_iter()
        .flatten();
    if let Some(name) = spelled
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(&joined))
    {
        return name.to_owned();
    }
    if !matches!(purl.ty(), "golang" | "npm") {
        return joined;
    }
    // The same text, read as a type without rules, keeps its case. Slashes may stand before the type.
    let (_, rest) = written.split_once(':').unwrap_or_default();
    let (_, rest) = rest
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or_default();
    let plain = format!("pkg:generic/{rest}").parse::<PackageUrl<'_>>().ok();
    let spelled = plain.map(|plain| joined_name(&plain).trim_start_matches('/').to_owned());
    let spelled = spelled.filter(|name| name.eq_ignore_ascii_case(&joined));
    spelled.unwrap_or(joined)
}

fn joined_name(purl: &PackageUrl<'_>) -> String {
    match (purl.ty(), purl.namespace()) {
        // The namespace is the distribution, no part of the name.
        ("deb" | "rpm" | "apk" | "alpine" | "alpm" | "dpkg", _) | (_, None) => {
            purl.name().to_owned()
        }
        ("maven", Some(group)) => format!("{group}:{}", purl.name()),
        (_, Some(namespace)) => format!("{namespace}/{}", purl.name()),
    }
}
