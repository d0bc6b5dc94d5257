//! Severities and states as words with a colour class each.

/// A word on a page and the style class that colours it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub word: String,
    pub class: &'static str,
}

impl Tag {
    fn new(word: impl Into<String>, class: &'static str) -> Tag {
        Tag {
            word: word.into(),
            class,
        }
    }

    /// OCSF's `severity_id`; `caption` names what the number does not.
    pub fn of_ocsf_severity(id: i64, caption: Option<&str>) -> Tag {
        match id {
            1 => Tag::new("Informational", "informational"),
            2 => Tag::new("Low", "low"),
            3 => Tag::new("Medium", "medium"),
            4 => Tag::new("High", "high"),
            5 => Tag::new("Critical", "critical"),
            6 => Tag::new("Fatal", "critical"),
            _ => Tag::new(caption.unwrap_or("Unknown"), "unknown"),
        }
    }

    /// The severity words of inspector2.
    pub fn of_severity_word(word: &str) -> Tag {
        let class = match word {
            "INFORMATIONAL" => "informational",
            "LOW" => "low",
            "MEDIUM" => "medium",
            "HIGH" => "high",
            "CRITICAL" => "critical",
            _ => "unknown",
        };
        Tag::new(capitalized(word), class)
    }

    /// An incident's impact, from 1 to 5.
    pub fn of_impact(impact: i32) -> Tag {
        match impact {
            1 => Tag::new("Critical", "critical"),
            2 => Tag::new("High", "high"),
            3 => Tag::new("Medium", "medium"),
            4 => Tag::new("Low", "low"),
            _ => Tag::new("No impact", "informational"),
        }
    }

    /// OCSF's `status_id` of findings.
    pub fn of_ocsf_status(id: i64, caption: Option<&str>) -> Tag {
        match id {
            1 => Tag::new("New", "new"),
            2 => Tag::new("In progress", "progress"),
            3 => Tag::new("Suppressed", "quiet"),
            4 => Tag::new("Resolved", "done"),
            5 => Tag::new("Archived", "quiet"),
            6 => Tag::new("Deleted", "quiet"),
            _ => Tag::new(caption.unwrap_or("Unknown"), "quiet"),
        }
    }

    /// The status words of inspector2 and of incidents.
    pub fn of_status_word(word: &str) -> Tag {
        let class = match word {
            "ACTIVE" | "OPEN" => "new",
            "CLOSED" | "RESOLVED" => "done",
            _ => "quiet",
        };
        Tag::new(capitalized(word), class)
    }
}

/// `IN_PROGRESS` as `In progress`.
pub fn capitalized(word: &str) -> String {
    let lower = word.to_lowercase().replace('_', " ");
    let mut letters = lower.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_readable() {
        for (tag, word, class) in [
            (Tag::of_ocsf_severity(5, None), "Critical", "critical"),
            (Tag::of_ocsf_severity(99, Some("Odd")), "Odd", "unknown"),
            (Tag::of_severity_word("UNTRIAGED"), "Untriaged", "unknown"),
            (Tag::of_severity_word("HIGH"), "High", "high"),
            (Tag::of_impact(5), "No impact", "informational"),
            (Tag::of_ocsf_status(2, None), "In progress", "progress"),
            (Tag::of_status_word("RESOLVED"), "Resolved", "done"),
        ] {
            assert_eq!((tag.word.as_str(), tag.class), (word, class));
        }
        assert_eq!(capitalized("INVOLVED_RESOURCE"), "Involved resource");
        assert_eq!(capitalized(""), "");
    }
}
