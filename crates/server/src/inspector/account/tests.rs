//! Enabling, disabling and the status, for oneself and for others.

use balefire_store::shard_of;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

fn status(t: &Testing, caller: &str, account: &str) -> Value {
    let input = json!({"accountIds": [account]});
    let answer = t
        .call_as(caller, "inspector2", "BatchGetAccountStatus", input)
        .unwrap();
    answer["accounts"][0].clone()
}

fn logged(t: &Testing, account: &str) -> i64 {
    let shard = shard_of(account);
    t.store
        .read_blocking(move |tx| tx.log_head(shard))
        .unwrap()
        .unwrap()
}

#[test]
fn enabling_is_seen_at_once_and_twice_is_no_error() {
    let t = Testing::new();
    let before = status(&t, ADMINISTRATOR, ADMINISTRATOR);
    assert_eq!(before["state"], json!({"status": "DISABLED"}));
    assert_eq!(
        before["resourceState"]["ecr"],
        json!({"status": "DISABLED"})
    );
    let input = json!({"resourceTypes": ["EC2", "LAMBDA", "LAMBDA_CODE"]});
    let answer = t.call("inspector2", "Enable", input.clone()).unwrap();
    let expected = json!({
        "accountId": ADMINISTRATOR, "status": "ENABLED",
        "resourceStatus": {"ec2": "ENABLED", "ecr": "DISABLED", "lambda": "ENABLED", "lambdaCode": "ENABLED",
                           "codeRepository": "DISABLED"},
    });
    assert_eq!(
        answer,
        json!({"accounts": [expected], "failedAccounts": []})
    );
    let seen = status(&t, ADMINISTRATOR, ADMINISTRATOR);
    assert_eq!(seen["state"], json!({"status": "ENABLED"}));
    assert_eq!(
        seen["resourceState"]["lambdaCode"],
        json!({"status": "ENABLED"})
    );
    assert_eq!(seen["resourceState"]["ecr"]["status"], "DISABLED");

    let entries = logged(&t, ADMINISTRATOR);
    assert_eq!(t.call("inspector2", "Enable", input).unwrap(), answer);
    assert_eq!(logged(&t, ADMINISTRATOR), entries, "nothing changed");
    t.call(
        "inspector2",
        "Enable",
        json!({"resourceTypes": ["EC2", "ECR"]}),
    )
    .unwrap();
    assert_eq!(logged(&t, ADMINISTRATOR), entries + 1);
}

#[test]
fn code_of_functions_is_scanned_only_with_the_functions() {
    let t = Testing::new();
    let alone = json!({"resourceTypes": ["LAMBDA_CODE"], "accountIds": [ADMINISTRATOR, MEMBER]});
    let refused = t.call("inspector2", "Enable", alone.clone());
    assert!(
        matches!(&refused, Err(Failure::Invalid(v)) if v[0].path == "/resourceTypes"),
        "{refused:?}"
    );
    t.call("inspector2", "Enable", json!({"resourceTypes": ["LAMBDA"]}))
        .unwrap();
    // One of the two accounts lacks LAMBDA, so neither is changed.
    assert!(t.call("inspector2", "Enable", alone).is_err());
    assert_eq!(
        status(&t, ADMINISTRATOR, ADMINISTRATOR)["resourceState"]["lambdaCode"]["status"],
        "DISABLED"
    );
    t.call(
        "inspector2",
        "Enable",
        json!({"resourceTypes": ["LAMBDA_CODE"]}),
    )
    .unwrap();
    t.call(
        "inspector2",
        "Disable",
        json!({"resourceTypes": ["LAMBDA"]}),
    )
    .unwrap();
    let seen = status(&t, ADMINISTRATOR, ADMINISTRATOR);
    assert_eq!(seen["resourceState"]["lambdaCode"]["status"], "DISABLED");
    assert_eq!(seen["state"]["status"], "DISABLED");
}

#[test]
fn the_administrator_acts_for_members_and_members_only_for_themselves() {
    let t = Testing::new();
    let ids = [MEMBER, ADMINISTRATOR, MEMBER, "999999999999"];
    let both = json!({"resourceTypes": ["EC2"], "accountIds": ids});
    let answer = t.call("inspector2", "Enable", both).unwrap();
    let ids = |list: &Value, name: &str| -> Vec<String> {
        let texts = list
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry[name].as_str().unwrap().to_owned());
        texts.collect()
    };
    assert_eq!(
        ids(&answer["accounts"], "accountId"),
        [MEMBER, ADMINISTRATOR]
    );
    assert_eq!(
        ids(&answer["failedAccounts"], "accountId"),
        ["999999999999"]
    );
    assert_eq!(
        ids(&answer["failedAccounts"], "errorCode"),
        ["RESOURCE_NOT_FOUND"]
    );
    assert_eq!(status(&t, MEMBER, MEMBER)["state"]["status"], "ENABLED");

    // To a member an account that is there and one that is not look alike.
    let others = json!([ADMINISTRATOR, "999999999999"]);
    for (operation, input) in [
        (
            "Enable",
            json!({"resourceTypes": ["ECR"], "accountIds": others}),
        ),
        ("Disable", json!({"accountIds": others})),
        ("BatchGetAccountStatus", json!({"accountIds": others})),
    ] {
        let answer = t.call_as(MEMBER, "inspector2", operation, input).unwrap();
        assert_eq!(answer["accounts"], json!([]), "{operation}");
        assert_eq!(
            ids(&answer["failedAccounts"], "errorCode"),
            ["ACCESS_DENIED"; 2],
            "{operation}"
        );
        let messages = ids(&answer["failedAccounts"], "errorMessage");
        assert_eq!(messages[0], messages[1], "{operation}");
    }
    let own = t
        .call_as(
            MEMBER,
            "inspector2",
            "Enable",
            json!({"resourceTypes": ["ECR"]}),
        )
        .unwrap();
    assert_eq!(own["accounts"][0]["resourceStatus"]["ecr"], "ENABLED");
    let refused = t
        .call_as(MEMBER, "inspector2", "Disable", json!({}))
        .unwrap();
    assert_eq!(
        ids(&refused["failedAccounts"], "errorCode"),
        ["ACCESS_DENIED"]
    );

    let gone = t
        .call("inspector2", "Disable", json!({"accountIds": [MEMBER]}))
        .unwrap();
    assert_eq!(gone["accounts"][0]["status"], "DISABLED");
    assert_eq!(status(&t, MEMBER, MEMBER)["state"]["status"], "DISABLED");
    assert_eq!(
        status(&t, ADMINISTRATOR, ADMINISTRATOR)["state"]["status"],
        "ENABLED"
    );
    let entries = logged(&t, ADMINISTRATOR);
    t.call("inspector2", "Disable", json!({"accountIds": [MEMBER]}))
        .unwrap();
    assert_eq!(logged(&t, ADMINISTRATOR), entries, "nothing changed");
}
