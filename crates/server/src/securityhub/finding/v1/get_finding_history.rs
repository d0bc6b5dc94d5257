//! GetFindingHistory: what imports and updates changed in a finding, newest first.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    AwsSecurityFindingIdentifier, FindingHistoryRecord, FindingHistoryUpdate,
    FindingHistoryUpdateSource, FindingHistoryUpdateSourceType, GetFindingHistoryRequest,
    GetFindingHistoryResponse,
};
use balefire_store::{Record, Value};
use serde_json::Value as Json;

use super::super::index::Index;
use super::history::{Change, KEPT_MS};
use super::named;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;
/// After every id, whose digits are hexadecimal.
const END: &str = "g";
const NEXT: &str = "SELECT uid, id, at_ms, source, identity, created, updates FROM finding_history \
                    WHERE uid = $1 AND id < $2 AND at_ms >= $3 AND at_ms <= $4 ORDER BY id DESC LIMIT $5";

/// A finding that is not there, or another account's, has no history.
pub fn get_finding_history(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingHistoryRequest,
    index: &Index,
) -> Result<GetFindingHistoryResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let identifier = input.finding_identifier;
    let from_ms = input.start_time.map_or(i64::MIN, |time| time.0);
    let to_ms = input.end_time.map_or(i64::MAX, |time| time.0);
    if from_ms > to_ms {
        let rule = "Member must not be after EndTime";
        return Err(Failure::invalid("/StartTime", rule));
    }
    let found = named::uids_of(ctx, std::slice::from_ref(&identifier), index)?;
    let Some(uid) = found.into_iter().flatten().next() else {
        return Ok(GetFindingHistoryResponse {
            records: Some(Vec::new()),
            next_token: None,
        });
    };
    let before = match ctx.page.after.as_deref() {
        Some([Value::Text(id)]) => id.clone(),
        _ => END.to_owned(),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let from_ms = from_ms.max(ctx.now.0 - KEPT_MS);
    let count = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let params: [Value; 5] = [
        (&uid).into(),
        (&before).into(),
        from_ms.into(),
        to_ms.into(),
        count.into(),
    ];
    let rows = ctx.tx.query(NEXT, &params)?;
    let changes = rows.iter().map(Change::from_row);
    let mut changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
    let next_token = ctx
        .page
        .cut(&mut changes, limit, |change| vec![(&change.id).into()]);
    let records = changes.into_iter().map(|change| told(change, &identifier));
    Ok(GetFindingHistoryResponse {
        records: Some(records.collect::<Result<_, Failure>>()?),
        next_token,
    })
}

fn told(
    change: Change,
    identifier: &AwsSecurityFindingIdentifier,
) -> Result<FindingHistoryRecord, Failure> {
    let updates: Vec<Json> = serde_json::from_str(&change.updates)?;
    let updates = updates.iter().map(|update| {
        let text = |name: &str| update[name].as_str().map(str::to_owned);
        FindingHistoryUpdate {
            updated_field: text("field"),
            old_value: text("old"),
            new_value: text("new"),
        }
    });
    Ok(FindingHistoryRecord {
        finding_created: Some(change.created),
        finding_identifier: Some(identifier.clone()),
        next_token: None,
        update_source: Some(FindingHistoryUpdateSource {
            identity: Some(change.identity),
            r#type: FindingHistoryUpdateSourceType::parse(&change.source),
        }),
        update_time: Some(Timestamp(change.at_ms)),
        updates: Some(updates.collect()),
    })
}
