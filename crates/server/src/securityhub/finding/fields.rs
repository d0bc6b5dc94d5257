//! The fields of a finding that customers and automation rules may set.

use balefire_api::{Violation, rejection};
use serde::{Deserialize, Serialize};

use super::caption::{SEVERITIES, STATUSES, caption};

const COMMENT_CHARS_MAX: usize = 512;
/// OCSF's Deleted, which the API does not let anybody set.
const STATUS_DELETED: i32 = 6;

/// What is set. What is `None` is left as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub comment: Option<String>,
}

/// The same, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub comment: Option<&'a str>,
}

impl Fields {
    pub fn borrowed(&self) -> Setting<'_> {
        Setting {
            severity_id: self.severity_id,
            status_id: self.status_id,
            comment: self.comment.as_deref(),
        }
    }

    /// Fields of a request, which has them below `at`; otherwise everything that is wrong with them.
    pub fn of(
        at: &str,
        severity_id: Option<i32>,
        status_id: Option<i32>,
        comment: Option<&str>,
    ) -> Result<Fields, Vec<Violation>> {
        let mut violations: Vec<Violation> = Vec::new();
        let mut refuse = |member: &str, rule: &str| {
            violations.push(rejection::violation(&format!("{at}/{member}"), rule));
        };
        if severity_id.is_none() && status_id.is_none() && comment.is_none() {
            refuse(
                "",
                "Member must have one of SeverityId, StatusId and Comment",
            );
        }
        let known = |captions, id: i32| caption(captions, id.into()).is_some();
        if severity_id.is_some_and(|id| !known(SEVERITIES, id)) {
            refuse(
                "SeverityId",
                "Member must be one of 0, 1, 2, 3, 4, 5, 6, 99",
            );
        }
        if let Some(id) = status_id
            && (!known(STATUSES, id) || id == STATUS_DELETED)
        {
            refuse("StatusId", "Member must be one of 0, 1, 2, 3, 4, 5, 99");
        }
        if let Some(comment) = comment {
            if comment.chars().count() > COMMENT_CHARS_MAX {
                refuse("Comment", "Member must have at most 512 characters");
            }
            if comment.contains('\0') {
                refuse("Comment", "Member must not have the character NUL");
            }
        }
        match violations.is_empty() {
            true => Ok(Fields {
                severity_id: severity_id.map(i64::from),
                status_id: status_id.map(i64::from),
                comment: comment.map(str::to_owned),
            }),
            false => Err(violations),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Fields::default()
    }
}
