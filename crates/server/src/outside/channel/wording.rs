//! What people are told: a headline, and what happened, in words that fit any channel.

use serde_json::Value;

use super::super::Notice;

/// Longer texts are cut: whoever wants more has the ARN.
const TITLE_CHARS_MAX: usize = 200;
const VALUE_CHARS_MAX: usize = 300;
const CHANGES_MAX: usize = 10;

/// `Critical: The shop is down (OPEN)`, in one line.
pub fn headline(notice: &Notice) -> String {
    let title = one_line(&notice.title, TITLE_CHARS_MAX);
    format!("{}: {title} ({})", impact(notice.impact), notice.status)
}

/// What happened, a line each: `status: RESOLVED`.
pub fn happened(notice: &Notice) -> Vec<String> {
    let changes = notice.detail["modifiedAttributes"].as_array();
    let changes = changes.into_iter().flatten().take(CHANGES_MAX);
    let mut lines: Vec<String> = changes.filter_map(change).collect();
    if lines.is_empty() {
        lines.push(match notice.detail_type.as_str() {
            "SSM Incident Start" => "The incident began.".into(),
            other => one_line(other, VALUE_CHARS_MAX),
        });
    }
    if let Some(who) = notice.detail["modifiedBy"].as_str() {
        lines.push(format!("by {}", one_line(who, VALUE_CHARS_MAX)));
    }
    lines
}

fn change(change: &Value) -> Option<String> {
    let name = change["attributeName"].as_str()?;
    let value = change["newValue"].as_str()?;
    Some(format!("{name}: {}", one_line(value, VALUE_CHARS_MAX)))
}

fn impact(impact: i32) -> &'static str {
    match impact {
        1 => "Critical",
        2 => "High",
        3 => "Medium",
        4 => "Low",
        _ => "No impact",
    }
}

/// Without line breaks and control characters, which would end a header or begin a line of their own.
fn one_line(text: &str, chars_max: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.chars().map(plain).take(chars_max).collect();
    if text.chars().nth(chars_max).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::notice;
    use super::*;

    #[test]
    fn what_happened_is_told_in_lines_of_bounded_length() {
        let mut told = notice();
        assert_eq!(headline(&told), "Critical: Shop is <down> & out (OPEN)");
        assert_eq!(happened(&told), ["The incident began."]);
        told.detail = json!({
            "modifiedBy": "arn:aws:iam::111111111111:user/ada",
            "modifiedAttributes": [
                {"attributeName": "status", "newValue": "RESOLVED"},
                {"attributeName": "summary", "newValue": format!("a\r\nb{}", "x".repeat(400))},
            ],
        });
        let lines = happened(&told);
        assert_eq!(lines[0], "status: RESOLVED");
        assert_eq!(lines[1], format!("summary: a  b{}…", "x".repeat(296)));
        assert_eq!(lines[2], "by arn:aws:iam::111111111111:user/ada");
        told.title = "\nBcc: all".into();
        assert_eq!(headline(&told), "Critical:  Bcc: all (OPEN)");
    }
}
