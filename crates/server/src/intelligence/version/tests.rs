//! Orders as the original tools give them, and the properties of a total order.

use proptest::prelude::*;

use super::*;

/// Groups of equal versions in ascending order, as node-semver 7.8.5 sorts them in loose mode.
/// Missing numbers (`1.2`) are ours: node-semver reads them in ranges only.
const NPM: &[&[&str]] = &[
    &["0.0.0-0"],
    &["0.0.0-alpha"],
    &["0.0.0"],
    &["0.0.1"],
    &["0.1.0-rc.1"],
    &["0.1.0"],
    &["1.2.3-0"],
    &["1.2.3-0.0"],
    &["1.2.3-1"],
    &["1.2.3-9"],
    &["1.2.3-99999999999999999999"],
    &["1.2.3--", "1.2.3-"],
    &["1.2.3--1"],
    &["1.2.3-10a"],
    &["1.2.3-A"],
    &["1.2.3-a"],
    &["1.2.3-alpha", "1.2.3alpha"],
    &["1.2.3-alpha.1"],
    &["1.2.3-alpha.9"],
    &["1.2.3-alpha.10"],
    &["1.2.3-alpha.beta"],
    &["1.2.3-beta"],
    &["1.2.3-beta.2"],
    &["1.2.3-beta.11"],
    &["1.2.3-rc.1", "1.2.3-rc.01"],
    &["1.2.3-rc1"],
    &["1.2.3-rc10"],
    &["1.2.3-rc2"],
    &[
        "v1.2.3",
        "=1.2.3",
        "1.2.3",
        "=v1.2.3",
        "1.2.3+build.5",
        "01.02.03",
    ],
    &["1.2.10"],
    &["1.10.0"],
    &["2.0.0-next.1", "2.0-next.1"],
    &["2.0.0-next-1"],
    &["2.0.0"],
    &["4.17.21"],
    &["10.0.0", "10", "10.0", "v10"],
    &["16.0.7-canary.12"],
    &["16.0.7"],
];

/// The same for PyPI, as `packaging` 21.3 orders them.
const PYPI: &[&[&str]] = &[
    &["0", "0.0", "0.0.0"],
    &["0.1.dev0"],
    &["0.1a1", "0.1a01", "0.1alpha1", "0.1.alpha.1"],
    &["0.1b1", "0.1beta1"],
    &["0.1rc1", "0.1c1", "0.1-pre1", "0.1preview1"],
    &["0.1"],
    &["1.0.dev"],
    &["1.0.dev1"],
    &["1.0.dev456"],
    &["1.0a", "1.0a0"],
    &["1.0a1"],
    &["1.0a2.dev456"],
    &["1.0a12.dev456"],
    &["1.0a12"],
    &["1.0b1.dev456"],
    &["1.0b2"],
    &["1.0b2.post345.dev456"],
    &["1.0b2.post345"],
    &["1.0b2-346"],
    &["1.0rc1.dev456"],
    &["1.0rc1"],
    &["1.0", "v1.0", "1", "1.0.0", "1.0.0.0", "01.0"],
    &["1.0+abc"],
    &["1.0+abc.5", "1.0+abc_5"],
    &["1.0+abc.7"],
    &["1.0+01", "1.0+1"],
    &["1.0+5"],
    &["1.0.post", "1.0.post0"],
    &["1.0.post456.dev34"],
    &["1.0.post456", "1.0-456", "1.0.rev456", "1.0-r456"],
    &["1.1.dev1"],
    &["1.2.3.4"],
    &["1.2.3.4.5"],
    &["1.9"],
    &["1.10"],
    &["2.0.0rc1.post1"],
    &["2024.1.1", "2024.01.01"],
    &["20200101000000"],
    &["1!0.1"],
    &["1!1.0"],
    &["2!0"],
];

/// The order of crates.io: the precedence examples of SemVer 2.0 and forms found in RustSec.
const CRATES_IO: &[&[&str]] = &[
    &["0.0.0-0"],
    &["0.0.0"],
    &["0.9.0-pre.1"],
    &["0.9.0", "0.9.0+spec-1.1.0"],
    &["1.0.0-alpha"],
    &["1.0.0-alpha.1"],
    &["1.0.0-alpha.beta"],
    &["1.0.0-beta"],
    &["1.0.0-beta.2"],
    &["1.0.0-beta.11"],
    &["1.0.0-rc.1"],
    &["1.0.0", "1.0.0+a", "1.0.0+b"],
    &["2.0.0"],
    &["2.1.0"],
    &["2.1.1"],
    &["18446744073709551615.0.0"],
];

/// The order of Go: x/mod/semver, pseudo-versions, and releases of the toolchain.
const GO: &[&[&str]] = &[
    &["v0.0.0-20191011191535-87dc89f01550"],
    &[
        "v0.0.0-20231016150651-428517fef5b9",
        "0.0.0-20231016150651-428517fef5b9",
    ],
    &["v0.0.0"],
    &["v0.3.7"],
    &["v0.3.8-0.20211105212822-18b340fc7af2"],
    &["v0.3.8"],
    &["v1.0.0-pre", "1.0.0-pre"],
    &["v1", "v1.0", "v1.0.0", "1.0.0", "1.0.0+incompatible"],
    &["1.9.2-rc.2", "go1.9.2rc2"],
    &["1.9.2", "go1.9.2"],
    &["1.21.0-0"],
    &["go1.21beta1", "1.21.0-beta.1"],
    &["1.21rc2", "go1.21rc2", "1.21.0-rc.2"],
    &["go1.21rc10", "1.21.0-rc.10"],
    &[
        "1.21",
        "go1.21.0",
        "go1.21.0-vendor",
        "go1.21.0 X:boringcrypto",
        "v1.21.0",
    ],
    &["go1.22.5", "1.22.5"],
    &["v2.0.0+incompatible", "v2.0.0"],
    &["v17.12.0-rc1.0.20200916142827-bd33bbf0497b+incompatible"],
    &["v17.12.0+incompatible"],
];

fn table(ecosystem: Ecosystem) -> &'static [&'static [&'static str]] {
    match ecosystem {
        Ecosystem::Npm => NPM,
        Ecosystem::PyPi => PYPI,
        Ecosystem::CratesIo => CRATES_IO,
        Ecosystem::Go => GO,
    }
}

#[test]
fn every_pair_of_each_table_compares_as_the_table_says() {
    for ecosystem in Ecosystem::ALL {
        let rows = table(ecosystem);
        for (left_rank, left) in rows.iter().enumerate() {
            for (right_rank, right) in rows.iter().enumerate() {
                for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                    let got = compare(ecosystem, a, b).unwrap();
                    assert_eq!(
                        got,
                        left_rank.cmp(&right_rank),
                        "{ecosystem}: {a} against {b}"
                    );
                }
            }
        }
    }
}

#[test]
fn texts_without_a_place_in_the_order_are_refused() {
    let refused: [(Ecosystem, &[&str]); 4] = [
        (
            Ecosystem::Npm,
            &[
                "",
                "1.2.3.4",
                "latest",
                "1.x",
                "1.2.3+",
                "1.2.3-a..b",
                "1.2.3-é",
                ">=1.2.3",
                "1.2.3_1",
            ],
        ),
        (
            Ecosystem::PyPi,
            &[
                "",
                "0.7.10p1",
                "2.0.0-final",
                "0.3.2d",
                "1.0-bulbasaur",
                "trunk",
                "2013-01-21T20:33:09+0100",
                "1..0",
                "1.0-",
                "1.0+",
                "1.0+_1",
                "0.2.0-n653",
                "3.0.0b3-",
            ],
        ),
        (
            Ecosystem::CratesIo,
            &["", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-01"],
        ),
        (
            Ecosystem::Go,
            &[
                "",
                "(devel)",
                "devel +1a2b3c",
                "v1.2-pre",
                "v1.02.0",
                "v1.2.3.4",
                "go1.21zz1",
                "go1.21rc",
                "v1.0.0-",
            ],
        ),
    ];
    for (ecosystem, texts) in refused {
        for text in texts {
            let error = Version::parse(ecosystem, text).expect_err(text);
            assert_eq!((error.ecosystem, error.text.as_str()), (ecosystem, *text));
            assert!(!error.reason.is_empty());
        }
    }
}

#[test]
fn numbers_beyond_64_bits_are_an_error_in_the_core_and_ordered_in_a_pre_release() {
    assert!(compare(Ecosystem::Npm, "99999999999999999999.0.0", "1.0.0").is_err());
    let small = "1.0.0-99999999999999999998";
    assert_eq!(
        compare(Ecosystem::Go, small, "1.0.0-99999999999999999999"),
        Ok(Ordering::Less)
    );
}

#[test]
fn ecosystems_are_found_by_their_names() {
    for (osv, purl_type, expected) in [
        ("npm", "npm", Some(Ecosystem::Npm)),
        ("PyPI", "pypi", Some(Ecosystem::PyPi)),
        ("crates.io", "cargo", Some(Ecosystem::CratesIo)),
        ("Go", "golang", Some(Ecosystem::Go)),
        ("Go:suffix", "GoLang", Some(Ecosystem::Go)),
        ("AlmaLinux:9", "rpm", None),
        ("pypi", "python", None),
        ("", "", None),
    ] {
        assert_eq!(Ecosystem::from_osv(osv), expected, "{osv}");
        assert_eq!(
            Ecosystem::from_purl_type(purl_type),
            expected,
            "{purl_type}"
        );
    }
}

#[test]
fn names_are_normalised_as_the_ecosystem_does() {
    for (ecosystem, name, expected) in [
        (Ecosystem::PyPi, "Zope.Interface", "zope-interface"),
        (Ecosystem::PyPi, "foo-_.Bar", "foo-bar"),
        (Ecosystem::Npm, "@Scope/Name", "@scope/name"),
        (Ecosystem::Npm, "JSONStream", "jsonstream"),
        (Ecosystem::CratesIo, "Inflector_x", "inflector-x"),
        (
            Ecosystem::Go,
            "github.com/Masterminds/goutils",
            "github.com/Masterminds/goutils",
        ),
        (Ecosystem::Go, "std", "stdlib"),
        (Ecosystem::Go, "stdlib", "stdlib"),
        (Ecosystem::Go, "acme.example/std", "acme.example/std"),
    ] {
        assert_eq!(ecosystem.normalize_name(name), expected);
    }
}

/// Versions built from few parts, so that equal and adjacent ones are common.
fn version_text(ecosystem: Ecosystem) -> BoxedStrategy<String> {
    let core = "[0-2]\\.[0-2]\\.(0|1|2|10)";
    match ecosystem {
        Ecosystem::PyPi => (
            "(1!)?[0-2](\\.(0|1|2|10)){0,3}",
            "((a|b|rc)[0-2])?(\\.post[0-2])?(\\.dev[0-2])?",
            "(\\+(a|b|1|2)(\\.(a|1))?)?",
        )
            .prop_map(|(release, stage, local)| format!("{release}{stage}{local}"))
            .boxed(),
        Ecosystem::Npm => (core, "(-?(a|b|rc)|-(a|1|2|10)(\\.(a|1|2|10)){0,2})?(\\+b)?")
            .prop_map(|(core, rest)| format!("{core}{rest}"))
            .boxed(),
        Ecosystem::CratesIo | Ecosystem::Go => {
            (core, "(-(a|b|1|2|10)(\\.(a|1|2|10)){0,2})?(\\+b)?")
                .prop_map(|(core, rest)| format!("{core}{rest}"))
                .boxed()
        }
    }
}

fn three_versions() -> impl Strategy<Value = (Ecosystem, [String; 3])> {
    prop::sample::select(Ecosystem::ALL.to_vec()).prop_flat_map(|ecosystem| {
        let text = || version_text(ecosystem);
        [text(), text(), text()].prop_map(move |texts| (ecosystem, texts))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_order_is_total((ecosystem, [a, b, c]) in three_versions()) {
        let order = |x: &str, y: &str| compare(ecosystem, x, y).unwrap();
        prop_assert_eq!(order(&a, &a), Ordering::Equal);
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        if order(&a, &b) != Ordering::Greater && order(&b, &c) != Ordering::Greater {
            prop_assert_ne!(order(&a, &c), Ordering::Greater, "{} {} {}", a, b, c);
        }
        if order(&a, &b) == Ordering::Equal {
            prop_assert_eq!(order(&a, &c), order(&b, &c));
        }
    }

    #[test]
    fn plain_versions_agree_with_the_semver_crate(
        a in version_text(Ecosystem::CratesIo),
        b in version_text(Ecosystem::CratesIo),
    ) {
        let oracle = semver::Version::parse(&a).unwrap()
            .cmp_precedence(&semver::Version::parse(&b).unwrap());
        for ecosystem in [Ecosystem::Npm, Ecosystem::CratesIo, Ecosystem::Go] {
            prop_assert_eq!(compare(ecosystem, &a, &b).unwrap(), oracle, "{}: {} {}", ecosystem, a, b);
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in ".{0,24}|[0-9a-zv=+.-]{0,16}") {
        for ecosystem in Ecosystem::ALL {
            let _ = Version::parse(ecosystem, &text);
        }
    }
}
