//! Which incidents a list asks for: a merge of index ranges, so that no page reads what it does not show.

use std::fmt::Write as _;

use balefire_api::generated::ssm_incidents::{
    AttributeValueList, Condition, Filter, IncidentRecordStatus,
};
use balefire_store::Value;

use crate::failure::Failure;

/// All that an incident may have.
const STATUSES: [IncidentRecordStatus; 2] =
    [IncidentRecordStatus::Open, IncidentRecordStatus::Resolved];
const IMPACTS: std::ops::RangeInclusive<i32> = 1..=5;
/// More creators than this are looked for within the ranges of the others.
const CREATORS_IN_RANGES: usize = 8;

/// What passes a list's filters. Each is narrowed by every filter on it.
pub struct Selection {
    statuses: Vec<&'static str>,
    impacts: Vec<i32>,
    /// `None` is anybody.
    creators: Option<Vec<String>>,
    /// Conditions on the time of creation, such as `created_ms <`.
    times: Vec<(&'static str, i64)>,
}

impl Selection {
    pub fn read(filters: &[Filter]) -> Result<Selection, Failure> {
        let mut selection = Selection {
            statuses: STATUSES.iter().map(|status| status.as_str()).collect(),
            impacts: IMPACTS.collect(),
            creators: None,
            times: Vec::new(),
        };
        for (place, filter) in filters.iter().enumerate() {
            selection.narrow(&format!("/filters/{place}"), filter)?;
        }
        Ok(selection)
    }

    fn narrow(&mut self, path: &str, filter: &Filter) -> Result<(), Failure> {
        let given = |empty: bool| match empty {
            true => Err(Failure::invalid(
                &format!("{path}/condition/equals"),
                "Member must hold a value",
            )),
            false => Ok(()),
        };
        match (filter.key.as_str(), &filter.condition) {
            ("creationTime", Condition::Before(time)) => self.times.push(("created_ms <", time.0)),
            ("creationTime", Condition::After(time)) => self.times.push(("created_ms >", time.0)),
            ("impact", Condition::Equals(AttributeValueList::IntegerValues(values))) => {
                given(values.is_empty())?;
                self.impacts.retain(|impact| values.contains(impact));
            }
            ("createdBy", Condition::Equals(AttributeValueList::StringValues(values))) => {
                given(values.is_empty())?;
                let creators = self.creators.get_or_insert_with(|| values.clone());
                creators.retain(|creator| values.contains(creator));
                creators.sort();
                creators.dedup();
            }
            ("status", Condition::Equals(AttributeValueList::StringValues(values))) => {
                given(values.is_empty())?;
                if values
                    .iter()
                    .any(|value| IncidentRecordStatus::parse(value).is_none())
                {
                    let path = format!("{path}/condition/equals/stringValues");
                    return Err(Failure::invalid(&path, "Member must hold OPEN or RESOLVED"));
                }
                self.statuses
                    .retain(|status| values.iter().any(|value| value == status));
            }
            (key, _) => return Err(unknown(path, key)),
        }
        Ok(())
    }

    /// Keys and bodies of the newest incidents that pass, after the key of a page before. `None` when
    /// none can pass.
    pub fn page(
        &self,
        account: &str,
        after: Option<&[Value]>,
        limit: usize,
    ) -> Option<(String, Vec<Value>)> {
        let mut params = Params(vec![account.into()]);
        let mut bounds = String::new();
        for (compare, time) in &self.times {
            let _ = write!(bounds, " AND {compare} {}", params.mark(*time));
        }
        if let Some(after) = after {
            let marks: Vec<String> = after
                .iter()
                .map(|value| params.mark(value.clone()))
                .collect();
            let _ = write!(bounds, " AND (created_ms, id) < ({})", marks.join(", "));
        }
        let creators = self.creators(&mut params);
        let limit = params.mark(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut ranges = Vec::new();
        for status in &self.statuses {
            let status = params.mark(*status);
            for impact in &self.impacts {
                let impact = params.mark(*impact);
                for creator in &creators {
                    let number = ranges.len();
                    ranges.push(format!(
                        "SELECT id, created_ms FROM (SELECT id, created_ms FROM incident WHERE account = $1 \
                         AND status = {status} AND impact = {impact}{creator}{bounds} \
                         ORDER BY created_ms DESC, id DESC LIMIT {limit}) r{number}"
                    ));
                }
            }
        }
        if ranges.is_empty() {
            return None;
        }
        let sql = format!(
            "SELECT i.id, i.created_ms, i.body FROM (SELECT id, created_ms FROM ({}) k \
             ORDER BY created_ms DESC, id DESC LIMIT {limit}) p JOIN incident i ON i.account = $1 \
             AND i.id = p.id ORDER BY p.created_ms DESC, p.id DESC",
            ranges.join(" UNION ALL ")
        );
        Some((sql, params.0))
    }

    /// The condition on the creator in each range; one that holds for anybody where there is no filter.
    fn creators(&self, params: &mut Params) -> Vec<String> {
        let Some(creators) = &self.creators else {
            return vec![String::new()];
        };
        let marks: Vec<String> = creators
            .iter()
            .map(|creator| params.mark(creator))
            .collect();
        if marks.len() > CREATORS_IN_RANGES {
            return vec![format!(" AND created_by IN ({})", marks.join(", "))];
        }
        let each = marks.iter().map(|mark| format!(" AND created_by = {mark}"));
        each.collect()
    }
}

/// The values of a statement.
struct Params(Vec<Value>);

impl Params {
    fn mark(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

fn unknown(path: &str, key: &str) -> Failure {
    match key {
        "creationTime" | "impact" | "createdBy" | "status" => {
            let rule = "Member must be before or after for creationTime, equals.integerValues for impact, \
                        and equals.stringValues for status and createdBy";
            Failure::invalid(&format!("{path}/condition"), rule)
        }
        _ => {
            let rule = "Member must be one of: creationTime, impact, status, createdBy";
            Failure::invalid(&format!("{path}/key"), rule)
        }
    }
}
