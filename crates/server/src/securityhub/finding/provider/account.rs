//! Whose a finding is.

use std::borrow::Cow;

use super::faults::Faults;
use super::text_of;
use crate::access::Account;
use crate::securityhub::finding::members::{Changes, Members, json_text};

/// Where the id of another cloud's account is kept: a subscription, a project.
const ELSEWHERE: &str = "project_uid";
const AWS: &str = "AWS";

/// The account, which is filled in where the document has none of AWS.
pub fn of<'a>(
    event: &Members<'a>,
    importer: &str,
    changes: &mut Changes<'a>,
    event_members: &mut Vec<(&'static str, String)>,
    faults: &mut Faults,
) -> Option<Cow<'a, str>> {
    let own = || Some(Cow::Owned(importer.to_owned()));
    let uid = json_text(importer);
    if event.get("cloud").is_none() {
        event_members.push(("cloud", format!(r#"{{"account":{{"uid":{uid}}}}}"#)));
        return own();
    }
    let cloud = faults.object(event, "cloud", "")?;
    if cloud.get("account").is_none() {
        changes.set(&cloud, vec![("account", format!(r#"{{"uid":{uid}}}"#))]);
        return own();
    }
    let account = faults.object(&cloud, "account", "cloud.")?;
    // Some providers write an empty text where they know no account.
    let Some(raw) = account.get("uid").filter(|raw| *raw != r#""""#) else {
        changes.set(&account, vec![("uid", uid)]);
        return own();
    };
    let text = text_of(raw);
    if let Some(known) = text.clone().filter(|text| Account::is_id(text)) {
        return Some(known);
    }
    if text.is_none() || !is_of_another_cloud(&cloud) {
        faults.add(
            "cloud.account.uid",
            "must be an account id of twelve digits",
        );
        return None;
    }
    let is_absent = |holder: &Members<'_>, name| {
        let text = holder.get(name).and_then(text_of).unwrap_or_default();
        text.trim().is_empty()
    };
    let mut members = vec![("uid", uid)];
    // Filters ask for the name, and not for what is kept below.
    if is_absent(&account, "name") {
        members.push(("name", raw.to_owned()));
    }
    changes.set(&account, members);
    if is_absent(&cloud, ELSEWHERE) {
        changes.set(&cloud, vec![(ELSEWHERE, raw.to_owned())]);
    }
    own()
}

/// Whether the document says that its account is none of AWS.
fn is_of_another_cloud(cloud: &Members<'_>) -> bool {
    let provider = cloud.get("provider").and_then(text_of);
    let provider = provider.unwrap_or_default();
    let provider = provider.trim();
    !provider.is_empty() && !provider.eq_ignore_ascii_case(AWS)
}
