//! The findings of a report while it is read, part by part.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::draft::Draft;
use super::namesakes::Namesakes;
use super::{Format, Placed, Refused, Report, Scope};

/// Collects findings and what could not be read.
pub struct Sheet {
    report: Report,
    time_ms: Option<i64>,
    namesakes: Namesakes,
}

impl Sheet {
    /// Documents without a time come of a report without one.
    pub fn new(format: Format, scope: Scope, time_ms: Option<i64>) -> Sheet {
        Sheet {
            report: Report {
                format,
                findings: Vec::new(),
                refused: Vec::new(),
                scope,
                undated: time_ms.is_none(),
                silent: Vec::new(),
            },
            time_ms,
            namesakes: Namesakes::default(),
        }
    }

    /// Reads one part; what is wrong with it costs no other part.
    pub fn part<T: DeserializeOwned>(&mut self, place: &str, raw: &RawValue) -> Option<T> {
        match serde_json::from_str(raw.get()) {
            Ok(part) => Some(part),
            Err(error) => {
                self.refuse(place, &format!("it cannot be read: {error}"));
                None
            }
        }
    }

    pub fn refuse(&mut self, place: &str, reason: &str) {
        self.report.refused.push(Refused {
            place: place.to_owned(),
            reason: reason.to_owned(),
        });
    }

    pub fn take(&mut self, place: String, product: &Value, mut draft: Draft<'_>) {
        let (uid, apart) = (draft.uid.clone(), std::mem::take(&mut draft.apart));
        match to_raw_value(&draft.document(product, self.time_ms)) {
            Ok(document) => {
                self.namesakes.note(uid, self.report.findings.len(), apart);
                self.report.findings.push(Placed { place, document });
            }
            Err(error) => self.refuse(&place, &error.to_string()),
        }
    }

    /// How many findings were taken.
    pub fn taken(&self) -> usize {
        self.report.findings.len()
    }

    pub fn done(mut self) -> Report {
        self.namesakes.tell_apart(&mut self.report.findings);
        self.report
    }
}

/// Numbers the parts of a list: `matches[3]`.
pub fn places<'a>(
    list: &'a str,
    parts: &'a Option<Vec<Box<RawValue>>>,
) -> impl Iterator<Item = (String, &'a RawValue)> {
    let parts = parts.iter().flatten().enumerate();
    parts.map(move |(index, raw)| (format!("{list}[{index}]"), &**raw))
}
