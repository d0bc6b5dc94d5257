//! ListRelatedItems: in the order in which they were added.

use balefire_api::generated::ssm_incidents::{ListRelatedItemsInput, ListRelatedItemsOutput};
use balefire_store::Page;

use super::RelatedItemRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::resource_policy::SharedAction;

const ITEMS_PER_PAGE: usize = 100;

pub fn list_related_items(
    ctx: &mut Ctx<'_, '_>,
    input: ListRelatedItemsInput,
) -> Result<ListRelatedItemsOutput, Failure> {
    let limit = ctx.page.limit(ITEMS_PER_PAGE, ITEMS_PER_PAGE);
    let incident = Incident::find_by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::ListRelatedItems),
    )?;
    // The model has no error for an unknown incident: its list is empty.
    let Some(incident) = incident else {
        return Ok(ListRelatedItemsOutput::default());
    };
    let mut rows = ctx.tx.page::<RelatedItemRow>(&Page {
        equal: &[
            ("account", (&incident.account).into()),
            ("incident", (&incident.id).into()),
        ],
        order: &["id"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| vec![(&row.id).into()]);
    let related_items = rows
        .iter()
        .map(|row| row.item())
        .collect::<Result<_, _>>()?;
    Ok(ListRelatedItemsOutput {
        next_token,
        related_items,
    })
}
