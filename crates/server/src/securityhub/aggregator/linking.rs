//! Which regions an aggregator links: what its mode and its list must be.

use crate::failure::Failure;

const LINKED_REGIONS_MAX: usize = 50;

const ALL: &str = "ALL_REGIONS";
const MODES: &[&str] = &[ALL, "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS"];

/// The list as it is kept: nothing where all regions are linked.
pub fn checked(
    mode: &str,
    linked: Option<Vec<String>>,
    home: &str,
) -> Result<Option<Vec<String>>, Failure> {
    if !MODES.contains(&mode) {
        let rule = format!("Member must be one of {}", MODES.join(", "));
        return Err(Failure::invalid("/RegionLinkingMode", rule));
    }
    let linked = linked.unwrap_or_default();
    let wrong = |rule: &str| Err(Failure::invalid("/LinkedRegions", rule));
    match (mode, linked.len()) {
        (ALL, 0) => return Ok(None),
        (ALL, _) => return wrong("Member must not be given where all regions are linked"),
        (_, 1..=LINKED_REGIONS_MAX) => {}
        (_, count) => {
            return wrong(&format!(
                "Member must name 1 to {LINKED_REGIONS_MAX} regions in this mode; it names {count}"
            ));
        }
    }
    for (place, region) in linked.iter().enumerate() {
        if let Some(rule) = breach(region, &linked[..place], home) {
            let path = format!("/LinkedRegions/{place}");
            return Err(Failure::invalid(&path, rule));
        }
    }
    Ok(Some(linked))
}

fn breach(region: &str, before: &[String], home: &str) -> Option<&'static str> {
    if !is_region(region) {
        Some("Member must be the code of a region, such as eu-west-1")
    } else if region == home {
        Some("Member must be another region than the one that data is aggregated in")
    } else if before.iter().any(|other| other == region) {
        Some("Member must be another region than those before")
    } else {
        None
    }
}

/// Letters, words of letters, a number: `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    let made_of = |part: &str, kind: fn(&u8) -> bool| {
        (1..=16).contains(&part.len()) && part.as_bytes().iter().all(kind)
    };
    words.len() >= 2
        && words
            .iter()
            .all(|word| made_of(word, u8::is_ascii_lowercase))
        && made_of(number, u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn modes_and_lists_go_together() {
        let many: Vec<String> = (1..=51).map(|n| format!("eu-west-{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (mode, linked, wrong) in [
            ("ALL_REGIONS", &[][..], None),
            ("ALL_REGIONS", &["eu-west-1"], Some("/LinkedRegions")),
            ("SPECIFIED_REGIONS", &["eu-west-1", "us-gov-east-1"], None),
            ("SPECIFIED_REGIONS", &[], Some("/LinkedRegions")),
            ("ALL_REGIONS_EXCEPT_SPECIFIED", &[], Some("/LinkedRegions")),
            ("SPECIFIED_REGIONS", &many[..50], None),
            ("SPECIFIED_REGIONS", &many, Some("51")),
            (
                "SPECIFIED_REGIONS",
                &["eu-west-1", "eu-west-1"],
                Some("/LinkedRegions/1"),
            ),
            (
                "SPECIFIED_REGIONS",
                &["eu-central-1"],
                Some("/LinkedRegions/0"),
            ),
            (
                "SPECIFIED_REGIONS",
                &["Frankfurt"],
                Some("/LinkedRegions/0"),
            ),
            ("SPECIFIED_REGIONS", &["eu-1"], Some("/LinkedRegions/0")),
            ("SPECIFIED_REGIONS", &["eu-west-"], Some("/LinkedRegions/0")),
            ("NO_REGIONS", &[], Some("/RegionLinkingMode")),
        ] {
            let given = linked.iter().map(|region| (*region).to_owned()).collect();
            let outcome = checked(mode, Some(given), "eu-central-1");
            match (outcome, wrong) {
                (Ok(kept), None) => {
                    let kept = kept.unwrap_or_default();
                    assert_eq!(kept, linked, "{mode}");
                }
                (Err(failure), Some(said)) => {
                    let message = failure.message();
                    assert!(message.contains(said), "{message}");
                }
                (outcome, _) => panic!("{mode} {linked:?}: {outcome:?}"),
            }
        }
        assert_eq!(checked("ALL_REGIONS", None, "x").expect("all"), None);
    }
}
