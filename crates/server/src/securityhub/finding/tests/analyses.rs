//! What several analyses of a repository report, and what a complete report of one closes of it.

use super::complete::{OTHER_PRODUCT, complete, import_run, status};
use super::*;

/// A finding of some of the analyses of a repository.
fn analysed(uid: &str, categories: &[&str]) -> Value {
    let mut resources = vec![json!({"uid": "repo", "type": "CodeRepository"})];
    let category = |name: &&str| json!({"uid": format!("repo#{name}"), "type": "AnalysisCategory"});
    resources.extend(categories.iter().map(category));
    document(uid, json!({"resources": resources}))
}

/// Reports of analyses that come in together, each a category and what it names, and are then completed. How
/// many each closes.
fn report(t: &Testing, reports: &[(&str, &[&str])]) -> Vec<i64> {
    let run = |category: &str| format!("{category} at {}", t.now().0);
    let mut runs = Vec::new();
    for (category, uids) in reports {
        let run = run(category);
        let named = [uids, &["there"][..]].concat();
        let named: Vec<Value> = named.iter().map(|uid| analysed(uid, &[category])).collect();
        import_run(t, ADMINISTRATOR, &run, &named);
        runs.push((run, format!("repo#{category}")));
    }
    let closed = runs.iter().map(|(run, scope)| {
        complete(t, ADMINISTRATOR, json!({"Run": run, "Scope": scope})).unwrap()
    });
    closed.collect()
}

#[test]
fn what_several_analyses_report_is_open_until_none_does() {
    // What the first report of both names is over in one of them, then in the other; or in both at once.
    for (then, closed) in [
        (
            vec![("java", &[][..]), ("go", &["x"][..])],
            [[0, 0], [0, 1]],
        ),
        (vec![("go", &["x"]), ("java", &[])], [[0, 0], [0, 1]]),
        (vec![("go", &[]), ("java", &["x"])], [[0, 0], [0, 1]]),
        (vec![("java", &[]), ("go", &[])], [[0, 1], [0, 0]]),
    ] {
        let t = enabled();
        assert_eq!(report(&t, &[("java", &["x"]), ("go", &["x"])]), [0, 0]);
        assert_eq!(report(&t, &then), closed[0], "{then:?}");
        let is_over = closed[0] != [0, 0];
        assert_eq!(status(&t, "x"), if is_over { 4 } else { 1 }, "{then:?}");
        let all = report(&t, &[("java", &[]), ("go", &[])]);
        assert_eq!(
            all.iter().sum::<i64>(),
            closed[1].iter().sum::<i64>(),
            "{then:?}"
        );
        assert_eq!(status(&t, "x"), 4, "{then:?}");
        assert_eq!(report(&t, &[("java", &["x"])]), [0]);
        assert_eq!(
            report(&t, &[("java", &[])]),
            [1],
            "it was opened by one alone"
        );
    }
}

#[test]
fn a_report_of_one_analysis_alone_closes_nothing_that_another_reports() {
    let t = enabled();
    report(&t, &[("go", &["x", "own"])]);
    report(&t, &[("java", &["x"])]);
    // The document is of the one that came last.
    assert_eq!(report(&t, &[("java", &[])]), [0]);
    let mut over = analysed("x", &["java"]);
    over["status_id"] = 4.into();
    assert_eq!(
        counts(&import_run(&t, ADMINISTRATOR, "absent", &[over.clone()])),
        [0, 0, 1, 0]
    );
    assert_eq!([status(&t, "x"), status(&t, "own")], [1, 1]);
    // Another tool that calls its analysis the same says nothing of this one.
    let mut other = analysed("other", &["go"]);
    other["metadata"]["product"]["uid"] = OTHER_PRODUCT.into();
    import_run(&t, ADMINISTRATOR, "other", &[other]);
    let scoped = json!({"Run": "other", "Scope": "repo#go"});
    assert_eq!(complete(&t, ADMINISTRATOR, scoped).unwrap(), 0);
    assert_eq!(report(&t, &[("go", &[])]), [2]);
}

#[test]
fn an_analysis_that_reports_no_more_keeps_findings_open_for_a_month() {
    let day_ms = 24 * 60 * 60 * 1000;
    for order in [["old name", "name"], ["name", "old name"]] {
        let t = enabled();
        for name in order {
            report(&t, &[(name, &["x"])]);
        }
        t.advance_ms(29 * day_ms);
        assert_eq!(report(&t, &[("name", &[])]), [0], "{order:?}");
        t.advance_ms(2 * day_ms);
        assert_eq!(report(&t, &[("name", &[])]), [1], "{order:?}");
    }
}

#[test]
fn an_analysis_of_a_repository_says_nothing_of_another() {
    let t = enabled();
    let of = analysed;
    import(
        &t,
        &[of("java", &["java"]), of("go", &["go"]), of("plain", &[])],
    );
    import_run(&t, ADMINISTRATOR, "r1", &[of("there", &[])]);
    let closed = complete(&t, ADMINISTRATOR, json!({"Run": "r1", "Scope": "repo"}));
    assert_eq!(closed.unwrap(), 1);
    assert_eq!(
        ["java", "go", "plain"].map(|uid| status(&t, uid)),
        [1, 1, 4]
    );
    import_run(&t, ADMINISTRATOR, "r2", &[of("there", &["java"])]);
    let closed = complete(
        &t,
        ADMINISTRATOR,
        json!({"Run": "r2", "Scope": "repo#java"}),
    );
    assert_eq!(closed.unwrap(), 1);
    assert_eq!(
        ["java", "go", "plain"].map(|uid| status(&t, uid)),
        [4, 1, 4]
    );
}
