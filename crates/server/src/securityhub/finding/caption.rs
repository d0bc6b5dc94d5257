//! What OCSF calls the values of its enumerations.

/// A value and its caption.
type Captions = &'static [(i64, &'static str)];

/// `severity_id` and `severity`.
pub const SEVERITIES: Captions = &[
    (0, "Unknown"),
    (1, "Informational"),
    (2, "Low"),
    (3, "Medium"),
    (4, "High"),
    (5, "Critical"),
    (6, "Fatal"),
    (99, "Other"),
];

/// `status_id` and `status` of findings.
pub const STATUSES: Captions = &[
    (0, "Unknown"),
    (1, "New"),
    (2, "In Progress"),
    (3, "Suppressed"),
    (4, "Resolved"),
    (5, "Archived"),
    (6, "Deleted"),
    (99, "Other"),
];

/// `activity_id` and `activity_name`.
pub const ACTIVITIES: Captions = &[
    (0, "Unknown"),
    (1, "Create"),
    (2, "Update"),
    (3, "Close"),
    (99, "Other"),
];

/// `class_uid` and `class_name` of the category Findings.
pub const CLASSES: Captions = &[
    (2001, "Security Finding"),
    (2002, "Vulnerability Finding"),
    (2003, "Compliance Finding"),
    (2004, "Detection Finding"),
    (2005, "Incident Finding"),
    (2006, "Data Security Finding"),
    (2007, "Application Security Posture Finding"),
];

/// The caption of a value.
pub fn caption(captions: Captions, id: i64) -> Option<&'static str> {
    captions
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, caption)| *caption)
}

/// The value that has this caption, in any case.
pub fn value_of(captions: Captions, caption: &str) -> Option<i64> {
    captions
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(caption))
        .map(|(id, _)| *id)
}

/// The values, as an error lists them.
pub fn values(captions: Captions) -> String {
    let values: Vec<String> = captions.iter().map(|(id, _)| id.to_string()).collect();
    values.join(", ")
}
