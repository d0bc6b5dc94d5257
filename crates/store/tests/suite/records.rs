//! Records, versions, pages and types.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use balefire_store::{Error, Page, Value};

use crate::fixture::{Counter, Fixture, Note, counter, put_counter};

pub fn a_record_is_inserted_read_replaced_and_deleted(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    let found = counter(&store, "x").unwrap();
    assert_eq!((found.total, found.version), (0, 1));
    let replace_twice = |tx: &mut balefire_store::Tx<'_>| {
        let mut counter = tx.get::<Counter>(&["x".into()])?.unwrap();
        counter.total = 7;
        tx.replace(&mut counter)?;
        counter.total += 1;
        tx.replace(&mut counter)
    };
    store.write_blocking("a", replace_twice).unwrap().unwrap();
    let found = counter(&store, "x").unwrap();
    assert_eq!((found.total, found.version), (8, 3));
    let delete = |tx: &mut balefire_store::Tx<'_>| tx.delete::<Counter>(&["x".into()]);
    assert!(store.write_blocking("a", delete).unwrap().unwrap());
    assert!(!store.write_blocking("a", delete).unwrap().unwrap());
    assert_eq!(counter(&store, "x"), None);
}

pub fn a_duplicate_key_leaves_the_transaction_usable(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    let outcome: Result<(), Error> = store
        .write_blocking("a", |tx| {
            let again = tx.insert(&Counter {
                name: "x".to_owned(),
                total: 5,
            });
            assert!(
                matches!(again, Err(Error::Exists { table: "counter" })),
                "{again:?}"
            );
            tx.insert(&Counter {
                name: "y".to_owned(),
                total: 6,
            })
        })
        .unwrap();
    outcome.unwrap();
    assert_eq!(counter(&store, "x").unwrap().total, 0);
    assert_eq!(counter(&store, "y").unwrap().total, 6);
}

pub fn a_stale_replace_is_run_again(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    let mut old = Some(counter(&store, "x").unwrap());
    store
        .write_blocking("a", |tx| crate::fixture::increment(tx, "x"))
        .unwrap()
        .unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let count = attempts.clone();
    let total: Result<i64, Error> = store
        .write_blocking("a", move |tx| {
            count.fetch_add(1, Ordering::Relaxed);
            let mut counter = match old.take() {
                Some(old) => old,
                None => tx.get::<Counter>(&["x".into()])?.unwrap(),
            };
            counter.total += 10;
            tx.replace(&mut counter)?;
            Ok(counter.total)
        })
        .unwrap();
    assert_eq!(total.unwrap(), 11);
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
}

pub fn a_replace_that_stays_stale_is_reported(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    let old = counter(&store, "x").unwrap();
    store
        .write_blocking("a", |tx| crate::fixture::increment(tx, "x"))
        .unwrap()
        .unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let count = attempts.clone();
    let answer = store.write_blocking("a", move |tx| {
        count.fetch_add(1, Ordering::Relaxed);
        // Passing over the error does not help: the write is not kept.
        let _ = tx.replace(&mut old.clone());
        Ok::<(), Error>(())
    });
    assert!(
        matches!(answer, Err(Error::Stale { table: "counter" })),
        "{answer:?}"
    );
    assert_eq!(attempts.load(Ordering::Relaxed), 5);
}

pub fn pages_follow_the_order_in_both_directions(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut notes = Vec::new();
    for number in 0..40_i64 {
        for account in ["1", "2"] {
            let id = format!("n{:02}", (number * 7) % 40);
            // Four notes share each time, so that the id decides among them.
            let at_ms = number / 4;
            notes.push(Note {
                account: account.to_owned(),
                id,
                at_ms,
                ..Note::default()
            });
        }
    }
    let all = notes.clone();
    let insert =
        move |tx: &mut balefire_store::Tx<'_>| all.iter().try_for_each(|note| tx.insert(note));
    store.write_blocking("1", insert).unwrap().unwrap();
    for descending in [false, true] {
        let mut expected: Vec<Note> = notes
            .iter()
            .filter(|note| note.account == "2")
            .cloned()
            .collect();
        expected.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
        if descending {
            expected.reverse();
        }
        for limit in [1, 7, 39, 40, 100] {
            assert_eq!(
                read_by_pages(fixture, descending, limit),
                expected,
                "{descending} {limit}"
            );
        }
    }
}

fn read_by_pages(fixture: &mut Fixture, descending: bool, limit: usize) -> Vec<Note> {
    let mut found: Vec<Note> = Vec::new();
    loop {
        let after = found
            .last()
            .map(|note| vec![note.at_ms.into(), Value::from(&note.id)]);
        let read = move |tx: &mut balefire_store::Tx<'_>| {
            let equal = [("account", Value::from("2"))];
            tx.page::<Note>(&Page {
                equal: &equal,
                order: &["at_ms", "id"],
                descending,
                after,
                limit,
            })
        };
        let page = fixture.store().read_blocking(read).unwrap().unwrap();
        assert!(page.len() <= limit);
        let is_last = page.len() < limit;
        found.extend(page.into_iter().map(|kept| kept.record));
        if is_last {
            return found;
        }
    }
}

pub fn keys_compare_bytewise(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut names = [
        "b", "B", "a", "A", "_", "-", " ", "é", "z", "Z", "ab", "a-b", "aB", "10", "9", "ß", "ss",
    ];
    let insert = move |tx: &mut balefire_store::Tx<'_>| {
        names.iter().try_for_each(|name| {
            tx.insert(&Counter {
                name: (*name).to_owned(),
                total: 0,
            })
        })
    };
    store.write_blocking("a", insert).unwrap().unwrap();
    let page = |tx: &mut balefire_store::Tx<'_>| {
        tx.page::<Counter>(&Page {
            order: &["name"],
            limit: 100,
            ..Page::default()
        })
    };
    let found = store.read_blocking(page).unwrap().unwrap();
    let found: Vec<&str> = found.iter().map(|kept| kept.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(found, names);
}

pub fn every_type_comes_back_as_it_went(fixture: &mut Fixture) {
    let store = fixture.store();
    let notes = [
        Note {
            id: "none".to_owned(),
            at_ms: i64::MIN,
            ..Note::default()
        },
        Note {
            id: "empty".to_owned(),
            title: Some(String::new()),
            body: Some(vec![]),
            ..Note::default()
        },
        Note {
            id: "full".to_owned(),
            at_ms: i64::MAX,
            title: Some("'; \"$1\" ? % _ \\ 🜂".to_owned()),
            body: Some((0..=255).collect()),
            ..Note::default()
        },
    ];
    for note in notes {
        let (kept, key) = (note.clone(), [Value::from(""), (&note.id).into()]);
        store
            .write_blocking("a", move |tx| tx.insert(&kept))
            .unwrap()
            .unwrap();
        let found = store
            .read_blocking(move |tx| tx.get::<Note>(&key))
            .unwrap()
            .unwrap();
        assert_eq!(found.unwrap().record, note);
    }
    let nul = Note {
        title: Some("a\0".to_owned()),
        ..Note::default()
    };
    let refused = store
        .write_blocking("a", move |tx| tx.insert(&nul))
        .unwrap();
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

pub fn parameters_are_bound_by_number(fixture: &mut Fixture) {
    let store = fixture.store();
    let params = || vec![Value::from("first"), Value::from("second"), Value::from(3)];
    let sql = "SELECT CAST($2 AS TEXT) AS b, CAST($1 AS TEXT) AS a, CAST($2 AS TEXT) AS c, \
               CAST($3 AS BIGINT) AS n, '$4' AS literal";
    let rows = store
        .read_blocking(move |tx| tx.query(sql, &params()))
        .unwrap()
        .unwrap();
    let row = &rows[0];
    let found = ["a", "b", "c", "literal"].map(|column| row.text(column).unwrap());
    assert_eq!(
        (found, row.int("n").unwrap()),
        (["first", "second", "second", "$4"], 3)
    );
    for (count, part) in [
        (2, "parameter"),
        (4, "4 parameters were given and $3 is the last one used"),
    ] {
        let given = vec![Value::Null; count];
        let refused = store
            .read_blocking(move |tx| tx.query(sql, &given))
            .unwrap()
            .unwrap_err();
        assert!(refused.to_string().contains(part), "{refused}");
    }
}
