//! A resource as GetResourcesV2 shows it.

use balefire_api::Document;
use balefire_api::generated::securityhub::{
    CriticalitySource, CriticalitySourceType, ResourceCriticality, ResourceResult, ResourceTag,
};

use super::joined::Names;
use super::summary::Summaries;
use super::{Resource, category};
use crate::failure::Failure;
use crate::securityhub::finding::index::key_of;

/// With the findings that there are of it, and the name of its account.
pub fn show(
    resource: Resource,
    summaries: &Summaries,
    names: &Names,
) -> Result<ResourceResult, Failure> {
    let Resource {
        uid,
        account,
        facts,
        config,
        changed_ms,
        ..
    } = resource;
    let Some(key) = key_of(&uid) else {
        return Err(Failure::Internal(format!("{uid} is no uid of a resource")));
    };
    let config = match config.is_empty() {
        true => "{}".to_owned(),
        false => String::from_utf8_lossy(&config).into_owned(),
    };
    let tags = facts.tags.into_iter().flatten();
    let tags: Vec<ResourceTag> = tags
        .map(|(key, value)| ResourceTag { key, value })
        .collect();
    let sources = facts.rating.as_ref().map(|rating| CriticalitySource {
        reason: format!(
            "The automation rule {} ({})",
            rating.rule_name, rating.rule_arn
        ),
        source: CriticalitySourceType::AutomationRule,
    });
    let criticality = facts.rating.as_ref();
    Ok(ResourceResult {
        account_id: account,
        account_name: names.of(&key).cloned(),
        criticality_sources: sources.map(|source| vec![source]),
        discovery_type: category::discovery(&facts.r#type),
        findings_summary: Some(summaries.shown(&key)),
        region: facts.region,
        resource_category: Some(category::category(&facts.r#type)),
        resource_cloud_partition: facts.partition,
        resource_config: Document::from_text(config)?,
        resource_creation_time_dt: facts.created_ms.and_then(moment),
        resource_criticality: criticality
            .and_then(|rating| ResourceCriticality::parse(&rating.criticality)),
        resource_detail_capture_time_dt: moment(changed_ms).unwrap_or_default(),
        resource_guid: Some(uid),
        resource_id: facts.id,
        // Nothing tells which resource hosts another.
        resource_info: None,
        resource_name: facts.name,
        resource_owner_account_id: Some(facts.owner),
        resource_owner_org_id: facts.organization,
        resource_provider: Some(facts.provider),
        resource_region: Some(facts.resource_region),
        resource_sub_category: category::sub_category(&facts.r#type),
        resource_tags: (!tags.is_empty()).then_some(tags),
        resource_type: facts.r#type,
    })
}

/// As RFC 3339; a time beyond the calendar is none.
fn moment(ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(ms).ok()?;
    Some(format!("{moment:.3}"))
}
