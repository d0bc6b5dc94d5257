//! Names find their attributes, through arrays, and times are read from either of a pair.

use serde_json::json;

use super::*;

#[test]
fn every_filter_field_but_maps_can_be_sorted_by() {
    let all = [
        OcsfStringField::VALUES,
        OcsfNumberField::VALUES,
        OcsfDateField::VALUES,
        OcsfBooleanField::VALUES,
        OcsfIpField::VALUES,
    ];
    for name in all.concat() {
        assert!(kind_of(name).is_some(), "{name}");
    }
    for (name, _) in UNFILTERED {
        assert!(kind_of(name).is_some(), "{name}");
    }
    for name in ["resources.tags", "nothing", "", "severity_id ", "Severity"] {
        assert_eq!(kind_of(name), None, "{name}");
    }
}

#[test]
fn arrays_stand_for_their_elements() {
    let document = json!({
        "a": [{"b": ["x", null, ["y"]]}, {"b": null}, 7, {"b": {"c": 1}}],
        "n": [1, 2.5, "3"], "flag": false,
    });
    let texts = |name: &str| {
        let mut found = Vec::new();
        Path::of(name).any_text(&document, |text| {
            found.push(text.to_owned());
            false
        });
        found
    };
    assert_eq!(texts("a.b"), ["x", "y"]);
    assert_eq!(texts("a.b.c"), ["1"]);
    assert_eq!(texts("n"), ["1", "2.5", "3"]);
    assert_eq!(texts("flag"), ["false"]);
    assert_eq!(texts("a.missing"), [""; 0]);
    assert!(Path::of("n").any_number(&document, |number| number == 2.5));
    assert!(!Path::of("n").any_number(&document, |number| number == 3.0));
}

#[test]
fn times_are_read_from_either_of_a_pair() {
    let cases = [
        (
            json!({"t_dt": "2026-01-01T00:00:00Z"}),
            Some(1_767_225_600_000),
        ),
        (
            json!({"t_dt": "2026-01-01T01:00:00.5+01:00"}),
            Some(1_767_225_600_500),
        ),
        (
            json!({"t_dt": "2026-01-01T00:00:00.123999"}),
            Some(1_767_225_600_123),
        ),
        (json!({"t": 5}), Some(5)),
        (json!({"t": 5, "t_dt": "1970-01-01T00:00:01Z"}), Some(1000)),
        (json!({"t": 5, "t_dt": "soon"}), Some(5)),
        (
            json!({"t": "2024-06-03T14:15:19.382075"}),
            Some(1_717_424_119_382),
        ),
        (json!({"t": true}), None),
        (json!({}), None),
    ];
    for (holder, ms) in cases {
        let document = json!({"in": [{}, holder]});
        for name in ["in.t", "in.t_dt"] {
            let mut found = None;
            Path::of(name).any_time_ms(&document, |ms| {
                found = Some(ms);
                true
            });
            assert_eq!(found, ms, "{document}");
        }
    }
    let mut top = None;
    Path::of("time_dt").any_time_ms(&json!({"time": 9}), |ms| {
        top = Some(ms);
        true
    });
    assert_eq!(top, Some(9));
}

#[test]
fn a_number_has_one_text() {
    for text in ["1e-7", "3.0", "0.1", "-0.0", "1e300", "100.0", "1.5e-9"] {
        let number: Value = serde_json::from_str(text).unwrap();
        let document = json!({"n": number});
        let shown = text_of_number(number.as_f64().unwrap());
        assert_eq!(shown, number.to_string());
        assert!(Path::of("n").any_text(&document, |found| found == shown));
    }
}
