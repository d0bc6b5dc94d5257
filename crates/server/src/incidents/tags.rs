//! Tags of response plans, incidents and replication sets.

use balefire_api::generated::ssm_incidents::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest,
    TagResourceResponse, UntagResourceRequest, UntagResourceResponse,
};

use super::arn::{self, Resource};
use super::incident::Incident;
use super::replication_set::ReplicationSetRow;
use super::resource_policy;
use super::response_plan::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags::{self, TAGS_MAX};

/// The tags of a resource, `{}` when it has none.
pub fn list_tags_for_resource(
    ctx: &mut Ctx<'_, '_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Failure> {
    must_exist(ctx, &input.resource_arn)?;
    Ok(ListTagsForResourceResponse {
        tags: tags::of(ctx.tx, &ctx.caller.account, &input.resource_arn)?,
    })
}

/// Adds tags, or overwrites their values.
pub fn tag_resource(
    ctx: &mut Ctx<'_, '_>,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, Failure> {
    let kind = must_exist(ctx, &input.resource_arn)?;
    let too_many = |count| Failure::Limit {
        kind,
        id: input.resource_arn.clone(),
        quota: "TAGS_PER_RESOURCE",
        message: format!(
            "A resource has at most {TAGS_MAX} tags; this call would make it {count}."
        ),
    };
    tags::tag(ctx, &input.resource_arn, &input.tags, too_many)?;
    Ok(TagResourceResponse {})
}

/// Removes tags; keys that are not there are ignored.
pub fn untag_resource(
    ctx: &mut Ctx<'_, '_>,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, Failure> {
    must_exist(ctx, &input.resource_arn)?;
    tags::untag(ctx, &input.resource_arn, &input.tag_keys)?;
    Ok(UntagResourceResponse {})
}

/// The kind of the caller's resource with this ARN.
fn must_exist(ctx: &mut Ctx<'_, '_>, resource_arn: &str) -> Result<&'static str, Failure> {
    let Some((account, resource)) = arn::parse(resource_arn) else {
        let form = "arn:aws:ssm-incidents::111122223333:response-plan/name";
        return Err(arn::not_an_arn(
            "/resourceArn",
            "a response plan, incident or replication set",
            form,
        ));
    };
    let (kind, exists) = match resource {
        Resource::ResponsePlan { name } => {
            let own = resource_policy::may(ctx, account, name, None)?;
            (
                "RESPONSE_PLAN",
                own && ResponsePlan::find(ctx, account, name)?.is_some(),
            )
        }
        Resource::Incident { .. } => {
            let found = Incident::find_by_arn(ctx, "/resourceArn", resource_arn, None)?;
            ("INCIDENT_RECORD", found.is_some())
        }
        Resource::ReplicationSet { id } => {
            let own = account == ctx.account();
            let found = ReplicationSetRow::find(ctx)?;
            (
                "REPLICATION_SET",
                own && found.is_some_and(|set| set.id == id),
            )
        }
    };
    if exists {
        Ok(kind)
    } else {
        Err(Failure::not_found(kind, resource_arn))
    }
}
