//! Reports of scanners: read whatever their format is, imported, and answered with what became of them.

use std::borrow::Cow;
use std::io::Read;

use balefire_api::Timestamp;
use balefire_api::own::{CompleteImport, CompleteImportInput, ImportFindings, ImportFindingsInput};
use flate2::read::MultiGzDecoder;
use percent_encoding::percent_decode_str;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Hook;
use super::action::call;
use super::reply::Reply;
use crate::failure::Failure;
use crate::formats::{self, Format, Given, Placed, Refused, Report, Scope, Version, Versions};
use crate::hex;
use crate::pipeline::Pipeline;

/// A report that is longer when it is unpacked is refused.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;
/// Findings and bytes of one call.
const BATCH_FINDINGS: usize = 500;
const BATCH_BYTES: usize = 4 << 20;
/// Refusals that the answer tells one by one.
const REFUSED_TOLD: usize = 100;

/// What the query asks for.
#[derive(Debug, Default, PartialEq)]
struct Wanted {
    format: Option<Format>,
    scope: Option<String>,
    complete: bool,
}

/// What became of the findings.
#[derive(Default)]
struct Done {
    created: i64,
    updated: i64,
    unchanged: i64,
    closed: i64,
    refused: Vec<Refused>,
    kept_open: Option<Cow<'static, str>>,
}

pub async fn take(
    pipeline: &Pipeline,
    hook: &Hook,
    query: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<Reply, Failure> {
    let wanted = match Wanted::of(query.unwrap_or_default()) {
        Ok(wanted) => wanted,
        Err(wrong) => return Ok(Reply::malformed(&wrong)),
    };
    // Of the body and the moment, since it names one delivery and nothing more.
    let mut run = Sha256::new();
    run.update(now.0.to_be_bytes());
    run.update(body);
    let run = hex::digits(&run.finalize()[..16]);
    let body = body.to_vec();
    let (format, scope) = (wanted.format, wanted.scope);
    let reading = tokio::task::spawn_blocking(move || read(&body, format, scope.as_deref()));
    let report = match reading.await {
        Ok(Ok(report)) => report,
        Ok(Err(wrong)) => return Ok(Reply::malformed(&wrong)),
        Err(_) => return Err(Failure::Internal("reading a report has failed".into())),
    };
    let format = report.format;
    let done = import(pipeline, hook, report, wanted.complete.then_some(run)).await?;
    Ok(done.reply(format))
}

impl Wanted {
    fn of(query: &str) -> Result<Wanted, String> {
        let mut wanted = Wanted::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            let value = percent_decode_str(&value)
                .decode_utf8()
                .map_err(|error| error.to_string())?;
            match name {
                "as" => {
                    let format = Format::of_word(&value);
                    wanted.format =
                        Some(format.ok_or_else(|| format!("as={value} is no format."))?);
                }
                "scope" if !value.is_empty() => wanted.scope = Some(value.into_owned()),
                "complete" if matches!(&*value, "" | "true" | "false") => {
                    wanted.complete = value != "false";
                }
                _ => {
                    return Err(format!(
                        "The query has '{pair}'; it may have as=FORMAT, scope=NAME and complete=true."
                    ));
                }
            }
        }
        Ok(wanted)
    }
}

fn read(body: &[u8], format: Option<Format>, scope: Option<&str>) -> Result<Report, String> {
    let body = match body.starts_with(&[0x1f, 0x8b]) {
        true => Cow::Owned(unpacked(body)?),
        false => Cow::Borrowed(body),
    };
    let text =
        std::str::from_utf8(&body).map_err(|error| format!("The body is not UTF-8: {error}."))?;
    formats::read_text(text, format, Given { scope })
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(body)
        .take(UNPACKED_BYTES_MAX + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("The body cannot be unpacked: {error}."))?;
    if unpacked.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(format!(
            "The body is longer than {UNPACKED_BYTES_MAX} bytes when it is unpacked."
        ));
    }
    Ok(unpacked)
}

async fn import(
    pipeline: &Pipeline,
    hook: &Hook,
    report: Report,
    run: Option<String>,
) -> Result<Done, Failure> {
    let mut done = Done {
        refused: report.refused,
        ..Done::default()
    };
    let mut left = together(report.findings).into_iter().peekable();
    while left.peek().is_some() {
        let (mut places, mut findings, mut bytes) = (Vec::new(), Vec::new(), 0);
        while findings.len() < BATCH_FINDINGS && bytes < BATCH_BYTES {
            for Placed { place, document } in left.next().into_iter().flatten() {
                bytes += document.get().len();
                places.push(place);
                findings.push(document.into());
            }
            if left.peek().is_none() {
                break;
            }
        }
        let input = ImportFindingsInput {
            findings,
            run: run.clone(),
            undated: Some(report.undated),
        };
        let output = call::<ImportFindings>(pipeline, hook, input).await?;
        done.created += i64::from(output.created);
        done.updated += i64::from(output.updated);
        done.unchanged += i64::from(output.unchanged);
        done.refused.extend(output.failed.into_iter().map(|failed| {
            let index = usize::try_from(failed.index).unwrap_or(usize::MAX);
            Refused {
                place: places.get(index).cloned().unwrap_or_default(),
                reason: failed.reason,
            }
        }));
    }
    if let Some(run) = run {
        done.complete(pipeline, hook, run, report.scope).await?;
        if done.kept_open.is_none() {
            done.kept_open = formats::kept_open(&report.silent).map(Cow::Owned);
        }
    }
    Ok(done)
}

/// What goes into one call together.
fn together(findings: Vec<Placed>) -> Vec<Vec<Placed>> {
    let version = |one: &Placed| Version::of(one.document.get());
    let mut versions = Versions::among(findings.iter().filter_map(version));
    let taken = findings
        .into_iter()
        .map(|one| versions.take(version(&one), one));
    taken.collect()
}

impl Done {
    /// Closes what a complete report no longer names, unless that cannot be told.
    async fn complete(
        &mut self,
        pipeline: &Pipeline,
        hook: &Hook,
        run: String,
        scope: Scope,
    ) -> Result<(), Failure> {
        let scope = match scope {
            _ if !self.refused.is_empty() => {
                self.kept_open = Some("parts of the report were refused".into());
                return Ok(());
            }
            _ if self.created + self.updated + self.unchanged == 0 => {
                self.kept_open = Some("the report has no findings".into());
                return Ok(());
            }
            Scope::Unknown => {
                let why = "the report does not say what was scanned; name it with scope=NAME";
                self.kept_open = Some(why.into());
                return Ok(());
            }
            Scope::Product => None,
            Scope::Resource(uid) => Some(uid),
        };
        let mut after = None;
        loop {
            let input = CompleteImportInput {
                run: run.clone(),
                scope: scope.clone(),
                after,
            };
            let output = call::<CompleteImport>(pipeline, hook, input).await?;
            self.closed += i64::from(output.closed);
            after = output.after;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    fn reply(self, format: Format) -> Reply {
        let nothing_taken = self.created + self.updated + self.unchanged == 0;
        let done = match (self.refused.is_empty(), nothing_taken) {
            (true, _) => "imported",
            (false, false) => "imported in part",
            (false, true) => "refused",
        };
        let told = self.refused.iter().take(REFUSED_TOLD);
        let refused: Vec<_> = told
            .map(|one| json!({"place": one.place, "reason": one.reason}))
            .collect();
        let mut body = json!({
            "done": done,
            "format": format.name(),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "closed": self.closed,
            "refused_count": self.refused.len(),
            "refused": refused,
        });
        if let Some(why) = self.kept_open {
            body["kept_open"] = json!(why);
        }
        Reply::summary(body, done == "refused")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_time_go_together() {
        let event = |uid: &str, severity_id: i64| {
            let info = json!({"uid": uid});
            json!({"class_uid": 2004, "time": 1, "finding_info": info, "severity_id": severity_id})
        };
        let text = json!([event("a", 1), event("b", 1), event("a", 2)]).to_string();
        let report = read(text.as_bytes(), None, None).unwrap();
        let groups = together(report.findings).into_iter();
        let places = groups.map(|group| group.into_iter().map(|one| one.place).collect());
        let places: Vec<Vec<String>> = places.collect();
        assert_eq!(
            places,
            [vec![], vec!["element 2"], vec!["element 1", "element 3"]]
        );
    }

    #[test]
    fn the_query_says_what_is_wanted() {
        let wanted = Wanted::of("as=trivy&scope=team%2Fshop+one&complete=true").unwrap();
        assert_eq!(
            wanted,
            Wanted {
                format: Some(Format::Trivy),
                scope: Some("team/shop one".into()),
                complete: true,
            }
        );
        assert_eq!(Wanted::of("").unwrap(), Wanted::default());
        for wrong in ["as=fax", "scope=", "complete=1", "colour=red"] {
            assert!(Wanted::of(wrong).is_err(), "{wrong}");
        }
    }
}
