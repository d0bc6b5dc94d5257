//! An export as it is kept, and how it moves on.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    ExportDataType, ExportDestination, ExportFailureCode, ExportOutput, ExportStatus,
    FindingsOutput, START_EXPORT_JOB_V2_REQUEST, StartExportJobV2Request,
};
use balefire_store::{Error, Record, Row, Table, Value};
use serde_json::json;

use super::destination::Object;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::wire_form;

/// An export of an account in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportJob {
    pub account: String,
    pub region: String,
    /// Sorts by the time of starting.
    pub id: String,
    pub status: ExportStatus,
    pub started_ms: i64,
    pub ended_ms: Option<i64>,
    /// Whether the administrator started it, for the findings of all accounts.
    pub organization: bool,
    /// The model's `StartExportJobV2Request`.
    request: Vec<u8>,
    progress: Progress,
    /// Only of one that failed.
    pub failure: Option<(ExportFailureCode, String)>,
}

/// How far an export has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The last finding that was looked at; empty at the beginning.
    pub after: String,
    /// Findings in the output so far.
    pub findings: i64,
    /// Where the output lies, as whoever writes it put it down.
    pub written: Vec<u8>,
    /// Output that was formed and is not written yet.
    pub pending: Vec<u8>,
}

/// An export where it stopped.
#[derive(Clone, Debug)]
pub struct Begun {
    pub object: Object,
    pub progress: Progress,
}

/// How an export ended by itself.
#[derive(Clone, Debug)]
pub enum Ended {
    Succeeded { findings: i64 },
    Failed(ExportFailureCode, String),
}

impl Record for ExportJob {
    const TABLE: Table = Table {
        name: "export_job",
        key: &["account", "region", "id"],
        columns: super::row::COLUMNS,
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        let failure = self.failure.as_ref();
        vec![
            self.status.as_str().into(),
            self.started_ms.into(),
            self.ended_ms.into(),
            i64::from(self.organization).into(),
            self.request.clone().into(),
            (&self.progress.after).into(),
            self.progress.findings.into(),
            self.progress.written.clone().into(),
            self.progress.pending.clone().into(),
            failure.map(|(code, _)| code.as_str().to_owned()).into(),
            failure.map(|(_, message)| message.clone()).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let code = super::row::optional(row, 12, ExportFailureCode::parse)?;
        let message = row.optional_text(13)?.map(str::to_owned);
        Ok(ExportJob {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            id: row.text(2)?.into(),
            status: super::row::required(row, 3, ExportStatus::parse)?,
            started_ms: row.int(4)?,
            ended_ms: row.optional_int(5)?,
            organization: row.flag(6)?,
            request: row.blob(7)?.into(),
            progress: Progress {
                after: row.text(8)?.into(),
                findings: row.int(9)?,
                written: row.blob(10)?.into(),
                pending: row.blob(11)?.into(),
            },
            failure: code.zip(message),
        })
    }
}

impl ExportJob {
    /// One that begins now.
    pub fn new(ctx: &Ctx<'_, '_>, request: StartExportJobV2Request) -> ExportJob {
        ExportJob {
            account: ctx.account().into(),
            region: ctx.region.into(),
            id: ctx.new_id().replace('-', ""),
            status: ExportStatus::Running,
            started_ms: ctx.now.0,
            ended_ms: None,
            organization: ctx.caller.visible() == Visible::Organization,
            request: wire_form::write(&START_EXPORT_JOB_V2_REQUEST, request),
            progress: Progress::default(),
            failure: None,
        }
    }

    pub fn request(&self) -> Result<StartExportJobV2Request, Failure> {
        wire_form::read(&START_EXPORT_JOB_V2_REQUEST, &self.request)
    }

    pub fn visible(&self) -> Visible<'_> {
        if self.organization {
            Visible::Organization
        } else {
            Visible::Account(&self.account)
        }
    }

    pub fn data_type(&self) -> ExportDataType {
        ExportDataType::Findings
    }

    pub fn started_at(&self) -> Timestamp {
        Timestamp(self.started_ms)
    }

    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_ms.map(Timestamp)
    }

    /// Ends it; what was written of its output is forgotten here, not deleted.
    pub fn end(&mut self, status: ExportStatus, now: Timestamp) {
        self.status = status;
        self.ended_ms = Some(now.0);
        self.progress.pending = Vec::new();
    }
}

/// The one kind of output that there is.
pub fn findings_of(output: &ExportOutput) -> &FindingsOutput {
    let ExportOutput::Findings(findings) = output;
    findings
}

/// The export that a job is for, though it may be over by now.
pub fn begun(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<Begun>, Failure> {
    let Some(kept) = super::own(ctx, id)? else {
        return Ok(None);
    };
    let job = kept.record;
    let request = job.request()?;
    let ExportDestination::S3(destination) = &request.destination;
    let format = findings_of(&request.output_configuration).format;
    Ok(Some(Begun {
        object: Object::of(&job, destination, format)?,
        progress: job.progress,
    }))
}

/// Puts down how far an export has come. False, when it is over.
pub fn keep(ctx: &mut Ctx<'_, '_>, id: &str, progress: &Progress) -> Result<bool, Failure> {
    let Some(mut job) = super::own(ctx, id)? else {
        return Ok(false);
    };
    if job.status != ExportStatus::Running {
        return Ok(false);
    }
    job.progress = progress.clone();
    ctx.tx.replace(&mut job)?;
    Ok(true)
}

/// Ends an export, unless it was cancelled before.
pub fn end(ctx: &mut Ctx<'_, '_>, id: &str, ended: &Ended) -> Result<(), Failure> {
    let Some(mut job) = super::own(ctx, id)? else {
        return Ok(());
    };
    if job.status != ExportStatus::Running {
        return Ok(());
    }
    let body = match ended {
        Ended::Succeeded { findings } => {
            job.end(ExportStatus::Succeeded, ctx.now);
            json!({"findings": findings})
        }
        Ended::Failed(code, message) => {
            job.end(ExportStatus::Failed, ctx.now);
            job.failure = Some((*code, message.clone()));
            json!({"failure_code": code.as_str(), "failure_message": message})
        }
    };
    ctx.tx.replace(&mut job)?;
    let kind = match ended {
        Ended::Succeeded { .. } => "export_job.succeeded",
        Ended::Failed(..) => "export_job.failed",
    };
    ctx.changed(kind, id, &body)
}
