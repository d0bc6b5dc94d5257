//! UpdateRelatedItems: adds one item or removes one.

use balefire_api::generated::ssm_incidents::{
    RELATED_ITEMS_UPDATE, RelatedItemsUpdate, UpdateRelatedItemsInput, UpdateRelatedItemsOutput,
};

use super::{add, has_an_id, remove, too_many};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::{Incident, attribute, keep_changed};
use crate::incidents::resource_policy::SharedAction;
use crate::wire_form;

/// Adding what is there and removing what is not change nothing, and succeed.
pub fn update_related_items(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateRelatedItemsInput,
) -> Result<UpdateRelatedItemsOutput, Failure> {
    let mut incident = Incident::by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::UpdateRelatedItems),
    )?;
    let update = input.related_items_update;
    let changed = match update.clone() {
        RelatedItemsUpdate::ItemToAdd(item) => {
            let path = "/relatedItemsUpdate/itemToAdd";
            if item.generated_id.is_some() {
                return Err(has_an_id(path));
            }
            let added = add(ctx, &incident, &[item])?;
            if added.left_out > 0 {
                return Err(too_many(path));
            }
            added.changed
        }
        RelatedItemsUpdate::ItemToRemove(identifier) => remove(ctx, &incident, &identifier)?,
    };
    if changed {
        let told = wire_form::write(&RELATED_ITEMS_UPDATE, update);
        let told = attribute("relatedItems", String::from_utf8_lossy(&told));
        let record = incident.record()?;
        keep_changed(ctx, &mut incident, record, vec![told])?;
    }
    Ok(UpdateRelatedItemsOutput {})
}
