//! Tags of rules.

use std::collections::BTreeMap;

use balefire_api::generated::events::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, Tag, TagResourceRequest,
    TagResourceResponse, UntagResourceRequest, UntagResourceResponse,
};

use super::arn;
use super::rule::RuleRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags::{self, TAGS_MAX};

pub fn list_tags_for_resource(
    ctx: &mut Ctx<'_, '_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Failure> {
    must_exist(ctx, &input.resource_arn)?;
    let tags = tags::of(ctx.tx, &ctx.caller.account, &input.resource_arn)?;
    let tags = tags.into_iter().map(|(key, value)| Tag { key, value });
    Ok(ListTagsForResourceResponse {
        tags: Some(tags.collect()),
    })
}

/// Adds tags, or overwrites their values.
pub fn tag_resource(
    ctx: &mut Ctx<'_, '_>,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, Failure> {
    let new = read(input.tags)?;
    must_exist(ctx, &input.resource_arn)?;
    tags::tag(ctx, &input.resource_arn, &new, too_many)?;
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

/// The tags of a request, each key once.
pub fn read(list: Vec<Tag>) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = BTreeMap::new();
    for (place, tag) in list.into_iter().enumerate() {
        let path = format!("/Tags/{place}/Key");
        if tag.key.starts_with("aws:") {
            let rule = "Member must not begin with 'aws:', which is kept for AWS";
            return Err(Failure::invalid(&path, rule));
        }
        if tags.insert(tag.key, tag.value).is_some() {
            return Err(Failure::invalid(
                &path,
                "Member must be another key than those before",
            ));
        }
    }
    match tags.len() {
        0..=TAGS_MAX => Ok(tags),
        count => Err(too_many(count)),
    }
}

fn too_many(count: usize) -> Failure {
    let rule = format!("Member must leave the rule at most {TAGS_MAX} tags; it would have {count}");
    Failure::invalid("/Tags", rule)
}

/// Only rules have tags here: those of the caller's account, in the region of the call.
fn must_exist(ctx: &mut Ctx<'_, '_>, text: &str) -> Result<(), Failure> {
    let not_found = || Failure::not_found("RULE", text);
    let name = text.rsplit_once(":rule/").ok_or_else(not_found)?.1;
    if text != arn::rule(ctx.region, ctx.account(), name) {
        return Err(not_found());
    }
    RuleRow::find(ctx, name)?.map(|_| ()).ok_or_else(not_found)
}
