//! `BatchGetAccountStatus`: what accounts scan in the caller's region.

use balefire_api::generated::inspector2::{
    AccountState, BatchGetAccountStatusRequest, BatchGetAccountStatusResponse, ResourceScanType,
    ResourceState, State, Status,
};

use super::{Scanning, named, refusal, status};
use crate::context::Ctx;
use crate::failure::Failure;

/// Without ids it answers for the caller's account.
pub fn batch_get_account_status(
    ctx: &mut Ctx<'_, '_>,
    input: BatchGetAccountStatusRequest,
) -> Result<BatchGetAccountStatusResponse, Failure> {
    let (mut accounts, mut failed_accounts) = (Vec::new(), Vec::new());
    for account in named(ctx, input.account_ids) {
        match refusal(ctx, &account)? {
            Some(refused) => failed_accounts.push(refused),
            None => {
                let scanning = Scanning::of(ctx.tx, &account, ctx.region)?;
                accounts.push(account_state(account, &scanning));
            }
        }
    }
    Ok(BatchGetAccountStatusResponse {
        accounts,
        failed_accounts: Some(failed_accounts),
    })
}

fn account_state(account: String, scanning: &Scanning) -> AccountState {
    let of = |scan_type| state(scanning.status(scan_type));
    AccountState {
        account_id: account,
        resource_state: ResourceState {
            ami: None,
            code_repository: Some(of(ResourceScanType::CodeRepository)),
            ec2: of(ResourceScanType::Ec2),
            ecr: of(ResourceScanType::Ecr),
            lambda: Some(of(ResourceScanType::Lambda)),
            lambda_code: Some(of(ResourceScanType::LambdaCode)),
        },
        state: state(status(scanning.any_since_ms())),
    }
}

/// Enabling takes effect or is refused, so that a state has no error to tell.
fn state(status: Status) -> State {
    State {
        error_code: None,
        error_message: None,
        status,
    }
}
