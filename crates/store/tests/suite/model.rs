//! Random writes, compared with a map that a correct store must equal.

use std::collections::BTreeMap;

use balefire_store::{Error, Page, Store, Tx};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::fixture::{Counter, Fixture, occupy, poll_once, run};

#[derive(Debug, Clone, Copy)]
enum Step {
    Insert(u8, i64),
    Add(u8, i64),
    Delete(u8),
}

/// A write: its steps, and whether it declines after them.
type Plan = (Vec<Step>, bool);

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let step = prop_oneof![
        (0..6_u8, any::<i8>()).prop_map(|(name, total)| Step::Insert(name, total.into())),
        (0..6_u8, any::<i8>()).prop_map(|(name, total)| Step::Add(name, total.into())),
        (0..6_u8).prop_map(Step::Delete),
    ];
    let plan = (prop::collection::vec(step, 0..5), prop::bool::weighted(0.3));
    prop::collection::vec(plan, 1..12)
}

/// Returns how many of the steps did something.
fn apply(tx: &mut Tx<'_>, (steps, declines): &Plan) -> Result<usize, Error> {
    let mut done = 0;
    for step in steps {
        done += usize::from(match step {
            Step::Insert(name, total) => {
                match tx.insert(&Counter {
                    name: name.to_string(),
                    total: *total,
                }) {
                    Ok(()) => true,
                    Err(Error::Exists { .. }) => false,
                    Err(error) => return Err(error),
                }
            }
            Step::Add(name, total) => match tx.get::<Counter>(&[name.to_string().into()])? {
                Some(mut counter) => {
                    counter.total += total;
                    tx.replace(&mut counter)?;
                    true
                }
                None => false,
            },
            Step::Delete(name) => tx.delete::<Counter>(&[name.to_string().into()])?,
        });
    }
    tx.append(crate::log::entry("a", "step"))?;
    if *declines {
        Err(Error::Closed)
    } else {
        Ok(done)
    }
}

/// The same on the map: record and version by name.
fn expect(kept: &mut BTreeMap<String, (i64, i64)>, (steps, declines): &Plan) -> Option<usize> {
    let mut next = kept.clone();
    let mut done = 0;
    for step in steps {
        done += usize::from(match step {
            Step::Insert(name, _) if next.contains_key(&name.to_string()) => false,
            Step::Insert(name, total) => next.insert(name.to_string(), (*total, 1)).is_none(),
            Step::Add(name, total) => match next.get_mut(&name.to_string()) {
                Some((sum, version)) => {
                    *sum += total;
                    *version += 1;
                    true
                }
                None => false,
            },
            Step::Delete(name) => next.remove(&name.to_string()).is_some(),
        });
    }
    if *declines {
        return None;
    }
    *kept = next;
    Some(done)
}

fn state(store: &Store) -> BTreeMap<String, (i64, i64)> {
    let page = |tx: &mut Tx<'_>| {
        tx.page::<Counter>(&Page {
            order: &["name"],
            limit: 100,
            ..Page::default()
        })
    };
    let found = store.read_blocking(page).unwrap().unwrap();
    found
        .into_iter()
        .map(|kept| (kept.record.name, (kept.record.total, kept.version)))
        .collect()
}

pub fn random_writes_in_one_batch_end_as_if_run_one_by_one(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut kept = BTreeMap::new();
    let mut changes = 0;
    let mut runner = TestRunner::deterministic();
    let mut sample = || plans().new_tree(&mut runner).unwrap().current();
    for _ in 0..64 {
        let plans = sample();
        let writer = occupy(&store, "a");
        let mut writes = Vec::new();
        for plan in plans.clone() {
            let store = store.clone();
            writes.push(Box::pin(async move {
                store.write("a", move |tx| apply(tx, &plan)).await
            }));
        }
        assert!(writes.iter_mut().all(|write| poll_once(write).is_pending()));
        drop(writer);
        for (write, plan) in writes.into_iter().zip(&plans) {
            let expected = expect(&mut kept, plan);
            changes += usize::from(expected.is_some());
            assert_eq!(run(write).unwrap().ok(), expected, "{plans:?}");
        }
        assert_eq!(state(&store), kept, "{plans:?}");
        assert_eq!(crate::log::read_log(&store, "a").len(), changes);
    }
}
