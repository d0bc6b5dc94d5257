//! Texts that the patterns of the models allow, and texts that they do not.

use std::collections::BTreeSet;

use balefire_api::shape::Text;

/// For each pattern in use, at least one of these matches; a test names the pattern that has none.
const SAMPLES: &[&str] = &[
    "a",
    "0",
    "abc",
    "10.0.0.1",
    "/var/lib",
    "23:59",
    "0123456789abcdef0123456789abcdef01234567",
    "12345678-1234-1234-1234-123456789012",
    "abcdefgh-1234-1234-1234-123456789012",
    "a12345",
    "eu-central-1",
    "$LATEST",
    "123456789012",
    "aws",
    "o-abcdefghij",
    "CVE-2099-0001",
    "a.b",
    "scan-1",
    "i-0123456789abcdef0",
    "ami-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "subnet-0123456789abcdef0",
    "vpc-0123456789abcdef0",
    "https://a",
    "project-12345678-1234-1234-1234-123456789012",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "related-item/OTHER/0123456789ABCDEF0123456789ABCDEF",
    "arn:aws:s3:::a",
    "arn:aws:iam::123456789012:role/a",
    "arn:aws:ssm-contacts:eu-central-1:123456789012:contact/a",
    "arn:aws:securityhub:eu-central-1:123456789012:hub/a",
    "arn:aws:config:eu-central-1:123456789012:connector/a/b/c",
    "arn:aws:ecr:eu-central-1:123456789012:repository/a",
    "arn:aws:lambda:eu-central-1:123456789012:layer:a:1",
    "arn:aws:ecs:eu-central-1:123456789012:cluster/a",
    "arn:aws:events:eu-central-1:123456789012:event-bus/a",
    "arn:aws:kms:eu-central-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "arn:aws:inspector2:eu-central-1:123456789012:connector/a",
    "arn:aws:inspector2:eu-central-1:123456789012:finding/0123456789abcdef0123456789abcdef",
    "arn:aws:inspector2:eu-central-1:123456789012:codesecurity-integration/\
     12345678-1234-1234-1234-123456789012",
    "arn:aws:inspector2:eu-central-1:123456789012:owner/123456789012/codesecurity-configuration/\
     12345678-1234-1234-1234-123456789012",
    "arn:aws:inspector2:eu-central-1:123456789012:owner/123456789012/cis-finding/\
     12345678-1234-1234-1234-123456789012",
    "arn:aws:inspector2:eu-central-1:123456789012:owner/123456789012/cis-scan/\
     12345678-1234-1234-1234-123456789012",
    "arn:aws:inspector2:eu-central-1:123456789012:owner/123456789012/cis-configuration/\
     12345678-1234-1234-1234-123456789012",
];

/// What a pattern may forbid, the commonest first. The bell is in no pattern but the freest.
const INTRUDERS: &[&str] = &["\u{7}", "\n", " ", "!", "é", "~", "\u{1F525}"];

/// Whether a text keeps every constraint of its shape.
pub fn fits(text: &Text, value: &str) -> bool {
    let length = value.chars().count() as u64;
    text.length.min.is_none_or(|min| length >= min)
        && text.length.max.is_none_or(|max| length <= max)
        && text.values.is_none_or(|values| values.contains(&value))
        && text.pattern.is_none_or(|pattern| pattern.matches(value))
}

/// A short text that keeps every constraint.
pub fn fitting(text: &Text) -> Option<String> {
    if let Some(values) = text.values {
        return values.first().map(|value| (*value).to_owned());
    }
    let stretched = |sample: &&str| stretch(sample, text.length.min.unwrap_or(0));
    let mut samples = SAMPLES.iter().map(stretched);
    samples.find(|sample| fits(text, sample))
}

/// A text of exactly this length that keeps every constraint but, perhaps, the length.
pub fn of_length(text: &Text, length: u64) -> Option<String> {
    let free = Text {
        length: balefire_api::shape::ANY,
        pattern: text.pattern,
        values: text.values,
        holds_json: text.holds_json,
    };
    let reach = |sample: &&str| {
        let short: String = sample.chars().take(length as usize).collect();
        [stretch(sample, length), stretch(&short, length)]
    };
    let mut candidates = SAMPLES.iter().flat_map(reach);
    candidates.find(|c| c.chars().count() as u64 == length && fits(&free, c))
}

/// Repeats the last character until the text has so many.
fn stretch(sample: &str, length: u64) -> String {
    let missing = (length as usize).saturating_sub(sample.chars().count());
    let last = sample.chars().last().unwrap_or('a');
    let more = std::iter::repeat_n(last, missing);
    sample.chars().chain(more).collect()
}

/// Different texts that keep every constraint.
pub fn distinct(text: &Text, count: usize) -> Option<Vec<String>> {
    if let Some(values) = text.values {
        let texts = values.iter().take(count).map(|value| (*value).to_owned());
        return Some(texts.collect()).filter(|texts: &Vec<_>| texts.len() == count);
    }
    let base = fitting(text)?;
    let mut found = vec![base.clone()];
    let mut seen: BTreeSet<String> = found.iter().cloned().collect();
    let mut number = 0;
    while found.len() < count && number < count * 4 + 16 {
        let digits = format!("{number:04}");
        let letters: String = digits
            .bytes()
            .map(|b| char::from(b + b'a' - b'0'))
            .collect();
        number += 1;
        for tail in [digits, letters] {
            let kept: String = {
                let length = base.chars().count().saturating_sub(tail.len());
                base.chars().take(length).collect()
            };
            let varied = [format!("{kept}{tail}"), format!("{base}{tail}")];
            let new = varied
                .into_iter()
                .find(|v| fits(text, v) && !seen.contains(v));
            if let Some(new) = new.filter(|_| found.len() < count) {
                seen.insert(new.clone());
                found.push(new);
            }
        }
    }
    Some(found).filter(|found| found.len() == count)
}

/// A text of a permitted length that the pattern does not match.
pub fn unmatched(text: &Text) -> Option<String> {
    let pattern = text.pattern?;
    let base = fitting(text).unwrap_or_default();
    let without_last: String = {
        let length = base.chars().count().saturating_sub(1);
        base.chars().take(length).collect()
    };
    let candidates = INTRUDERS.iter().flat_map(|intruder| {
        [
            format!("{base}{intruder}"),
            format!("{without_last}{intruder}"),
            format!("{intruder}{base}"),
            stretch(intruder, text.length.min.unwrap_or(1)),
        ]
    });
    let mut candidates = candidates.chain(["a".into(), "0".into(), String::new()]);
    let allowed = |value: &String| {
        let length = value.chars().count() as u64;
        text.length.min.is_none_or(|min| length >= min)
            && text.length.max.is_none_or(|max| length <= max)
    };
    candidates.find(|value| allowed(value) && !pattern.matches(value))
}
