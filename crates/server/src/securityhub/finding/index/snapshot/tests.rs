//! Snapshots of real stores: what is loaded is what would be read, and what cannot be trusted is not used.

mod extraction;

use std::path::Path;

use balefire_columns::{Kind, Order, Plan, Scalar};
use serde_json::{Value, json};

use super::*;
use crate::context::Visible;
use crate::securityhub::finding::index::tests::{ask, everything};
use crate::securityhub::finding::index::{heads, uid_of};
use crate::securityhub::finding::tests::{document, enabled, import, uid_of as uid_for, update};
use crate::testing::{ADMINISTRATOR, Testing};

const STORE: Hash = [7; 32];

fn kept_in(directory: &Path, store: Hash) -> Arc<Index> {
    let index = Arc::new(Index::default());
    index.keep_in(directory, store);
    index
}

fn documents(numbers: std::ops::Range<usize>) -> Vec<Value> {
    let one = |number: usize| {
        let set = json!({
            "comment": format!("number {number}"),
            "severity_id": number % 6,
            "resources": [{"uid": format!("r{number}")}, {"uid": "shared"}],
        });
        document(&number.to_string(), set)
    };
    numbers.map(one).collect()
}

/// All that columns have.
fn listing(columns: &Columns) -> Vec<String> {
    let all = || Plan::All(Vec::new());
    let mut lines = Vec::new();
    for (place, field) in columns.schema().fields().iter().enumerate() {
        let name = &field.name;
        if field.kind != Kind::Date {
            let groups = columns.groups(&all(), place, false, usize::MAX);
            lines.extend(
                groups
                    .iter()
                    .map(|g| format!("{name}: {:?} {}", g.value, g.count)),
            );
            continue;
        }
        let orders = [false, true].map(|descending| Order {
            fields: vec![place],
            descending,
        });
        for hit in columns.search(&all(), &orders, None, 10_000) {
            if hit.scalars[0] != Scalar::Missing {
                lines.push(format!("{name}: {} {:?}", uid_of(&hit.key), hit.scalars));
            }
        }
    }
    lines
}

/// What an index shows after it was brought up to date, and how many changes it took for that.
fn shown(t: &Testing, index: &Arc<Index>) -> (Vec<String>, u64) {
    let shown = |index: &Index, _: &super::super::Current<'_>| {
        (listing(index.columns()), index.columns().changes())
    };
    ask(t, index, shown).unwrap()
}

/// A store of some findings, and where its snapshot is.
fn snapshot_of(findings: usize) -> (Testing, tempfile::TempDir) {
    let t = enabled();
    if findings > 0 {
        import(&t, &documents(0..findings));
    }
    let directory = tempfile::TempDir::new().unwrap();
    let index = kept_in(directory.path(), STORE);
    everything(&t, &index);
    index.save_at_end(&t.store, 0);
    assert!(directory.path().join(FILE).exists());
    (t, directory)
}

/// Why the snapshot is not used; empty where it is. In either case the findings are those of the store.
fn reason(t: &Testing, directory: &Path, store: Hash) -> String {
    let index = kept_in(directory, store);
    let read = t.store.read_blocking(move |tx| {
        let heads = heads(tx).unwrap();
        let snapshots = index.snapshots.get().unwrap();
        let read = snapshots.read(index.fields.schema(), tx, &heads);
        read.err().map(|reason| reason.to_string())
    });
    let reason = read.unwrap().unwrap_or_default();
    let expected = shown(t, &Arc::default());
    let (found, changes) = shown(t, &kept_in(directory, store));
    assert_eq!(found, expected.0, "{reason}");
    assert_eq!(changes < expected.1, reason.is_empty(), "{reason}");
    reason
}

#[test]
fn a_snapshot_is_loaded_and_what_came_later_is_followed() {
    let (t, directory) = snapshot_of(30);
    assert_eq!(reason(&t, directory.path(), STORE), "");
    let index = kept_in(directory.path(), STORE);
    assert_eq!(everything(&t, &index).len(), 30);
    assert_eq!(index.columns().changes(), 0);
    let index = kept_in(directory.path(), STORE);
    import(&t, &documents(28..33));
    update(&t, "3", json!({"StatusId": 5, "Comment": "later"}));
    import(&t, &[document("4", json!({"comment": "again"}))]);
    let (found, changes) = shown(&t, &index);
    assert_eq!(found, shown(&t, &Arc::default()).0);
    assert_eq!((everything(&t, &index).len(), changes), (33, 5));
    // The next one has it all.
    index.save_at_end(&t.store, 0);
    let index = kept_in(directory.path(), STORE);
    assert_eq!(shown(&t, &index), (found, 0));
}

#[test]
fn an_empty_store_has_a_snapshot_too() {
    let (t, directory) = snapshot_of(0);
    let index = kept_in(directory.path(), STORE);
    assert_eq!(everything(&t, &index), Vec::<String>::new());
    import(&t, &documents(0..2));
    assert_eq!(everything(&t, &index).len(), 2);
}

#[test]
fn a_snapshot_that_was_damaged_is_not_used() {
    let (t, directory) = snapshot_of(5);
    let path = directory.path().join(FILE);
    let whole = std::fs::read(&path).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let (header, all) = (HEADER_BYTES, whole.len());
    for (bytes, expected) in [
        (Vec::new(), "shorter"),
        (whole[..header - 1].to_vec(), "shorter"),
        (whole[..header].to_vec(), "shorter"),
        (whole[..all - 1].to_vec(), "shorter"),
        (flipped(0), "header"),
        (flipped(header - 1), "header"),
        (flipped(header), "format"),
        (flipped(all - 1), "checksum"),
        (vec![0; all], "header"),
        ([&whole[..], &[0]].concat(), "broken"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let reason = reason(&t, directory.path(), STORE);
        assert!(
            reason.contains(expected),
            "{reason} is not about {expected}"
        );
    }
    for at in (header..all).step_by(all / 50) {
        std::fs::write(&path, flipped(at)).unwrap();
        assert_ne!(reason(&t, directory.path(), STORE), "", "at {at}");
    }
}

#[test]
fn a_snapshot_of_another_store_or_history_is_not_used() {
    let (t, directory) = snapshot_of(5);
    let directory = directory.path();
    assert!(reason(&t, directory, [8; 32]).contains("another store"));
    // A copy of the store from before: its log is not as far.
    let restored = enabled();
    assert!(reason(&restored, directory, STORE).contains("has not"));
    // It goes on in another way, and gets as far as the snapshot and further.
    for number in 0..3 {
        import(&restored, &documents(number..number + 1));
        assert!(reason(&restored, directory, STORE).contains("otherwise"));
    }
}

#[test]
fn a_snapshot_is_not_used_where_the_log_lacks_what_came_later() {
    let (t, directory) = snapshot_of(5);
    import(&t, &documents(5..6));
    import(&t, &documents(6..7));
    assert_eq!(reason(&t, directory.path(), STORE), "");
    let trimmed = t.store.write_blocking(ADMINISTRATOR, |tx| {
        let shard = balefire_store::shard_of(ADMINISTRATOR);
        let trim = "DELETE FROM log WHERE shard = $1 AND seq < (SELECT MAX(seq) FROM log WHERE shard = $1)";
        tx.execute(trim, &[shard.into()])
    });
    trimmed.unwrap().unwrap();
    assert_ne!(reason(&t, directory.path(), STORE), "");
}

#[test]
fn a_snapshot_of_another_version_is_not_used() {
    let (t, directory) = snapshot_of(5);
    let path = directory.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 1;
    let end = HEADER_BYTES - 32;
    let hash = <sha2::Sha256 as sha2::Digest>::digest(&bytes[..end]);
    bytes[end..HEADER_BYTES].copy_from_slice(&hash);
    std::fs::write(&path, bytes).unwrap();
    assert!(reason(&t, directory.path(), STORE).contains("another version"));
}

#[test]
fn snapshots_written_beside_imports_and_edits_lose_nothing() {
    let (t, directory) = snapshot_of(40);
    let index = kept_in(directory.path(), STORE);
    everything(&t, &index);
    for round in 0..6 {
        std::thread::scope(|scope| {
            let (store, index) = (t.store.clone(), Arc::clone(&index));
            scope.spawn(move || (0..4).for_each(|_| index.save_at_end(&store, 0)));
            for number in 0..8 {
                let first = (round * 8 + number) * 3;
                import(&t, &documents(first..first + 20));
                let set = json!({"SeverityId": 5, "Comment": format!("round {round}")});
                update(&t, &first.to_string(), set);
            }
        });
        let (found, _) = shown(&t, &kept_in(directory.path(), STORE));
        assert_eq!(found, shown(&t, &Arc::default()).0);
    }
}

#[test]
fn when_a_snapshot_is_due() {
    let last = |at_ms, changes, is_there| Last {
        at_ms,
        changes,
        is_there,
    };
    let now_ms = 10_000_000;
    for (case, mut last, changes, is_due) in [
        ("built and never kept", last(None, 0, false), 0, true),
        ("just tried", last(Some(now_ms), 0, false), 9, false),
        (
            "tried a while ago",
            last(Some(now_ms - REST_MS), 0, false),
            9,
            true,
        ),
        ("loaded", last(None, 0, true), CHANGES, false),
        ("nothing new", last(Some(0), 5, true), 5, false),
        (
            "little is new",
            last(Some(now_ms - EVERY_MS + 1), 5, true),
            6,
            false,
        ),
        (
            "little is new for long",
            last(Some(now_ms - EVERY_MS), 5, true),
            6,
            true,
        ),
        (
            "much is new",
            last(Some(now_ms - REST_MS), 5, true),
            5 + CHANGES,
            true,
        ),
        (
            "much is new at once",
            last(Some(now_ms - 1), 5, true),
            5 + CHANGES,
            false,
        ),
    ] {
        assert_eq!(last.is_due(changes, now_ms), is_due, "{case}");
        assert!(last.at_ms.is_some() || is_due, "{case}");
    }
}

#[test]
fn a_server_keeps_its_findings_in_time() {
    let t = enabled();
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join(FILE);
    let index = kept_in(directory.path(), STORE);
    index.save_if_due(&t.store, 0);
    index.save_at_end(&t.store, 0);
    assert!(!path.exists(), "nothing was read yet");
    import(&t, &documents(0..3));
    everything(&t, &index);
    index.save_if_due(&t.store, 0);
    let first = std::fs::read(&path).unwrap();
    import(&t, &documents(3..4));
    everything(&t, &index);
    index.save_if_due(&t.store, EVERY_MS - 1);
    assert!(std::fs::read(&path).unwrap() == first);
    index.save_if_due(&t.store, EVERY_MS);
    assert!(std::fs::read(&path).unwrap() != first);
    // At its end it looks once more.
    import(&t, &documents(4..5));
    index.save_at_end(&t.store, EVERY_MS);
    let index = kept_in(directory.path(), STORE);
    assert_eq!(everything(&t, &index).len(), 5);
    assert_eq!(index.columns().changes(), 0);
    let searched = |_: &Index, current: &super::super::Current<'_>| {
        let all = Plan::All(Vec::new());
        current
            .search(Visible::Account(ADMINISTRATOR), all, &[], None, 10)
            .len()
    };
    assert_eq!(ask(&t, &index, searched).unwrap(), 5);
    assert!(everything(&t, &index).contains(&uid_for(ADMINISTRATOR, "4")));
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("file");
    let write = |bytes: &'static [u8]| file::replace(&path, move |file| file.write_all(bytes));
    assert!(write(b"long before").unwrap());
    assert!(write(b"before").unwrap());
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let failed = file::replace(&path, |file| {
        file.write_all(b"half")?;
        Err(io::Error::other("the disk is full"))
    });
    assert!(failed.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    // What a process that was killed has left is no hindrance; another that is writing is.
    std::fs::write(directory.path().join("file.new"), "left").unwrap();
    let outer = file::replace(&path, |file| {
        assert!(!write(b"inner").unwrap());
        file.write_all(b"outer")
    });
    assert!(outer.unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), b"outer");
    assert!(file::replace(&directory.path().join("no/file"), |_| io::Result::Ok(())).is_err());
}
