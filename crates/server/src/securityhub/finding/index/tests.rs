//! The columns against the plain evaluation of the documents, through imports, edits and other readers.

mod oracle;

use std::sync::Arc;

use balefire_columns::{After, Hit};
use proptest::prelude::*;
use serde_json::{Value, json};

use self::oracle::Question;
use super::*;
use crate::failure::Failure;
use crate::securityhub::finding::filter::tests::read;
use crate::securityhub::finding::filter::{Filters, Provided};
use crate::securityhub::finding::sort::Sort;
use crate::securityhub::finding::tests::{
    document_of, enabled, import_as, uid_of as uid_for, update_as,
};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

/// Asks an index in a transaction of its own.
fn ask<T: Send + 'static>(
    t: &Testing,
    index: &Arc<Index>,
    question: impl FnOnce(&Index, &Current<'_>) -> T + Send + 'static,
) -> Result<T, Failure> {
    let index = Arc::clone(index);
    let read = t.store.read_blocking(move |tx| {
        let current = index.current(tx)?;
        Ok(question(&index, &current))
    });
    read.expect("a read")
}

fn everything(t: &Testing, index: &Arc<Index>) -> Vec<String> {
    let all = |_: &Index, current: &Current<'_>| {
        current.search(
            Visible::Organization,
            Plan::All(Vec::new()),
            &[],
            None,
            1000,
        )
    };
    let hits = ask(t, index, all).unwrap();
    hits.iter().map(|hit| uid_of(&hit.key)).collect()
}

#[test]
fn an_index_follows_imports_and_edits_and_one_made_later_is_the_same() {
    let t = enabled();
    let index = Arc::new(Index::default());
    assert_eq!(everything(&t, &index), Vec::<String>::new());
    let member = document_of(MEMBER, "m", json!({}));
    let documents = [document_of(ADMINISTRATOR, "a", json!({})), member];
    import_as(&t, ADMINISTRATOR, &documents).unwrap();
    let set = json!({
        "SeverityId": 5, "StatusId": 3, "Comment": "known",
        "MetadataUids": [uid_for(MEMBER, "m")],
    });
    update_as(&t, MEMBER, set).unwrap();
    let later = Arc::new(Index::default());
    for index in [&index, &later] {
        assert_eq!(
            everything(&t, index),
            [uid_for(ADMINISTRATOR, "a"), uid_for(MEMBER, "m")]
        );
        for (name, value) in [
            ("severity", "Critical"),
            ("vendor_attributes.severity", "Medium"),
            ("status", "Suppressed"),
            ("comment", "known"),
        ] {
            let counts = move |index: &Index, current: &Current<'_>| {
                let field = index.fields().text(name).unwrap();
                current.groups(
                    Visible::Account(MEMBER),
                    Plan::All(Vec::new()),
                    field,
                    false,
                    10,
                )
            };
            let groups = ask(&t, index, counts).unwrap();
            let expected = balefire_columns::Scalar::Text(value.to_owned());
            assert_eq!(groups.len(), 1, "{name}");
            assert_eq!(
                (&groups[0].value, groups[0].count),
                (&expected, 1),
                "{name}"
            );
        }
    }
    // The provider sends it again: what the member set stays.
    let again = document_of(MEMBER, "m", json!({"severity_id": 2, "severity": "Low"}));
    import_as(&t, ADMINISTRATOR, &[again]).unwrap();
    let counts = |index: &Index, current: &Current<'_>| {
        let field = index.fields().text("vendor_attributes.severity").unwrap();
        current.groups(
            Visible::Organization,
            Plan::All(Vec::new()),
            field,
            false,
            10,
        )
    };
    let groups = ask(&t, &index, counts).unwrap();
    assert_eq!(
        groups[0].value,
        balefire_columns::Scalar::Text("Low".into())
    );
}

#[test]
fn an_account_is_asked_only_about_its_own() {
    let t = enabled();
    let documents = [ADMINISTRATOR, MEMBER].map(|account| document_of(account, "x", json!({})));
    import_as(&t, ADMINISTRATOR, &documents).unwrap();
    let index = Arc::new(Index::default());
    let seen = |_: &Index, current: &Current<'_>| {
        let everything = || Plan::Not(Box::new(Plan::Any(Vec::new())));
        current.search(Visible::Account(MEMBER), everything(), &[], None, 10)
    };
    let hits = ask(&t, &index, seen).unwrap();
    let uids: Vec<String> = hits.iter().map(|hit| uid_of(&hit.key)).collect();
    assert_eq!(uids, [uid_for(MEMBER, "x")]);
}

fn pages(
    question: &Question,
    index: &Index,
    current: &Current<'_>,
    now: balefire_api::Timestamp,
) -> Vec<String> {
    let filters = Filters::compile(&read(&question.filters), now).unwrap();
    let sort = Sort::compile(&question.criteria()).unwrap();
    let orders = sort.orders(index.fields());
    let mut found: Vec<Hit> = Vec::new();
    loop {
        let after = found.last().map(|hit| After {
            key: &hit.key,
            scalars: &hit.scalars,
        });
        let plan = filters.plan(index.fields());
        let page = current.search(Visible::Organization, plan, &orders, after, 7);
        let is_last = page.len() < 7;
        found.extend(page);
        if is_last {
            return found.iter().map(|hit| uid_of(&hit.key)).collect();
        }
    }
}

/// What matches by what providers sent.
fn provided_of(
    question: &Question,
    index: &Index,
    current: &Current<'_>,
    now: balefire_api::Timestamp,
) -> Vec<String> {
    let filters = Filters::compile(&read(&question.filters), now).unwrap();
    let provided = Provided(index.fields());
    let plan = filters.plan(&provided);
    let keys = current.keys(Visible::Organization, plan);
    keys.iter().map(uid_of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn columns_answer_as_the_plain_evaluation_does(
        documents in prop::collection::vec(oracle::document(), 1..40),
        edits in prop::collection::vec((0..40_usize, oracle::edit()), 0..12),
        again in prop::collection::vec((0..40_usize, oracle::document()), 0..6),
        questions in prop::collection::vec(oracle::question(), 1..40),
    ) {
        let t = enabled();
        let index = Arc::new(Index::default());
        // One index follows all changes, another is built from what came of them.
        everything(&t, &index);
        let document = |place: usize, set: &Value| {
            let account = if place.is_multiple_of(3) { MEMBER } else { ADMINISTRATOR };
            let mut document = document_of(account, "", set.clone());
            document["finding_info"]["uid"] = json!(place.to_string());
            document
        };
        let documents = documents.iter().enumerate();
        let documents: Vec<Value> = documents.map(|(place, set)| document(place, set)).collect();
        import_as(&t, ADMINISTRATOR, &documents).unwrap();
        let uids = everything(&t, &index);
        for (place, mut edit) in edits {
            edit["MetadataUids"] = json!([uids[place % uids.len()]]);
            update_as(&t, ADMINISTRATOR, edit).unwrap();
            // The index has seen some of the edits before they become rows, some after, and some twice.
            match place % 4 {
                0 => t.step(),
                1 => drop(everything(&t, &index)),
                _ => {}
            }
        }
        // Providers send some of them again, over which the edits stay.
        for (place, set) in again {
            let document = document(place % documents.len(), &set);
            import_as(&t, ADMINISTRATOR, &[document]).unwrap();
        }
        let (kept, provided) = (oracle::kept(&t), oracle::provided(&t));
        prop_assert_eq!(kept.len(), documents.len());
        let now = t.now();
        for index in [index, Arc::default()] {
            let asked = questions.clone();
            let found: Vec<Vec<String>> = ask(&t, &index, move |index, current| {
                asked.iter().map(|question| pages(question, index, current, now)).collect()
            }).unwrap();
            for (question, found) in questions.iter().zip(found) {
                let expected = question.answer(&kept, now);
                prop_assert_eq!(found, expected, "{:?}", question);
            }
            let asked = questions.clone();
            let found: Vec<Vec<String>> = ask(&t, &index, move |index, current| {
                asked.iter().map(|question| provided_of(question, index, current, now)).collect()
            }).unwrap();
            for (question, found) in questions.iter().zip(found) {
                let mut expected = question.answer(&provided, now);
                expected.sort_unstable();
                prop_assert_eq!(found, expected, "of providers: {:?}", question);
            }
        }
    }
}
