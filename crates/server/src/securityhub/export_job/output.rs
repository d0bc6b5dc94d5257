//! What an export writes: whole findings line by line, or chosen attributes as a table.

mod table;

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{ExportStatus, FindingsExportFormat, FindingsOutput};

use super::record::findings_of;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{Ahead, Filters, Index, Matching, next_matching};
use table::Table;

/// The next part of an export's output.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub bytes: Vec<u8>,
    /// How many findings are in it.
    pub findings: i64,
    /// The finding to go on behind; nothing, when this is the last.
    pub after: Option<String>,
    /// What is to be looked at behind it.
    pub ahead: Ahead,
}

enum Form {
    Lines,
    Table(Table),
}

/// Reads a few findings behind a uid, the first where it is empty, and gives what those that match
/// add to the output. Nothing, when the export is over.
///
/// Relative dates are counted from the start of the export, so that all of it is of one selection. A
/// finding is as it is when the export comes by; one that is brought in or changed meanwhile may be missing.
pub fn next_piece(
    ctx: &mut Ctx<'_, '_>,
    id: &str,
    (after, mut ahead): (&str, Ahead),
    index: &Index,
) -> Result<Option<Piece>, Failure> {
    let Some(job) = super::own(ctx, id)? else {
        return Ok(None);
    };
    if job.status != ExportStatus::Running {
        return Ok(None);
    }
    let request = job.request()?;
    let output = findings_of(&request.output_configuration);
    let filters = output.filters.clone().unwrap_or_default();
    let filters = Filters::compile(&filters, Timestamp(job.started_ms))?;
    let form = Form::of(output);
    let mut piece = Piece::default();
    if after.is_empty()
        && let Form::Table(table) = &form
    {
        table.push_head(&mut piece.bytes);
    }
    let show = |finding: Matching<'_>| {
        piece.findings += 1;
        form.push(&finding, &mut piece.bytes)
    };
    let ahead_of = (index, &mut ahead);
    piece.after = next_matching(ctx.tx, job.visible(), &filters, after, ahead_of, show)?;
    piece.ahead = ahead;
    Ok(Some(piece))
}

impl Form {
    fn of(output: &FindingsOutput) -> Form {
        let fields = output.selected_fields.as_deref().unwrap_or_default();
        match output.format {
            FindingsExportFormat::Csv => Form::Table(Table::of(fields)),
            FindingsExportFormat::OcsfJson => Form::Lines,
        }
    }

    fn push(&self, finding: &Matching<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Form::Table(table) => table.push_row(finding.document, out),
            Form::Lines => {
                // In JSON, an end of line is white space between tokens and nothing else.
                let plain = |byte: u8| {
                    if matches!(byte, b'\n' | b'\r') {
                        b' '
                    } else {
                        byte
                    }
                };
                out.extend(finding.text()?.bytes().map(plain));
                out.push(b'\n');
            }
        }
        Ok(())
    }
}
