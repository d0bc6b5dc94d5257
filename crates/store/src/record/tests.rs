//! The SQL that follows from a table, and the pages that are refused.

use super::*;

const TABLE: Table = Table {
    name: "thing",
    key: &["account", "id"],
    columns: &["at_ms", "body"],
};

#[test]
fn statements_follow_from_the_table() {
    let built = Statements::build(&TABLE);
    assert_eq!(
        built.get,
        "SELECT account, id, at_ms, body, version FROM thing WHERE account = $1 AND id = $2"
    );
    assert_eq!(
        built.insert,
        "INSERT INTO thing (account, id, at_ms, body, version) VALUES ($1, $2, $3, $4, 1) \
         ON CONFLICT DO NOTHING"
    );
    assert_eq!(
        built.replace,
        "UPDATE thing SET at_ms = $1, body = $2, version = version + 1 \
         WHERE account = $3 AND id = $4 AND version = $5"
    );
    assert_eq!(
        built.delete,
        "DELETE FROM thing WHERE account = $1 AND id = $2"
    );
}

#[test]
fn a_page_compares_the_whole_order_at_once() {
    let page = Page {
        equal: &[("account", "1".into())],
        order: &["at_ms", "id"],
        descending: true,
        after: Some(vec![5.into(), "x".into()]),
        limit: 10,
    };
    let (sql, params) = page.select(&TABLE).unwrap();
    assert_eq!(
        sql,
        "SELECT account, id, at_ms, body, version FROM thing WHERE account = $1 AND (at_ms, id) < ($2, $3) \
         ORDER BY at_ms DESC, id DESC LIMIT $4"
    );
    assert_eq!(params, vec!["1".into(), 5.into(), "x".into(), 10.into()]);
}

#[test]
fn a_page_that_could_tie_or_names_no_column_is_refused() {
    let cases: [(Page<'_>, &str); 3] = [
        (
            Page {
                order: &["at_ms", "id"],
                ..Page::default()
            },
            "key column `account`",
        ),
        (
            Page {
                order: &["account", "id", "x; DROP"],
                ..Page::default()
            },
            "no column `x; DROP`",
        ),
        (
            Page {
                order: &["account", "id"],
                after: Some(vec![1.into()]),
                ..Page::default()
            },
            "1 values and the order names 2",
        ),
    ];
    for (page, expected) in cases {
        let refused = page.select(&TABLE).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}
