//! CreateTicketV2: has a ticket made of a finding by a job, and is answered with what the system gave.

use balefire_api::generated::securityhub::{
    CreateTicketV2Request, CreateTicketV2Response, TicketCreationMode,
};

use super::making::{self, Asked};
use super::{KIND, State, find, text};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::{connector, finding, hub};

/// Leaves the job. Until it is done the answer has our own id, which no client ever sees.
pub fn create_ticket_v2(
    ctx: &mut Ctx<'_, '_>,
    input: CreateTicketV2Request,
) -> Result<CreateTicketV2Response, Failure> {
    hub::require_on(ctx)?;
    let connector = connector::connected(ctx, &input.connector_id)?;
    let (finding, text) = match input.mode {
        Some(TicketCreationMode::Dryrun) => (String::new(), text::of_test()),
        None => {
            let uid = input.finding_metadata_uid;
            let document = finding::document(ctx, &uid)?;
            let document = document.ok_or_else(|| Failure::not_found("FINDING", &uid))?;
            (uid, text::of(&document, None))
        }
    };
    let asked = Asked {
        finding,
        text,
        rule: None,
    };
    Ok(CreateTicketV2Response {
        ticket_id: making::ask(ctx, &connector, asked)?,
        ticket_src_url: None,
    })
}

/// The ticket that the job has made; nothing while it is at it.
pub fn outcome(
    ctx: &mut Ctx<'_, '_>,
    left: CreateTicketV2Response,
) -> Result<Option<CreateTicketV2Response>, Failure> {
    let not_made = |reason: String| Failure::conflict(KIND, "", reason);
    let Some(ticket) = find(ctx, &left.ticket_id)? else {
        return Err(Failure::not_found(KIND, left.ticket_id));
    };
    match ticket.state {
        State::Made => Ok(Some(CreateTicketV2Response {
            ticket_id: ticket.record.ticket_id,
            ticket_src_url: Some(ticket.record.url),
        })),
        State::Refused => Err(not_made(ticket.record.reason)),
        State::Asked if connector::exists(ctx, &ticket.connector)? => Ok(None),
        State::Asked => Err(not_made("The connector was deleted.".into())),
    }
}
