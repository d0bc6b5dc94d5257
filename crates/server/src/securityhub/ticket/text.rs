//! A finding as people read it in a ticket: a summary of one line, and a description.

use serde_json::Value;

/// The shorter of what the systems take in a summary.
const SUMMARY_CHARS_MAX: usize = 160;
const DESCRIPTION_CHARS_MAX: usize = 20_000;
/// Resources that are named.
const RESOURCES_MAX: usize = 20;

/// Summary and description, and which rule asks, where one does.
pub fn of(document: &Value, rule_name: Option<&str>) -> (String, String) {
    let text = |pointer: &str| {
        let value = document.pointer(pointer).and_then(Value::as_str);
        value.filter(|text| !text.trim().is_empty())
    };
    let title = text("/finding_info/title").unwrap_or("A finding without a title");
    let summary = match text("/severity") {
        Some(severity) => format!("[{severity}] {title}"),
        None => title.to_owned(),
    };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(text("/finding_info/desc").map(str::to_owned));
    lines.extend(text("/remediation/desc").map(|said| format!("What to do: {said}")));
    for (name, pointer) in [
        ("Status", "/status"),
        ("Product", "/metadata/product/name"),
        ("Account", "/cloud/account/uid"),
        ("Region", "/cloud/region"),
        ("Finding", "/metadata/uid"),
    ] {
        lines.extend(text(pointer).map(|said| format!("{name}: {said}")));
    }
    lines.extend(rule_name.map(|name| format!("Automation rule: {}", one_line(name))));
    let resources = document["resources"].as_array().into_iter().flatten();
    let uids = resources.filter_map(|resource| resource["uid"].as_str());
    lines.extend(
        uids.take(RESOURCES_MAX)
            .map(|uid| format!("Resource: {uid}")),
    );
    (
        one_line(&summary),
        cut(&lines.join("\n"), DESCRIPTION_CHARS_MAX),
    )
}

/// What DRYRUN makes a ticket of.
pub fn of_test() -> (String, String) {
    let summary = "[Informational] A test finding of Balefire";
    let description =
        "This ticket shows that Balefire can make tickets here. There is nothing to do: close it.";
    (summary.into(), description.into())
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), SUMMARY_CHARS_MAX)
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_finding_reads_as_people_write() {
        let finding = json!({
            "severity": "High",
            "finding_info": {"title": "Bucket\nis open", "desc": "Anyone can read it."},
            "metadata": {"uid": "u", "product": {"name": "Lantern"}},
            "cloud": {"account": {"uid": "111111111111"}},
            "resources": [{"uid": "arn:aws:s3:::b"}, {}],
        });
        let (summary, description) = super::of(&finding, None);
        assert_eq!(summary, "[High] Bucket is open");
        let expected = "Anyone can read it.\nProduct: Lantern\nAccount: 111111111111\nFinding: u\n\
                        Resource: arn:aws:s3:::b";
        assert_eq!(description, expected);
        let (_, description) = super::of(&finding, Some("Page\nus"));
        let expected = "Finding: u\nAutomation rule: Page us\nResource: arn:aws:s3:::b";
        assert!(description.ends_with(expected), "{description}");
        let long = json!({"finding_info": {"title": "x".repeat(500)}});
        let (summary, description) = super::of(&long, None);
        assert_eq!((summary.len(), description.as_str()), (160, ""));
    }
}
