//! Jobs that were given up: listed, revived, dropped.

use balefire_store::{DeadJobs, Job, Store};

use crate::fixture::Fixture;
use crate::jobs::{claim, ids, put, write};

pub fn a_buried_job_is_listed_until_it_is_revived(fixture: &mut Fixture) {
    let store = fixture.store();
    bury(&store, &["a", "b", "c"]);
    assert!(claim(&store, 10_000, "me", 5).is_empty());
    let all = DeadJobs::default();
    let first = dead(&store, &all, 2, None);
    assert_eq!(ids(&first), ["a", "b"]);
    assert!(first[0].dead && first[0].last_error == "gave up" && first[0].payload == b"a");
    assert_eq!((first[0].put_ms, first[0].dead_ms), (1, 70));
    assert_eq!(ids(&dead(&store, &all, 2, Some("b"))), ["c"]);
    let b = one("b");
    assert_eq!(write(&store, move |tx| tx.revive_jobs(&b, 600)), 1);
    let b = one("b");
    assert_eq!(write(&store, move |tx| tx.revive_jobs(&b, 600)), 0);
    let revived = claim(&store, 600, "me", 5);
    assert_eq!((ids(&revived), revived[0].attempts), (vec!["b"], 1));
    assert_eq!(revived[0].dead_ms, 0);
}

pub fn dead_jobs_are_chosen_by_account_and_kind(fixture: &mut Fixture) {
    let store = fixture.store();
    bury(&store, &["a", "b"]);
    put(&store, "living", 10);
    let of = |account: &str, kind: &str| DeadJobs {
        account: Some(account.into()),
        kind: Some(kind.into()),
        id: None,
    };
    assert_eq!(
        ids(&dead(&store, &of("account", "page"), 9, None)),
        ["a", "b"]
    );
    for nobodys in [of("account", "call"), of("other", "page")] {
        assert!(dead(&store, &nobodys, 9, None).is_empty());
        let (revived, dropped) = (nobodys.clone(), nobodys);
        assert_eq!(write(&store, move |tx| tx.revive_jobs(&revived, 0)), 0);
        assert_eq!(write(&store, move |tx| tx.drop_dead_jobs(&dropped)), 0);
    }
    // Only what is dead can be dropped.
    for (id, dropped) in [("living", 0), ("a", 1), ("a", 0)] {
        let which = one(id);
        assert_eq!(write(&store, move |tx| tx.drop_dead_jobs(&which)), dropped);
    }
    let all = of("account", "page");
    assert_eq!(write(&store, move |tx| tx.revive_jobs(&all, 5)), 1);
    assert_eq!(ids(&claim(&store, 10, "me", 9)), ["b", "living"]);
}

fn one(id: &str) -> DeadJobs {
    DeadJobs {
        id: Some(id.into()),
        ..DeadJobs::default()
    }
}

fn dead(store: &Store, which: &DeadJobs, limit: usize, after: Option<&'static str>) -> Vec<Job> {
    let which = which.clone();
    store
        .read_blocking(move |tx| tx.dead_jobs(&which, limit, after))
        .unwrap()
        .unwrap()
}

/// Puts jobs, and gives them up at 70.
fn bury(store: &Store, ids: &[&'static str]) {
    for &id in ids {
        put(store, id, 10);
    }
    claim(store, 10, "me", ids.len());
    for &id in ids {
        assert!(write(store, move |tx| tx.bury_job(id, "me", "gave up", 70)));
        assert!(!write(store, move |tx| tx.finish_job(id, "me")));
    }
}
