//! What packages are called.

use super::*;

#[test]
fn packages_get_their_full_names() {
    use Ecosystem::{CratesIo, Go, Npm, PyPi};
    for (purl, members, ecosystem, name, version) in [
        (
            "pkg:npm/%40scope/left@1.0.0",
            json!({}),
            Some(Npm),
            "@scope/left",
            "1.0.0",
        ),
        (
            "pkg:npm/%40scope%2Fleft@1.0.0",
            json!({}),
            Some(Npm),
            "@scope/left",
            "1.0.0",
        ),
        (
            "pkg:npm/jsonstream@1.0.0",
            json!({"name": "JSONStream"}),
            Some(Npm),
            "JSONStream",
            "1.0.0",
        ),
        (
            "pkg:npm/JSONStream@1.0.0",
            json!({}),
            Some(Npm),
            "JSONStream",
            "1.0.0",
        ),
        (
            "pkg://npm/%40Scope/Left@1.0.0",
            json!({}),
            Some(Npm),
            "@Scope/Left",
            "1.0.0",
        ),
        (
            "pkg:npm/%40scope/left@1.0.0",
            json!({"group": "@scope", "name": "left"}),
            Some(Npm),
            "@scope/left",
            "1.0.0",
        ),
        (
            "pkg:pypi/My_Pkg@1.0",
            json!({}),
            Some(PyPi),
            "my-pkg",
            "1.0",
        ),
        (
            "pkg:cargo/serde_json@1.0.1",
            json!({}),
            Some(CratesIo),
            "serde_json",
            "1.0.1",
        ),
        (
            "pkg:golang/github.com/Acme/Anvil/v2@v2.0.0",
            json!({}),
            Some(Go),
            "github.com/Acme/Anvil/v2",
            "v2.0.0",
        ),
        (
            "pkg:golang/github.com/acme/anvil@v1.0.0",
            json!({"name": "github.com/Acme/Anvil"}),
            Some(Go),
            "github.com/Acme/Anvil",
            "v1.0.0",
        ),
        (
            "pkg:golang/./anvil@v1.0.0",
            json!({}),
            Some(Go),
            "anvil",
            "v1.0.0",
        ),
        (
            "pkg:golang/stdlib@1.22.0",
            json!({"name": "stdlib"}),
            Some(Go),
            "stdlib",
            "1.22.0",
        ),
        (
            "pkg:maven/com.acme/anvil@1",
            json!({"version": "2"}),
            None,
            "com.acme:anvil",
            "1",
        ),
        (
            "pkg:deb/debian/libc6@2.36?arch=amd64&distro=bookworm",
            json!({}),
            None,
            "libc6",
            "2.36",
        ),
        (
            "pkg:composer/acme/anvil",
            json!({"version": " 3.0 "}),
            None,
            "acme/anvil",
            "3.0",
        ),
    ] {
        let package = package_of(json!(purl), members).unwrap();
        let canonical: PackageUrl<'_> = package.purl.parse().unwrap();
        assert_eq!(canonical.to_string(), package.purl);
        assert_eq!(package.ecosystem, ecosystem, "{purl}");
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            (name, version),
            "{purl}"
        );
    }
}
