//! What became of the findings of each file.

use std::borrow::Cow;

use anyhow::Result;
use balefire_api::own::ImportFindingsOutput;
use serde::Serialize;

use crate::command;
use crate::formats::{self, Format};

/// What became of all files.
#[derive(Default, Serialize)]
pub struct Summary {
    created: i64,
    updated: i64,
    unchanged: i64,
    closed: i64,
    failed: Vec<Failed>,
    files: Vec<FileSummary>,
}

/// A finding that was refused, and where it stands.
#[derive(Clone, Serialize)]
struct Failed {
    file: String,
    place: String,
    reason: String,
}

/// What became of one file.
#[derive(Serialize)]
pub struct FileSummary {
    file: String,
    format: &'static str,
    created: i64,
    updated: i64,
    unchanged: i64,
    closed: i64,
    refused: usize,
    /// Why nothing was closed, though that was asked for, or what was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_open: Option<Cow<'static, str>>,
    /// Why the file was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<String>,
    #[serde(skip)]
    failed: Vec<Failed>,
    #[serde(skip)]
    not_done: bool,
    #[serde(skip)]
    silent: Option<String>,
    #[serde(skip)]
    kept_some_open: bool,
}

impl FileSummary {
    pub fn new(file: &str, format: Format) -> FileSummary {
        FileSummary {
            file: file.to_owned(),
            format: format.name(),
            created: 0,
            updated: 0,
            unchanged: 0,
            closed: 0,
            refused: 0,
            kept_open: None,
            stopped: None,
            failed: Vec::new(),
            not_done: false,
            silent: None,
            kept_some_open: false,
        }
    }

    pub fn count(&mut self, output: &ImportFindingsOutput) {
        self.created += i64::from(output.created);
        self.updated += i64::from(output.updated);
        self.unchanged += i64::from(output.unchanged);
    }

    pub fn refuse(&mut self, place: String, reason: String) {
        self.refused += 1;
        self.failed.push(Failed {
            file: self.file.clone(),
            place,
            reason,
        });
    }

    pub fn close(&mut self, findings: i32) {
        self.closed += i64::from(findings);
    }

    /// Nothing is closed: as was to be expected of such a report, or whoever asked for it has to say more.
    pub fn keep_open(&mut self, why: &'static str, says_more: bool) {
        self.kept_open = Some(why.into());
        self.not_done = says_more;
    }

    /// Which tools found nothing at all.
    pub fn silent(&mut self, tools: &[String]) {
        self.silent = formats::kept_open(tools);
    }

    /// What those tools found before is not closed, as was to be expected of such a report.
    pub fn keep_some_open(&mut self) {
        self.kept_some_open = self.silent.is_some();
        self.kept_open = self.silent.take().map(Cow::from);
    }

    /// What is counted was done; the rest was not.
    pub fn stop(&mut self, why: String) {
        self.stopped = Some(why);
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn refused(&self) -> usize {
        self.refused
    }

    pub fn taken(&self) -> i64 {
        self.created + self.updated + self.unchanged
    }
}

impl Summary {
    pub fn of(files: Vec<FileSummary>) -> Summary {
        let mut summary = Summary::default();
        files.into_iter().for_each(|file| summary.add(file));
        summary
    }

    fn add(&mut self, mut file: FileSummary) {
        self.created += file.created;
        self.updated += file.updated;
        self.unchanged += file.unchanged;
        self.closed += file.closed;
        self.failed.append(&mut file.failed);
        self.files.push(file);
    }

    /// No file was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub fn is_whole(&self) -> bool {
        self.failed.is_empty() && self.files.iter().all(|file| !file.not_done)
    }

    pub fn print(&self, format: command::Format) -> Result<()> {
        if format == command::Format::Json {
            return command::say(serde_json::to_string(self)?);
        }
        for failed in &self.failed {
            eprintln!("{}: {}: {}", failed.file, failed.place, failed.reason);
        }
        for file in &self.files {
            command::say(format_args!(
                "{}: {}: {} taken, {} unchanged, {} refused, {} closed",
                file.file,
                file.format,
                file.created + file.updated,
                file.unchanged,
                file.refused,
                file.closed
            ))?;
            if let Some(why) = &file.kept_open {
                let closed = if file.kept_some_open {
                    "not all"
                } else {
                    "nothing"
                };
                eprintln!("{}: {closed} was closed: {why}", file.file);
            }
        }
        command::say(format_args!(
            "{} created, {} updated, {} unchanged, {} failed",
            self.created,
            self.updated,
            self.unchanged,
            self.failed.len()
        ))
    }
}
