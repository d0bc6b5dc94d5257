//! Published CVSS examples, and which score decides.

use serde_json::{Value, json};

use super::*;
use crate::intelligence::version::Ecosystem;

const V2: &str = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
const V31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const V4: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

#[test]
fn base_scores_are_those_of_the_published_examples() {
    for (vector, version, score) in [
        (V2, CvssVersion::V2, 7.5),
        ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", CvssVersion::V2, 10.0),
        // Temporal metrics do not change a base score.
        (
            "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C",
            CvssVersion::V2,
            7.8,
        ),
        (
            "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
            CvssVersion::V30,
            6.4,
        ),
        (V31, CvssVersion::V31, 9.8),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            CvssVersion::V31,
            10.0,
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O",
            CvssVersion::V31,
            9.8,
        ),
        (
            "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:N",
            CvssVersion::V31,
            0.0,
        ),
        (V4, CvssVersion::V4, 9.3),
        (&format!("{V4}/E:U/CR:L/U:Red"), CvssVersion::V4, 9.3),
    ] {
        let read = base_score(vector).unwrap();
        assert_eq!(
            (read.version, read.base_score),
            (version, score),
            "{vector}"
        );
    }
}

#[test]
fn what_is_no_vector_is_an_error() {
    for vector in [
        "",
        "7.5",
        "CVSS:3.1/AV:N",
        "CVSS:5.0/AV:N/AC:L",
        "AV:N/AC:L/Au:N/C:P/I:P/A:Q",
    ] {
        let error = base_score(vector).unwrap_err();
        assert_eq!(error.vector, vector);
    }
}

#[test]
fn scores_become_words_at_the_borders() {
    for (score, severity) in [
        (0.0, "INFORMATIONAL"),
        (0.1, "LOW"),
        (3.9, "LOW"),
        (4.0, "MEDIUM"),
        (6.9, "MEDIUM"),
        (7.0, "HIGH"),
        (8.9, "HIGH"),
        (9.0, "CRITICAL"),
        (10.0, "CRITICAL"),
    ] {
        assert_eq!(Severity::from_score(score).as_str(), severity, "{score}");
    }
}

fn advisory(severity: Value, word: Value, affected: Value) -> Advisory {
    serde_json::from_value(json!({
        "id": "TEST-2099-1", "severity": severity, "affected": [affected],
        "database_specific": {"severity": word},
    }))
    .unwrap()
}

#[test]
fn version_3_decides_then_4_then_2_then_words() {
    let score = |vector: &str| json!({"type": "CVSS", "score": vector});
    let none = Value::Null;
    let informational = json!({
        "package": {"ecosystem": "PyPI", "name": "anvil"},
        "database_specific": {"informational": "unmaintained"},
    });
    let own = json!({
        "package": {"ecosystem": "PyPI", "name": "anvil"},
        "severity": [score(V2)],
    });
    let other = json!({
        "package": {"ecosystem": "PyPI", "name": "hammer"},
        "severity": [score(V2)], "database_specific": {"severity": "LOW"},
    });
    let worded = json!({
        "package": {"ecosystem": "PyPI", "name": "anvil"},
        "ecosystem_specific": {"severity": "High"},
    });
    for (severity, word, affected, expected, version) in [
        (
            json!([score(V2), score(V4), score(V31)]),
            none.clone(),
            json!({}),
            "CRITICAL",
            Some("3.1"),
        ),
        (
            json!([score(V2), score(V4)]),
            none.clone(),
            json!({}),
            "CRITICAL",
            Some("4.0"),
        ),
        (
            json!([score(V2), score("CVSS:3.1/AV:N")]),
            none.clone(),
            json!({}),
            "HIGH",
            Some("2.0"),
        ),
        (
            json!([score("CVSS:3.1/?")]),
            json!("MODERATE"),
            json!({}),
            "MEDIUM",
            None,
        ),
        (
            json!([{"type": "Ubuntu", "score": "medium"}]),
            none.clone(),
            json!({}),
            "MEDIUM",
            None,
        ),
        (json!([score(V31)]), json!("LOW"), own, "HIGH", Some("2.0")),
        (
            json!([score(V31)]),
            none.clone(),
            other.clone(),
            "CRITICAL",
            Some("3.1"),
        ),
        (json!([]), json!("critical"), other, "CRITICAL", None),
        (json!([]), json!("LOW"), worded, "HIGH", None),
        (
            json!([]),
            none.clone(),
            informational,
            "INFORMATIONAL",
            None,
        ),
        (json!([]), json!("odd"), json!({}), "UNTRIAGED", None),
    ] {
        let advisory = advisory(severity, word, affected);
        let package = Package {
            ecosystem: Some(Ecosystem::PyPi),
            name: "Anvil".into(),
            ..Package::default()
        };
        let rating = rate(&advisory, Some(&package));
        let found = rating.cvss.as_ref().map(|cvss| cvss.version.as_str());
        assert_eq!(
            (rating.severity.as_str(), found),
            (expected, version),
            "{advisory:?}"
        );
    }
}
