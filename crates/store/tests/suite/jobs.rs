//! Jobs: claimed once, leased, given back, buried.

use balefire_store::{Error, Job, NewJob, PassingOver, Store, Tx};

use crate::fixture::{Fixture, run};

pub fn put(store: &Store, id: &str, due_ms: i64) {
    let (kind, subject) = ("page".to_owned(), "incident".to_owned());
    let job = NewJob {
        id: id.to_owned(),
        kind,
        subject,
        account: "account".to_owned(),
        put_ms: 1,
        due_ms,
        payload: id.as_bytes().to_vec(),
    };
    store
        .write_blocking("jobs", move |tx| tx.put_job(&job))
        .unwrap()
        .unwrap();
}

pub fn claim(store: &Store, now_ms: i64, owner: &'static str, limit: usize) -> Vec<Job> {
    store
        .write_blocking("jobs", move |tx| {
            tx.claim_jobs(now_ms, owner, 100, limit, &PassingOver::default())
        })
        .unwrap()
        .unwrap()
}

pub fn ids(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.id.as_str()).collect()
}

pub fn write<T: Send + 'static>(
    store: &Store,
    closure: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    store.write_blocking("jobs", closure).unwrap().unwrap()
}

pub fn due_jobs_are_claimed_in_order(fixture: &mut Fixture) {
    let store = fixture.store();
    for (id, due_ms) in [("c", 20), ("b", 10), ("late", 31), ("a", 20), ("d", 30)] {
        put(&store, id, due_ms);
    }
    let again = NewJob {
        id: "c".into(),
        kind: "k".into(),
        subject: "s".into(),
        account: String::new(),
        put_ms: 0,
        due_ms: 0,
        payload: vec![],
    };
    let refused = store
        .write_blocking("jobs", move |tx| tx.put_job(&again))
        .unwrap();
    assert!(
        matches!(refused, Err(Error::Exists { table: "job" })),
        "{refused:?}"
    );
    let first = claim(&store, 30, "me", 3);
    assert_eq!(ids(&first), ["b", "a", "c"]);
    let expected = Job {
        id: "b".into(),
        kind: "page".into(),
        subject: "incident".into(),
        due_ms: 10,
        payload: b"b".to_vec(),
        attempts: 1,
        lease_until_ms: 130,
        lease_owner: "me".into(),
        last_error: String::new(),
        dead: false,
        account: "account".into(),
        put_ms: 1,
        dead_ms: 0,
    };
    assert_eq!(first[0], expected);
    assert_eq!(ids(&claim(&store, 30, "you", 3)), ["d"]);
    let next = |now_ms| {
        store
            .read_blocking(move |tx| tx.next_job_due_ms(now_ms))
            .unwrap()
            .unwrap()
    };
    // Leased jobs count again when their leases have run out.
    assert_eq!((next(30), next(130)), (Some(31), Some(10)));
    assert!(!write(&store, |tx| tx.finish_job("b", "you")));
    assert!(write(&store, |tx| tx.finish_job("b", "me")));
    assert!(!write(&store, |tx| tx.finish_job("b", "me")));
    assert_eq!(
        store.read_blocking(|tx| tx.job("b")).unwrap().unwrap(),
        None
    );
}

pub fn two_claimers_share_no_job(fixture: &mut Fixture) {
    const JOBS: usize = 120;
    let nodes = [fixture.store(), fixture.other_node()];
    for number in 0..JOBS {
        put(&nodes[0], &format!("j{number:03}"), number as i64 % 10);
    }
    let claimed = run(async {
        let mut tasks = Vec::new();
        for (number, shard_key) in ["a", "b", "c", "d"].into_iter().enumerate() {
            // Different shards, so that nothing but the claim itself keeps them apart.
            let (store, owner) = (nodes[number % 2].clone(), format!("owner {number}"));
            tasks.push(tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let owner = owner.clone();
                    let claim = move |tx: &mut Tx<'_>| {
                        tx.claim_jobs(10, &owner, 100, 7, &PassingOver::default())
                    };
                    match store.write(shard_key, claim).await {
                        Err(error) if error.is_transient() => {}
                        answer => match answer.unwrap().unwrap() {
                            jobs if jobs.is_empty() => return mine,
                            jobs => mine.extend(jobs.into_iter().map(|job| job.id)),
                        },
                    }
                }
            }));
        }
        let mut claimed = Vec::new();
        for task in tasks {
            claimed.extend(task.await.unwrap());
        }
        claimed
    });
    let mut claimed = claimed;
    claimed.sort_unstable();
    let expected: Vec<String> = (0..JOBS).map(|number| format!("j{number:03}")).collect();
    // A claimer that lost a race may stop early, so what is left is claimed here.
    let rest = claim(&nodes[0], 10, "rest", JOBS);
    claimed.extend(rest.into_iter().map(|job| job.id));
    claimed.sort_unstable();
    assert_eq!(claimed, expected);
}

pub fn a_lease_that_ran_out_is_claimed_again(fixture: &mut Fixture) {
    let store = fixture.store();
    put(&store, "j", 10);
    assert_eq!(ids(&claim(&store, 10, "first", 5)), ["j"]);
    assert!(claim(&store, 109, "second", 5).is_empty());
    let again = claim(&store, 110, "second", 5);
    assert_eq!(
        (again[0].attempts, again[0].lease_owner.as_str()),
        (2, "second")
    );
    // The first owner is late, and none of its verbs does anything.
    assert!(!write(&store, |tx| tx.finish_job("j", "first")));
    assert!(!write(&store, |tx| tx.fail_job("j", "first", "late", 0)));
    assert!(!write(&store, |tx| tx.bury_job("j", "first", "late", 110)));
    assert!(write(&store, |tx| tx.finish_job("j", "second")));
}

pub fn a_lease_is_renewed_by_its_owner_alone(fixture: &mut Fixture) {
    let store = fixture.store();
    put(&store, "j", 10);
    claim(&store, 10, "me", 5);
    assert!(write(&store, |tx| tx.renew_job("j", "me", 500)));
    assert!(!write(&store, |tx| tx.renew_job("j", "you", 9000)));
    assert!(claim(&store, 499, "you", 5).is_empty());
    assert_eq!(ids(&claim(&store, 500, "you", 5)), ["j"]);
    assert!(!write(&store, |tx| tx.renew_job("j", "me", 9000)));
}

pub fn jobs_of_a_busy_subject_or_kind_are_passed_over(fixture: &mut Fixture) {
    let store = fixture.store();
    for (id, subject, kind) in [
        ("a", "busy", "call"),
        ("b", "slow", "call"),
        ("c", "free", "call"),
        ("d", "busy", "count"),
        ("e", "free", "count"),
    ] {
        let job = NewJob {
            id: id.into(),
            kind: kind.into(),
            subject: subject.into(),
            account: String::new(),
            put_ms: 0,
            due_ms: 10,
            payload: vec![],
        };
        write(&store, move |tx| tx.put_job(&job));
    }
    let claim_but = |subjects: &[&str], kinds: &[&str]| {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let passing_over = PassingOver {
            subjects: owned(subjects),
            kinds: owned(kinds),
        };
        write(&store, move |tx| {
            tx.claim_jobs(10, "me", 100, 9, &passing_over)
        })
    };
    assert_eq!(ids(&claim_but(&["busy", "slow"], &["call"])), ["e"]);
    assert_eq!(ids(&claim_but(&["busy", "slow"], &[])), ["c"]);
    assert_eq!(ids(&claim_but(&[], &["call"])), ["d"]);
    assert_eq!(ids(&claim(&store, 10, "me", 9)), ["a", "b"]);
}

pub fn a_released_job_was_never_claimed(fixture: &mut Fixture) {
    let store = fixture.store();
    put(&store, "j", 10);
    claim(&store, 10, "me", 5);
    assert!(!write(&store, |tx| tx.release_job("j", "you")));
    assert!(write(&store, |tx| tx.release_job("j", "me")));
    assert_eq!(claim(&store, 10, "you", 5)[0].attempts, 1);
}

pub fn all_leases_are_given_back_at_once(fixture: &mut Fixture) {
    let store = fixture.store();
    put(&store, "a", 10);
    put(&store, "b", 10);
    claim(&store, 10, "gone", 5);
    assert_eq!(write(&store, |tx| tx.release_all_jobs()), 2);
    assert_eq!(ids(&claim(&store, 10, "me", 5)), ["a", "b"]);
}

pub fn a_failed_job_waits_for_its_retry(fixture: &mut Fixture) {
    let store = fixture.store();
    put(&store, "j", 10);
    claim(&store, 10, "me", 5);
    assert!(write(&store, |tx| tx.fail_job("j", "me", "no route", 500)));
    assert!(claim(&store, 499, "me", 5).is_empty());
    let again = claim(&store, 500, "you", 5);
    assert_eq!(
        (
            again[0].attempts,
            again[0].last_error.as_str(),
            again[0].due_ms
        ),
        (2, "no route", 500)
    );
}

pub fn a_job_goes_away_with_its_transaction(fixture: &mut Fixture) {
    let store = fixture.store();
    let decline = |tx: &mut Tx<'_>| {
        let job = NewJob {
            id: "j".into(),
            kind: "k".into(),
            subject: "s".into(),
            account: String::new(),
            put_ms: 0,
            due_ms: 0,
            payload: vec![],
        };
        tx.put_job(&job)?;
        Err::<(), _>(Error::Closed)
    };
    assert!(store.write_blocking("jobs", decline).unwrap().is_err());
    assert!(claim(&store, 10_000, "me", 5).is_empty());
}
