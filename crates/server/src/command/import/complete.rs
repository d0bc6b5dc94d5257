//! The end of a complete report: what it no longer names is closed.

use anyhow::Result;
use balefire_api::own::{CompleteImport, CompleteImportInput};

use super::documents::Documents;
use super::summary::FileSummary;
use crate::command::reach::Reach;
use crate::context::Ids;
use crate::formats::{self, Scope};

/// A name for one run.
pub fn new_run() -> String {
    uuid::Builder::from_random_bytes(Ids::random().bytes())
        .into_uuid()
        .to_string()
}

/// Closes in steps, unless it cannot be told what the report leaves out.
pub async fn complete(
    reach: &Reach,
    run: String,
    source: &Documents,
    summary: &mut FileSummary,
) -> Result<()> {
    let scope = match &source.scope {
        _ if summary.refused() > 0 => {
            summary.keep_open("parts of the report were refused");
            return Ok(());
        }
        _ if summary.taken() == 0 => {
            summary.keep_open("the report has no findings");
            return Ok(());
        }
        Scope::Unknown => {
            summary.refuse_to_close(
                "the report does not say what was scanned, or several things; name it with --scope",
            );
            return Ok(());
        }
        Scope::Product => None,
        Scope::Resource(uid) => Some(uid.clone()),
    };
    let mut after = None;
    loop {
        let input = CompleteImportInput {
            run: run.clone(),
            scope: scope.clone(),
            after,
        };
        let output = reach.call::<CompleteImport>(input).await?;
        summary.close(output.closed);
        after = output.after;
        if after.is_none() {
            break;
        }
    }
    if let Some(what) = formats::kept_open(&source.silent) {
        summary.keep_some_open(what);
    }
    Ok(())
}
