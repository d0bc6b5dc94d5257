//! Documents come back as they were, with a dictionary and without, and a dictionary is trained once.

use super::*;
use crate::testing::{MEMBER, Testing};

/// Runs in a transaction that is kept.
fn within<T: Send + 'static>(
    t: &Testing,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Failure> + Send + 'static,
) -> T {
    let done = t.store.write_blocking(MEMBER, move |tx| work(tx));
    done.expect("a write").expect("no failure")
}

fn document(number: usize) -> String {
    let words = ["bucket", "role", "image", "volume", "function", "queue"];
    let word = |at: usize| words[(number / (at + 1)) % words.len()];
    let info = format!(
        r#"{{"title":"The {} has no {}","uid":"f-{number}","desc":"A {} without {} and {}"}}"#,
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
    );
    format!(r#"{{"finding_info":{info},"class_uid":2003,"severity":"High"}}"#)
}

fn put(tx: &mut Tx<'_>, numbers: std::ops::Range<usize>) -> Result<(), Failure> {
    let mut packer = Packer::newest(tx)?;
    for number in numbers {
        let packed = packer.pack(&document(number))?;
        tx.insert(&super::super::Finding {
            uid: format!("{number:044}"),
            account: "0".repeat(12),
            packed,
            imported_ms: 1,
            updated_ms: 1,
        })?;
    }
    Ok(())
}

fn dictionaries(tx: &mut Tx<'_>) -> Result<i64, Failure> {
    let rows = tx.query("SELECT COUNT(*) FROM finding_dictionary", &[])?;
    Ok(rows[0].int(0)?)
}

#[test]
fn a_dictionary_comes_with_the_thousandth_document_and_only_once() {
    let t = Testing::new();
    let untrained = within(&t, |tx| {
        put(tx, 0..999)?;
        train_if_due(tx, 999, 5)?;
        dictionaries(tx)
    });
    assert_eq!(untrained, 0);
    let trained = within(&t, |tx| {
        put(tx, 999..1000)?;
        train_if_due(tx, 1, 6)?;
        put(tx, 1000..1010)?;
        dictionaries(tx)
    });
    assert_eq!(trained, 1);
    let (plain, with) = within(&t, |tx| {
        let rows = tx.query(
            "SELECT uid, document, dictionary FROM finding ORDER BY uid",
            &[],
        )?;
        let mut unpacker = Unpacker::default();
        let (mut plain, mut with) = (Vec::new(), Vec::new());
        for (number, row) in rows.iter().enumerate() {
            let (bytes, dictionary) = (row.blob(1)?, row.int(2)?);
            assert_eq!(unpacker.unpack(tx, bytes, dictionary)?, document(number));
            let lens = if dictionary == NO_DICTIONARY {
                &mut plain
            } else {
                &mut with
            };
            lens.push(bytes.len());
        }
        Ok((plain, with))
    });
    assert_eq!((plain.len(), with.len()), (1000, 10));
    let mean = |lens: &[usize]| lens.iter().sum::<usize>() / lens.len();
    assert!(
        mean(&with) * 2 < mean(&plain),
        "{} {}",
        mean(&with),
        mean(&plain)
    );
}

#[test]
fn a_lost_dictionary_is_an_error_that_names_it() {
    let t = Testing::new();
    let refused = t.store.write_blocking(MEMBER, |tx| {
        let packed = Packer::newest(tx)?.pack("{}")?;
        Unpacker::default().unpack(tx, &packed.bytes, 77)
    });
    let refused = refused.expect("a write").expect_err("a failure");
    assert!(matches!(refused, Failure::Internal(text) if text.contains("dictionary 77")));
}

#[test]
fn training_is_due_at_a_thousand_and_at_each_doubling() {
    for (before, after, due) in [
        (0, 999, false),
        (0, 1000, true),
        (999, 1000, true),
        (1000, 1001, false),
        (1000, 1999, false),
        (1999, 2000, true),
        (2000, 3999, false),
        (3500, 4000, true),
        (0, 4000, true),
        (1000, 1000, false),
    ] {
        assert_eq!(is_due(before, after), due, "{before} to {after}");
    }
}
