//! Tests of what may be set of a hook.

use super::{PLAN, SECRET, TOKEN, file, open};
use crate::testing::Testing;

const SHORT_ACCOUNT: &str = "arn:aws:ssm-incidents::999:response-plan/plan";

#[test]
fn what_is_wrong_is_named_at_the_start() {
    let testing = Testing::new();
    let (token, secret, short) = (file(TOKEN), file(SECRET), file("short"));
    let (bad, token, secret, short) = (
        file("whsec_not base64 at all"),
        token.path().display(),
        secret.path().display(),
        short.path().display(),
    );
    let bad = bad.path().display();
    let plan = format!("plan = \"{PLAN}\"\nregion = \"eu-central-1\"");
    let token_only = format!("region = \"r\"\ntoken.file = \"{token}\"\n");
    for (name, lines, named) in [
        ("a", format!("kind = \"fax\"\n{plan}"), "fax"),
        (
            "a",
            format!("kind = \"generic\"\n{plan}\ncolour = 1"),
            "colour",
        ),
        ("a", format!("kind = \"generic\"\n{plan}"), "give secret"),
        (
            "a",
            format!("kind = \"alertmanager\"\n{plan}"),
            "give token",
        ),
        (
            "a",
            format!(
                "kind = \"alertmanager\"\n{plan}\ntoken.file = \"{token}\"\nsecret.file = \"{secret}\""
            ),
            "signs nothing",
        ),
        (
            "a",
            format!("kind = \"generic\"\n{plan}\ntoken.file = \"{short}\""),
            "shorter",
        ),
        (
            "a",
            format!("kind = \"generic\"\n{plan}\nsecret.file = \"{bad}\""),
            "base64",
        ),
        (
            "a",
            format!(
                "kind = \"generic\"\n{plan}\naccount = \"333333333333\"\ntoken.file = \"{token}\""
            ),
            "no account '333333333333'",
        ),
        (
            "a",
            format!("kind = \"generic\"\nplan = \"p\"\nregion = \"r\"\ntoken.file = \"{token}\""),
            "plan is 'p'",
        ),
        (
            "a",
            format!("kind = \"generic\"\nregion = \"r\"\ntoken.file = \"{token}\""),
            "give plan",
        ),
        (
            "a",
            format!("kind = \"generic\"\n{token_only}plan = \"{SHORT_ACCOUNT}\""),
            "'999', must have twelve digits",
        ),
        (
            "a",
            format!("kind = \"generic\"\n{token_only}plan = \"{PLAN} two\""),
            "named 'plan two'",
        ),
        (
            "a",
            format!(
                "kind = \"generic\"\nplan = \"{PLAN}\"\nregion = \"us east\"\ntoken.file = \"{token}\""
            ),
            "region is 'us east'",
        ),
        (
            "a",
            format!("kind = \"findings\"\n{token_only}auto_resolve = true"),
            "auto_resolve has no use here",
        ),
        (
            "a",
            format!("kind = \"deployment\"\n{token_only}auto_resolve = true"),
            "auto_resolve has no use here",
        ),
        (
            "a",
            format!("kind = \"deployment\"\n{plan}\ntoken.file = \"{token}\""),
            "no use here",
        ),
        (
            "a",
            format!("kind = \"findings\"\n{plan}\ntoken.file = \"{token}\""),
            "findings open no incident",
        ),
        (
            "a",
            "kind = \"findings\"\nregion = \"r\"".into(),
            "give token",
        ),
        (
            "a",
            format!(
                "kind = \"findings\"\nregion = \"r\"\ntoken.file = \"{token}\"\nsecret.file = \"{secret}\""
            ),
            "come with a token",
        ),
        (
            "\"a/b\"",
            format!("kind = \"generic\"\n{plan}\ntoken.file = \"{token}\""),
            "letters, digits",
        ),
    ] {
        let text = format!("[hooks.{name}]\n{lines}\n");
        let error = match open(&testing, &text) {
            Ok(_) => panic!("taken: {text}"),
            Err(error) => format!("{error:#}"),
        };
        assert!(error.contains(named), "{text}: {error}");
    }
}
