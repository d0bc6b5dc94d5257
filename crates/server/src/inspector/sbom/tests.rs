//! Bills of our own making, whole and broken.

mod names;

use serde_json::{Value, json};

use super::cyclonedx::{SbomError, VERSIONS, read};
use super::*;

fn bill(components: Value) -> Value {
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components})
}

fn read_json(document: &Value) -> Result<Sbom, SbomError> {
    read(document.to_string().as_bytes())
}

#[test]
fn nested_components_follow_the_one_they_are_in() {
    let mut document = bill(json!([
        {"type": "library", "name": "a", "bom-ref": "r1", "group": "", "components": [
            {"type": "library", "name": "b", "components": [{"type": "file", "name": "c"}]},
            {"type": "library", "name": "d", "version": "1", "future": {"x": [1]}},
        ]},
        {"type": "quantum-thing", "name": "e",
         "properties": [{"name": "p", "value": "1"}, {"name": "p", "value": "2"}, {"name": "q"}],
         "evidence": {"occurrences": [{"location": "/srv/e"}]}},
    ]));
    document["serialNumber"] = json!("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79");
    document["metadata"] = json!({"component": {"type": "container", "name": "image:1"}});
    let sbom = read_json(&document).unwrap();
    assert_eq!(sbom.spec_version, "1.5");
    assert_eq!(
        sbom.serial_number.as_deref(),
        document["serialNumber"].as_str()
    );
    assert_eq!(sbom.subject.as_ref().unwrap().name, "image:1");
    let seen: Vec<_> = sbom
        .components
        .iter()
        .map(|c| (c.name.as_str(), c.depth, c.pointer.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("a", 0, "/components/0"),
            ("b", 1, "/components/0/components/0"),
            ("c", 2, "/components/0/components/0/components/0"),
            ("d", 1, "/components/0/components/1"),
            ("e", 0, "/components/1"),
        ]
    );
    let last = &sbom.components[4];
    assert_eq!(
        (last.property("p"), last.property("q")),
        (Some("1"), Some(""))
    );
    assert_eq!((last.property("r"), last.path()), (None, Some("/srv/e")));
    assert_eq!(sbom.components[0].group, None);
}

#[test]
fn every_supported_version_is_read_and_no_other() {
    for version in VERSIONS {
        let document = json!({"bomFormat": "CycloneDX", "specVersion": version});
        assert_eq!(read_json(&document).unwrap().components, []);
    }
    for version in [
        json!("1.1"),
        json!("1.8"),
        json!("2.0"),
        json!(1.5),
        Value::Null,
    ] {
        let document = json!({"bomFormat": "CycloneDX", "specVersion": version});
        let error = read_json(&document).unwrap_err();
        assert!(
            matches!(error, SbomError::UnsupportedVersion { .. }),
            "{error}"
        );
    }
}

#[test]
fn what_is_not_a_bill_is_told_apart() {
    for (text, expected) in [
        ("", "not JSON at line 1"),
        (
            "{\"bomFormat\":\n \"CycloneDX\",,}",
            "not JSON at line 2, column 14",
        ),
        ("{\"bomFormat\": \"CycloneDX\"", "not JSON at line 1"),
        ("[]", "a JSON array"),
        ("7", "a single JSON value"),
        ("<?xml version=\"1.0\"?><bom/>", "XML"),
        ("SPDXVersion: SPDX-2.3", "SPDX in tag-value form"),
        (
            "{\"spdxVersion\": \"SPDX-2.3\", \"SPDXID\": \"x\"}",
            "SPDX (SPDX-2.3)",
        ),
        (
            "{\"@context\": \"https://spdx.org/rdf/3.0.1/x.jsonld\"}",
            "SPDX 3",
        ),
        ("{\"bomFormat\": \"OtherBom\"}", "bomFormat \"OtherBom\""),
        (
            "{\"@context\": \"https://openvex.dev/ns/v0.2.0\"}",
            "OpenVEX",
        ),
        (
            "{\"artifacts\": [], \"descriptor\": {}}",
            "Syft's own format",
        ),
        ("{\"sbom\": {}}", "without bomFormat"),
        ("{\"bomFormat\": \"CycloneDX\"}", "without a specVersion"),
        (
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\",\n\"components\": 7}",
            "line 2, column 15",
        ),
        (
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\",\n\"components\": [{\"name\": 7}]}",
            "expected a string",
        ),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_component_that_lacks_something_is_named() {
    for (component, expected) in [
        (
            json!({"type": "library"}),
            "/components/1/components/0 has no \"name\"",
        ),
        (
            json!({"name": "a"}),
            "/components/1/components/0 has no \"type\"",
        ),
        (
            json!({"type": "file", "name": "a", "bom-ref": ""}),
            "empty \"bom-ref\"",
        ),
    ] {
        let outer = json!({"type": "library", "name": "o", "components": [component]});
        let error = read_json(&bill(json!([{"type": "library", "name": "x"}, outer]))).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// A package of one component, given its purl and other members.
fn package_of(purl: Value, members: Value) -> Result<Package, SkipReason> {
    let mut component = json!({"type": "library", "name": "n", "purl": purl});
    component
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    package(&read_json(&bill(json!([component]))).unwrap().components[0])
}

#[test]
fn components_that_are_no_packages_are_skipped_with_a_reason() {
    let duplicate = |value: &str| {
        let name = format!("{GENERATOR}is_duplicate_package");
        json!({"properties": [{"name": name, "value": value}]})
    };
    let sound = json!("pkg:pypi/anvil@1.0");
    assert_eq!(package_of(Value::Null, json!({})), Err(SkipReason::NoPurl));
    assert_eq!(package_of(json!(" "), json!({})), Err(SkipReason::NoPurl));
    assert_eq!(
        package_of(json!("pkg:pypi/anvil"), json!({})),
        Err(SkipReason::NoVersion)
    );
    let blank = package_of(json!("pkg:pypi/anvil"), json!({"version": " "}));
    assert_eq!(blank, Err(SkipReason::NoVersion));
    assert_eq!(
        package_of(sound.clone(), duplicate("true")),
        Err(SkipReason::Duplicate)
    );
    assert!(package_of(sound, duplicate("false")).is_ok());
    for purl in [
        "pkg:npm/",
        "anvil@1.0",
        "pkg:pypi/group/anvil@1.0",
        "pkg:composer/anvil@1",
    ] {
        let error = package_of(json!(purl), json!({})).unwrap_err();
        assert!(
            matches!(&error, SkipReason::InvalidPurl { purl: p, .. } if p == purl),
            "{error}"
        );
    }
}

#[test]
fn the_inventory_keeps_the_way_back_to_the_components() {
    let sbom = read_json(&bill(json!([
        {"type": "operating-system", "name": "os"},
        {"type": "library", "name": "a", "purl": "pkg:pypi/a@1", "components": [
            {"type": "library", "name": "b", "purl": "pkg:pypi/b@2"},
        ]},
    ])));
    let inventory = sbom.unwrap().inventory();
    let names: Vec<_> = inventory
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(
        (names, inventory.component_of),
        (vec!["a", "b"], vec![1, 2])
    );
    assert_eq!(
        inventory.skipped,
        [Skipped {
            component: 0,
            reason: SkipReason::NoPurl
        }]
    );
}

#[test]
fn the_package_manager_is_chosen_by_tool_then_file_then_type() {
    let hint = |name: &str, value: &str| json!([{"name": name, "value": value}]);
    let path = |value: &str| hint("amazon:inspector:sbom_generator:source_path", value);
    let collector = "amazon:inspector:sbom_generator:source_package_collector";
    for (purl, properties, expected) in [
        ("pkg:npm/a@1", json!([]), Some("NPM")),
        ("pkg:npm/a@1", path("/app/yarn.lock"), Some("YARN")),
        ("pkg:npm/a@1", path("package-lock.json"), Some("NPM")),
        (
            "pkg:npm/a@1",
            path("/app/node_modules/a/package.json"),
            Some("NODEPKG"),
        ),
        (
            "pkg:npm/a@1",
            path("/app/node_modules/a/x.js"),
            Some("NODEPKG"),
        ),
        ("pkg:pypi/a@1", json!([]), Some("PIP")),
        ("pkg:pypi/a@1", path("/app/poetry.lock"), Some("POETRY")),
        (
            "pkg:pypi/a@1",
            path("/usr/lib/python3/dist-packages/a.egg-info"),
            Some("PYTHONPKG"),
        ),
        (
            "pkg:pypi/a@1",
            hint(collector, "python-pkg"),
            Some("PYTHONPKG"),
        ),
        ("pkg:golang/acme.example/a@v1.0.0", json!([]), Some("GOMOD")),
        (
            "pkg:golang/acme.example/a@v1.0.0",
            hint(collector, "go-binary"),
            Some("GOBINARY"),
        ),
        (
            "pkg:golang/acme.example/a@v1.0.0",
            hint("syft:package:foundBy", "go-module-binary-cataloger"),
            Some("GOBINARY"),
        ),
        (
            "pkg:maven/g/a@1",
            hint("aquasecurity:trivy:PkgType", "pom"),
            Some("POM"),
        ),
        ("pkg:maven/g/a@1", path("/srv/a.jar"), Some("JAR")),
        (
            "pkg:gem/a@1",
            path("specifications/a-1.gemspec"),
            Some("GEMSPEC"),
        ),
        (
            "pkg:nuget/a@1",
            path("/srv/a.deps.json"),
            Some("DOTNET_CORE"),
        ),
        ("pkg:cargo/a@1.0.0", json!([]), Some("CARGO")),
        ("pkg:deb/debian/a@1", json!([]), Some("OS")),
        // A hint of another kind of package is not followed.
        (
            "pkg:cargo/a@1.0.0",
            hint("aquasecurity:trivy:PkgType", "npm"),
            Some("CARGO"),
        ),
        ("pkg:swift/github.com/acme/a@1", json!([]), None),
    ] {
        let package = package_of(json!(purl), json!({"properties": properties})).unwrap();
        assert_eq!(package.manager, expected, "{purl} {properties}");
    }
}
