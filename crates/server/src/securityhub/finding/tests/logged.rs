//! How the log has what customers set.

use balefire_store::Entry;
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::update::processed;
use super::*;

#[test]
fn a_request_makes_one_log_entry_for_each_account_whose_findings_it_names() {
    let t = enabled();
    let mut documents: Vec<Value> = (0..3)
        .map(|n| document(&format!("f{n}"), json!({})))
        .collect();
    documents.push(document_of(MEMBER, "m", json!({})));
    import(&t, &documents);
    let mut uids: Vec<String> = (0..3)
        .map(|n| uid_of(ADMINISTRATOR, &format!("f{n}")))
        .collect();
    let member = uid_of(MEMBER, "m");
    uids.push(member.clone());
    t.advance_ms(1);
    let twice = [uids.clone(), uids.clone()].concat();
    let set = json!({"MetadataUids": twice, "StatusId": 2, "Comment": "c"});
    let output = update_as(&t, ADMINISTRATOR, set).unwrap();
    assert_eq!(processed(&output).len(), 4);
    t.advance_ms(1);
    // What is not there makes no entry, and a member names only its own.
    let nothing = json!({"MetadataUids": ["nothing"], "StatusId": 2});
    update_as(&t, ADMINISTRATOR, nothing).unwrap();
    let set = json!({"MetadataUids": uids, "StatusId": 3});
    assert_eq!(processed(&update_as(&t, MEMBER, set).unwrap()).len(), 1);
    let body = |uids: &[&String], status: i64, comment: Value| {
        let hashes: Vec<u8> = uids.iter().flat_map(|uid| hex(&uid[12..])).collect();
        let hashes = BASE64_STANDARD.encode(hashes);
        let body = json!({
            "hashes": hashes, "severity_id": null, "status_id": status, "comment": comment,
        });
        ("findings.updated".to_owned(), body)
    };
    let mut first = vec![
        body(&[&uids[0], &uids[1], &uids[2]], 2, json!("c")),
        body(&[&member], 2, json!("c")),
    ];
    let second = body(&[&member], 3, json!(null));
    let mut found = log(&t).split_off(1);
    assert_eq!(found.pop(), Some(second));
    first.sort_by_key(|(_, body)| body["hashes"].to_string());
    found.sort_by_key(|(_, body)| body["hashes"].to_string());
    assert_eq!(found, first);
}

fn hex(digits: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// Stores that are older than entries of hashes have entries of uids, which say the same.
#[test]
fn entries_that_name_findings_by_uid_are_read() {
    let t = enabled();
    import(&t, &[document("f", json!({})), document("g", json!({}))]);
    let uid = uid_of(ADMINISTRATOR, "g");
    let body = json!({"uids": [uid], "severity_id": null, "status_id": 4, "comment": "old"});
    let entry = Entry {
        account: ADMINISTRATOR.to_owned(),
        actor: "arn:aws:iam::123456789012:user/ada".to_owned(),
        kind: "findings.updated".to_owned(),
        subject: "hub".to_owned(),
        body: body.to_string().into_bytes(),
        at_ms: t.now().0,
    };
    let append = move |tx: &mut Tx<'_>| tx.append(entry.clone());
    t.store
        .write_blocking(ADMINISTRATOR, append)
        .unwrap()
        .unwrap();
    assert_eq!(finding(&t, "f")["status"], "New");
    assert_eq!(finding(&t, "g")["status"], "Resolved");
    assert_eq!(finding(&t, "g")["comment"], "old");
}
