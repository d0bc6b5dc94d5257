//! Tags of hubs, aggregators, automation rules and connectors.

#[cfg(test)]
mod tests;

use balefire_api::generated::securityhub::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest,
    TagResourceResponse, UntagResourceRequest, UntagResourceResponse,
};

use super::{aggregator, arn, automation_rule, connector, hub, hub_v1};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags::{self, TAGS_MAX};

/// A kind of thing that may have tags.
struct Taggable {
    /// As its ARNs say it.
    noun: &'static str,
    /// As errors say it.
    kind: &'static str,
    /// Whether the caller has one with this id in the region of the call.
    exists: fn(&mut Ctx<'_, '_>, id: &str) -> Result<bool, Failure>,
}

const TAGGABLE: &[Taggable] = &[
    Taggable {
        noun: hub::NOUN,
        kind: hub::KIND,
        exists: hub::exists,
    },
    Taggable {
        noun: hub_v1::NOUN,
        kind: hub_v1::KIND,
        exists: hub_v1::exists,
    },
    Taggable {
        noun: aggregator::NOUN,
        kind: aggregator::KIND,
        exists: aggregator::exists,
    },
    Taggable {
        noun: automation_rule::NOUN,
        kind: automation_rule::KIND,
        exists: automation_rule::exists,
    },
    Taggable {
        noun: connector::NOUN,
        kind: connector::KIND,
        exists: connector::exists,
    },
];

/// The tags of a resource, `{}` when it has none.
pub fn list_tags_for_resource(
    ctx: &mut Ctx<'_, '_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Failure> {
    must_exist(ctx, &input.resource_arn)?;
    let tags = tags::of(ctx.tx, &ctx.caller.account, &input.resource_arn)?;
    Ok(ListTagsForResourceResponse { tags: Some(tags) })
}

/// Adds tags, or overwrites their values.
pub fn tag_resource(
    ctx: &mut Ctx<'_, '_>,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, Failure> {
    must_exist(ctx, &input.resource_arn)?;
    tags::tag(ctx, &input.resource_arn, &input.tags, too_many)?;
    Ok(TagResourceResponse {})
}

/// The refusal of tags that would leave a resource so many. The model has no error for quotas here.
pub fn too_many(count: usize) -> Failure {
    let rule =
        format!("Member must leave the resource at most {TAGS_MAX} tags; it would have {count}");
    Failure::invalid("/Tags", rule)
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

/// Another account's or region's thing looks as if it were not there.
fn must_exist(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<(), Failure> {
    let arn = arn::parse_at("/ResourceArn", text, hub::NOUN)?;
    let taggable = TAGGABLE.iter().find(|taggable| taggable.noun == arn.noun);
    let Some(taggable) = taggable else {
        return Err(Failure::not_found("RESOURCE", text));
    };
    if arn.is_here(ctx) && (taggable.exists)(ctx, arn.id)? {
        Ok(())
    } else {
        Err(Failure::not_found(taggable.kind, text))
    }
}
