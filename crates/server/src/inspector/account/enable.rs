//! `Enable`: begins to scan kinds of resources in accounts of the caller's region.

use balefire_api::generated::inspector2::{EnableRequest, EnableResponse, ResourceScanType};
use serde_json::json;

use super::{Scanning, enable_types, named, refusal};
use crate::context::Ctx;
use crate::failure::Failure;

/// Scanning what is scanned already is no error and changes nothing.
pub fn enable(ctx: &mut Ctx<'_, '_>, input: EnableRequest) -> Result<EnableResponse, Failure> {
    let types = input.resource_types;
    let (mut accounts, mut failed_accounts, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for account in named(ctx, input.account_ids) {
        if let Some(refused) = refusal(ctx, &account)? {
            failed_accounts.push(refused);
            continue;
        }
        let before = Scanning::of(ctx.tx, &account, ctx.region)?;
        check_lambda_code(&before, &types)?;
        let new = enable_types(ctx.tx, &account, ctx.region, &types, ctx.now.0)?;
        if !new.is_empty() {
            let new: Vec<&str> = new.iter().map(|scan_type| scan_type.as_str()).collect();
            changes.push(json!({"account": account, "types": new}));
        }
        accounts.push(Scanning::of(ctx.tx, &account, ctx.region)?.answer(&account));
    }
    if !changes.is_empty() {
        ctx.changed(
            "scanning.enabled",
            ctx.region,
            &json!({"accounts": changes}),
        )?;
    }
    Ok(EnableResponse {
        accounts,
        failed_accounts: Some(failed_accounts),
    })
}

/// The code of functions is scanned only where the functions are.
fn check_lambda_code(before: &Scanning, types: &[ResourceScanType]) -> Result<(), Failure> {
    let lambda = types.contains(&ResourceScanType::Lambda)
        || before.since_ms(ResourceScanType::Lambda).is_some();
    if types.contains(&ResourceScanType::LambdaCode) && !lambda {
        let rule =
            "Member must name LAMBDA too where it names LAMBDA_CODE, unless LAMBDA is enabled";
        return Err(Failure::invalid("/resourceTypes", rule));
    }
    Ok(())
}
