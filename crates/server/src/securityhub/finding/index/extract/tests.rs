//! The one pass against the plain walk, on random and on real documents, with and without edits.

use balefire_api::Timestamp;
use balefire_columns::Row;
use proptest::prelude::*;
use proptest::test_runner::TestRng;
use serde_json::{Value, json};

use super::*;
use crate::securityhub::finding::fields::Fields as Settings;
use crate::securityhub::finding::provider::accept;
use crate::securityhub::finding::tests::{document, real_data};

const ACCOUNT: &str = "123456789012";
const SCALARS: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "7",
    "-3",
    "2.50",
    "1e2",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "123456789012345678901234567890",
    "1e300",
    "1767225600000",
    r#""""#,
    r#""High""#,
    r#""a\u00e9\n\"x\ud83d\ude00""#,
    r#""2026-01-01T00:00:00Z""#,
    r#""2024-06-03T14:15:19.382075""#,
    r#""2026-02-30T00:00:00Z""#,
    r#""soon""#,
    r#""7""#,
];

/// Writes a value that may have what is wanted at a place and inside of it.
fn write(rng: &mut TestRng, place: &Place, depth: usize, text: &mut String) {
    let mut below = |end: usize| rng.next_u32() as usize % end;
    let names = place.names();
    let is_leaf = names.is_empty() && below(8) > 0;
    match below(10) {
        _ if depth == 0 => members(rng, place, depth, text),
        0..=1 if depth < 12 => {
            text.push('[');
            for at in 0..below(4) {
                text.push_str(if at > 0 { ", " } else { "" });
                write(rng, place, depth + 1, text);
            }
            text.push(']');
        }
        2.. if !is_leaf && depth < 12 => members(rng, place, depth, text),
        _ => text.push_str(SCALARS[below(SCALARS.len())]),
    }
}

fn members(rng: &mut TestRng, place: &Place, depth: usize, text: &mut String) {
    let mut below = |end: usize| rng.next_u32() as usize % end;
    let names = place.names();
    let may_repeat = below(12) == 0;
    let mut written: Vec<&str> = Vec::new();
    text.push('{');
    for _ in 0..below(if depth == 0 { 16 } else { 6 }) {
        let mut below = |end: usize| rng.next_u32() as usize % end;
        let name = match names.is_empty() || below(8) == 0 {
            true => ["a", "uid_", "Severity", "", "time_dt_"][below(5)],
            false => names[below(names.len())],
        };
        if written.contains(&name) && !may_repeat {
            continue;
        }
        text.push_str(if written.is_empty() { "" } else { "," });
        written.push(name);
        // Now and then a name is written with an escape.
        match name.strip_prefix('u') {
            Some(rest) if below(4) == 0 => text.push_str(&format!(r#""\u0075{rest}":"#)),
            _ => text.push_str(&format!(r#""{name}": "#)),
        }
        let nothing = Place::default();
        let inside = place.find(name).map_or(&nothing, |at| place.inside(at));
        write(rng, inside, depth + 1, text);
    }
    text.push('}');
}

/// The row by the plain walk over the edited document.
fn plain(fields: &Fields, text: &str, edit: Option<&Edit>) -> Row {
    let mut row = Row::default();
    let mut document: Value = serde_json::from_str(text).unwrap();
    plain::fill_provided(&mut row, fields, &document);
    edit.inspect(|edit| edit.apply(&mut document));
    row.add_text(fields.account, ACCOUNT);
    plain::fill(&mut row, fields, &document);
    row
}

fn one_pass(fields: &Fields, text: &str, edit: Option<&Edit>) -> Row {
    let mut row = Row::default();
    fill(&mut row, fields, ACCOUNT, text, edit).unwrap();
    row
}

fn edit() -> impl Strategy<Value = Option<Edit>> {
    let severities = prop::option::of(prop::sample::select(vec![0, 1, 5, 99, 42]));
    let statuses = prop::option::of(prop::sample::select(vec![1, 3, 4, 77]));
    let comments = prop::option::of("[ab]{0,2}");
    let settings = (severities, statuses, comments);
    prop::option::of(settings.prop_map(|(severity_id, status_id, comment)| {
        let settings = Settings {
            severity_id,
            status_id,
            comment,
        };
        Edit::new("").by_customer(&settings, "me", Timestamp(0))
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn one_pass_finds_what_the_plain_walk_does(text in Just(()).prop_perturb(|(), mut rng| {
        let mut text = String::new();
        write(&mut rng, &Fields::of_findings().tree, 0, &mut text);
        text
    })) {
        let fields = Fields::of_findings();
        prop_assert_eq!(one_pass(&fields, &text, None), plain(&fields, &text, None));
    }
}

proptest! {
    #[test]
    fn an_edit_over_the_row_is_one_over_the_document(
        vendor in prop::sample::select(vec![
            json!(null), json!({}), json!({"severity": "P1", "other": 1}),
            json!({"severity_id": [4, 5], "severity": null}),
        ]),
        caption in prop::sample::select(vec![
            json!("Medium"), json!(null), json!(["Low", ["Low", "High"]]), json!({}), json!(3),
        ]),
        comment in prop::sample::select(vec![json!(null), json!("sent"), json!(["b", "a"])]),
        edit in edit(),
    ) {
        let set = json!({"vendor_attributes": vendor, "severity": caption, "comment": comment});
        let accepted = accept(&document("f", set).to_string(), ACCOUNT, None).unwrap();
        let fields = Fields::of_findings();
        let edit = edit.as_ref();
        prop_assert_eq!(
            one_pass(&fields, &accepted.text, edit),
            plain(&fields, &accepted.text, edit)
        );
    }
}

#[test]
fn real_findings_are_read_the_same() {
    let fields = Fields::of_findings();
    let settings = Settings {
        severity_id: Some(5),
        status_id: Some(3),
        comment: Some("known".into()),
    };
    let edit = Edit::new("").by_customer(&settings, "me", Timestamp(0));
    for file in [
        "ocsf/prowler_moto_sample.jsonl.gz",
        "ocsf/public_findings.jsonl",
        "ocsf/public_other_classes.jsonl.gz",
    ] {
        for document in real_data::lines(file).into_iter().flatten() {
            let text = document.to_string();
            assert_eq!(
                one_pass(&fields, &text, None),
                plain(&fields, &text, None),
                "{text}"
            );
            let Ok(accepted) = accept(&text, ACCOUNT, Some(0)) else {
                continue;
            };
            for edit in [None, Some(&edit)] {
                let (text, found) = (&accepted.text, one_pass(&fields, &accepted.text, edit));
                assert_eq!(found, plain(&fields, text, edit), "{text}");
            }
        }
    }
}
