//! `BatchGetAccountStatus`: what accounts scan in the caller's region.

use balefire_api::generated::inspector2::{
    AccountState, BatchGetAccountStatusRequest, BatchGetAccountStatusResponse, ErrorCode,
    ResourceScanType, ResourceState, State,
};
use jiff::Timestamp;

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
    let of = |scan_type| state(scanning.since_ms(scan_type));
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
        state: state(scanning.any_since_ms()),
    }
}

/// The model requires a code and a message also where nothing is wrong; these two say the state.
fn state(since_ms: Option<i64>) -> State {
    let (error_code, error_message) = match since_ms {
        Some(since_ms) => {
            let since = Timestamp::from_millisecond(since_ms).unwrap_or_default();
            (
                ErrorCode::AlreadyEnabled,
                format!("Scanning is enabled since {since}."),
            )
        }
        None => (
            ErrorCode::ResourceNotFound,
            "Scanning is not enabled; call Enable.".into(),
        ),
    };
    State {
        error_code,
        error_message,
        status: status(since_ms),
    }
}
