//! What kind of software a package is, in the words of the service.

const OPERATING_SYSTEM: &str = "operating-system";
const APPLICATION: &str = "application";
const LIBRARY: &str = "library";
const UNKNOWN: &str = "unknown";

/// Ecosystems of operating systems: managers, package formats and distributions.
const OF_SYSTEMS: &[&str] = &[
    "almalinux",
    "alpine",
    "alpm",
    "amazon",
    "apk",
    "apt",
    "arch",
    "azurelinux",
    "bottlerocket",
    "cbl-mariner",
    "centos",
    "chainguard",
    "deb",
    "debian",
    "dnf",
    "dpkg",
    "fedora",
    "linux-kernel",
    "opensuse",
    "oracle",
    "os",
    "pacman",
    "photon",
    "portage",
    "redhat",
    "rocky",
    "rpm",
    "sles",
    "suse",
    "ubuntu",
    "wolfi",
    "yum",
    "zypper",
];
/// Ecosystems of languages, as scanners and `PackageManager` of ASFF spell them.
const OF_LANGUAGES: &[&str] = &[
    "bundler",
    "cargo",
    "cocoapods",
    "composer",
    "conan",
    "conda",
    "conda-pkg",
    "cran",
    "dart-pub",
    "dotnet",
    "dotnet-core",
    "dotnet-deps",
    "gem",
    "gemspec",
    "go",
    "go-module",
    "gobinary",
    "golang",
    "gomod",
    "gradle",
    "hackage",
    "hex",
    "jar",
    "java",
    "java-archive",
    "maven",
    "node-pkg",
    "nodejs",
    "nodepkg",
    "npm",
    "nuget",
    "php-composer-installed",
    "pip",
    "pipenv",
    "pnpm",
    "poetry",
    "pom",
    "pub",
    "pypi",
    "python",
    "python-pkg",
    "pythonpkg",
    "rubygems",
    "rust-binary",
    "rust-crate",
    "rustbinary",
    "sbt",
    "swift",
    "uv",
    "yarn",
];
/// Types of package URLs that say where a package is from, not what it is.
const OF_PLACES: &[&str] = &[
    "bitbucket",
    "bitnami",
    "docker",
    "generic",
    "github",
    "gitlab",
    "huggingface",
    "mlflow",
    "oci",
    "swid",
];

/// What a finding says of a package's kind; texts that it does not have are empty.
pub struct Told<'a> {
    pub kind: &'a str,
    /// OCSF's number for it.
    pub kind_id: &'a str,
    /// Its `package_manager`.
    pub ecosystem: &'a str,
    pub purl: &'a str,
}

impl Told<'_> {
    /// What is said in the service's own words comes first, then what follows from the ecosystem. Another
    /// word of the provider's stays, in lower case and with hyphens.
    pub fn package_type(&self) -> String {
        let kind = hyphened(self.kind);
        if [OPERATING_SYSTEM, APPLICATION, LIBRARY].contains(&kind.as_str()) {
            return kind;
        }
        let of_ecosystem = of_purl(self.purl)
            .or_else(|| of_ecosystem(&kind))
            .or_else(|| of_ecosystem(&hyphened(self.ecosystem)));
        let of_id = || match self.kind_id {
            "1" => Some(APPLICATION),
            "2" => Some(OPERATING_SYSTEM),
            _ => None,
        };
        match of_ecosystem.or_else(of_id) {
            Some(word) => word.to_owned(),
            None if kind.is_empty() => UNKNOWN.to_owned(),
            None => kind,
        }
    }
}

fn hyphened(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '_'], "-")
}

fn of_ecosystem(word: &str) -> Option<&'static str> {
    if OF_SYSTEMS.contains(&word) {
        Some(OPERATING_SYSTEM)
    } else if OF_LANGUAGES.contains(&word) {
        Some(LIBRARY)
    } else {
        None
    }
}

/// `pkg:TYPE/…`: nearly every type that is not an operating system's is a language's.
fn of_purl(purl: &str) -> Option<&'static str> {
    let rest = purl.strip_prefix("pkg:")?.trim_start_matches('/');
    let kind = rest.split('/').next()?.to_lowercase();
    if kind.is_empty() || OF_PLACES.contains(&kind.as_str()) {
        return None;
    }
    Some(of_ecosystem(&kind).unwrap_or(LIBRARY))
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn the_type_is_what_is_said_or_follows_from_the_ecosystem() {
        for ([kind, kind_id, ecosystem, purl], expected) in [
            (["", "", "", ""], "unknown"),
            (["Operating System", "", "", ""], "operating-system"),
            (["application", "", "npm", "pkg:npm/a@1"], "application"),
            (["", "", "OS", ""], "operating-system"),
            (["", "", "PYTHONPKG", ""], "library"),
            (["", "", "DOTNET_CORE", ""], "library"),
            (["", "", "OTHER", ""], "unknown"),
            (["debian", "", "", ""], "operating-system"),
            (
                ["deb", "", "", "pkg:deb/debian/openssl@3"],
                "operating-system",
            ),
            (["", "", "", "pkg:rpm/redhat/openssl@3"], "operating-system"),
            (["", "", "", "pkg:golang/golang.org/x/net@1"], "library"),
            (["", "", "", "pkg:hex/jason@1"], "library"),
            (["binary", "", "", "pkg:generic/busybox@1"], "binary"),
            (["", "", "", "pkg:generic/busybox@1"], "unknown"),
            (["", "1", "", ""], "application"),
            (["", "2", "", ""], "operating-system"),
            // The ecosystem says more than OCSF's number, which knows no libraries.
            (["", "1", "maven", ""], "library"),
            (["Linux Kernel", "", "", ""], "operating-system"),
            (["Firm_Ware", "99", "", "no purl"], "firm-ware"),
        ] {
            let told = Told {
                kind,
                kind_id,
                ecosystem,
                purl,
            };
            assert_eq!(
                told.package_type(),
                expected,
                "{kind} {kind_id} {ecosystem} {purl}"
            );
        }
    }
}
