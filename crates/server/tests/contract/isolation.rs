//! Each answered operation, called by one account with the identifiers of another.

mod delivery;
mod events;
mod inspector2;
mod row;
mod securityhub;
mod ssm_incidents;
mod sts;
mod table;
mod world;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::modelled;
use crate::server::{OTHER, OWNER};
use row::{Foreign, Own};
use table::rows;
use world::{MARK, World};

#[test]
fn the_table_has_each_answered_operation_once() {
    let mut tried = BTreeSet::new();
    for row in rows() {
        assert!(tried.insert(row.id.to_owned()), "{} has two rows", row.id);
    }
    let answered: BTreeSet<String> = modelled::answered()
        .iter()
        .map(modelled::Modelled::id)
        .collect();
    let missing: Vec<&String> = answered.difference(&tried).collect();
    let gone: Vec<&String> = tried.difference(&answered).collect();
    assert!(missing.is_empty(), "no row in isolation/: {missing:#?}");
    assert!(gone.is_empty(), "not answered: {gone:#?}");
}

#[test]
fn an_account_neither_sees_nor_changes_what_is_anothers() {
    let world = World::new();
    let before = world.snapshot();
    for row in rows() {
        let answered = world.server.call(OTHER, row.id, &(row.input)(&world));
        let text = String::from_utf8_lossy(&answered.body).into_owned();
        let outcome = (answered.status, answered.error());
        match row.foreign {
            Foreign::Refused(status, name) => assert_eq!(outcome, (status, name), "{}", row.id),
            Foreign::Nothing => assert!(answered.status < 300, "{}: {text}", row.id),
        }
        assert!(
            !text.contains(MARK),
            "{} shows another's data: {text}",
            row.id
        );
        assert_eq!(
            world.snapshot(),
            before,
            "{} changed another's data",
            row.id
        );
    }
}

/// Without this the sweep would pass on identifiers that nobody has.
#[test]
fn the_owner_sees_and_changes_with_the_same_inputs() {
    let world = World::new();
    for row in rows() {
        let answered = world.server.call(OWNER, row.id, &(row.input)(&world));
        let text = String::from_utf8_lossy(&answered.body).into_owned();
        match row.own {
            Own::Sees => {
                let seen = answered.status < 300 && text.contains(MARK);
                assert!(seen, "{}: {} {text}", row.id, answered.status);
            }
            Own::May => assert!(answered.status < 300, "{}: {text}", row.id),
            Own::Refused(status, name) => {
                assert_eq!(
                    (answered.status, answered.error()),
                    (status, name),
                    "{}",
                    row.id
                );
            }
        }
    }
}

/// A page token is sealed for its account.
#[test]
fn a_page_token_of_another_account_is_refused() {
    let world = World::new();
    let mut tried = Vec::new();
    for operation in modelled::answered() {
        let spec = operation.spec.expect("an answered operation has shapes");
        let Some((pages, limit)) = spec.pages.and_then(|pages| Some((pages, pages.limit?))) else {
            continue;
        };
        let row = rows().find(|row| row.id == operation.id());
        let mut input = (row.expect("a row").input)(&world);
        input[limit] = json!(1);
        let answered = world.server.call(OWNER, &operation.id(), &input);
        let body = if answered.status < 300 {
            answered.json()
        } else {
            Value::Null
        };
        let Some(token) = body.get(pages.next).and_then(Value::as_str) else {
            continue;
        };
        input[pages.token] = json!(token);
        let again = world.server.call(OWNER, &operation.id(), &input);
        assert!(
            again.status < 300,
            "{}: {}",
            operation.id(),
            again.message()
        );
        let foreign = world.server.call(OTHER, &operation.id(), &input);
        let outcome = (foreign.status, foreign.error());
        let expected = crate::answer::validation(spec);
        assert_eq!(
            outcome,
            (400, expected),
            "{}: {}",
            operation.id(),
            foreign.message()
        );
        tried.push(operation.id());
    }
    println!("page tokens of {tried:?}");
    assert!(tried.len() >= 4, "{tried:?}");
}
