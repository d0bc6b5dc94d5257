//! `Disable`: ends scanning kinds of resources in accounts of the caller's region.

use balefire_api::generated::inspector2::{
    DisableRequest, DisableResponse, ErrorCode, ResourceScanType,
};
use serde_json::json;

use super::{ScanType, Scanning, failed, named, refusal};
use crate::context::Ctx;
use crate::failure::Failure;

/// Without types it ends all scanning. Only the administrator's account may disable, its own
/// account included; the code of functions is no longer scanned once the functions are not.
pub fn disable(ctx: &mut Ctx<'_, '_>, input: DisableRequest) -> Result<DisableResponse, Failure> {
    let types = disabled_types(&input.resource_types.unwrap_or_default());
    let (mut accounts, mut failed_accounts, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for account in named(ctx, input.account_ids) {
        if !ctx.caller.administrator {
            let message = "Only the administrator's account may disable scanning.";
            failed_accounts.push(failed(&account, ErrorCode::AccessDenied, message));
            continue;
        }
        if let Some(refused) = refusal(ctx, &account)? {
            failed_accounts.push(refused);
            continue;
        }
        let mut gone = Vec::new();
        for scan_type in &types {
            let key = [
                (&account).into(),
                ctx.region.into(),
                scan_type.as_str().into(),
            ];
            if ctx.tx.delete::<ScanType>(&key)? {
                gone.push(scan_type.as_str());
            }
        }
        if !gone.is_empty() {
            changes.push(json!({"account": account, "types": gone}));
        }
        accounts.push(Scanning::of(ctx.tx, &account, ctx.region)?.answer(&account));
    }
    if !changes.is_empty() {
        ctx.changed(
            "scanning.disabled",
            ctx.region,
            &json!({"accounts": changes}),
        )?;
    }
    Ok(DisableResponse {
        accounts,
        failed_accounts: Some(failed_accounts),
    })
}

fn disabled_types(asked: &[ResourceScanType]) -> Vec<ResourceScanType> {
    use ResourceScanType::{CodeRepository, Ec2, Ecr, Lambda, LambdaCode};
    let all = [Ec2, Ecr, Lambda, LambdaCode, CodeRepository];
    let goes = |scan_type: &ResourceScanType| {
        asked.is_empty()
            || asked.contains(scan_type)
            || *scan_type == LambdaCode && asked.contains(&Lambda)
    };
    all.into_iter().filter(goes).collect()
}
