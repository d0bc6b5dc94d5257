//! Accounts: which kinds of resources are scanned in which region.

mod batch_get_account_status;
mod disable;
mod enable;
#[cfg(test)]
mod tests;

pub use batch_get_account_status::batch_get_account_status;
pub use disable::disable;
pub use enable::enable;

use balefire_api::generated::inspector2::{
    Account as AccountAnswer, ErrorCode, FailedAccount, ResourceScanType, ResourceStatus, Status,
};
use balefire_store::{Error, Record, Row, Table, Tx, Value};

use crate::access::Account;
use crate::context::Ctx;
use crate::failure::Failure;

/// That resources of one kind are scanned. Without the record they are not.
struct ScanType {
    account: String,
    region: String,
    scan_type: ResourceScanType,
    enabled_ms: i64,
}

impl Record for ScanType {
    const TABLE: Table = Table {
        name: "inspector_scan_type",
        key: &["account", "region", "scan_type"],
        columns: &["enabled_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            self.scan_type.as_str().into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.enabled_ms.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let scan_type = row.text(2)?;
        Ok(ScanType {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            scan_type: ResourceScanType::parse(scan_type).ok_or_else(|| Error::Column {
                column: "scan_type".into(),
                expected: "a ResourceScanType",
                found: "another text",
            })?,
            enabled_ms: row.int(3)?,
        })
    }
}

/// What an account scans in a region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanning(Vec<(ResourceScanType, i64)>);

impl Scanning {
    pub fn of(tx: &mut Tx<'_>, account: &str, region: &str) -> Result<Scanning, Failure> {
        let rows = tx.page::<ScanType>(&balefire_store::Page {
            equal: &[("account", account.into()), ("region", region.into())],
            order: &["scan_type"],
            limit: ResourceScanType::VALUES.len(),
            ..Default::default()
        })?;
        Ok(Scanning(
            rows.iter()
                .map(|row| (row.scan_type, row.enabled_ms))
                .collect(),
        ))
    }

    /// Since when, in milliseconds since 1970.
    pub fn since_ms(&self, scan_type: ResourceScanType) -> Option<i64> {
        self.0
            .iter()
            .find(|(known, _)| *known == scan_type)
            .map(|(_, since_ms)| *since_ms)
    }

    /// Since when anything is scanned.
    fn any_since_ms(&self) -> Option<i64> {
        self.0.iter().map(|(_, since_ms)| *since_ms).min()
    }

    fn status(&self, scan_type: ResourceScanType) -> Status {
        status(self.since_ms(scan_type))
    }

    fn resource_status(&self) -> ResourceStatus {
        ResourceStatus {
            ami: None,
            code_repository: Some(self.status(ResourceScanType::CodeRepository)),
            ec2: self.status(ResourceScanType::Ec2),
            ecr: self.status(ResourceScanType::Ecr),
            lambda: Some(self.status(ResourceScanType::Lambda)),
            lambda_code: Some(self.status(ResourceScanType::LambdaCode)),
        }
    }

    fn answer(&self, account: &str) -> AccountAnswer {
        AccountAnswer {
            account_id: account.into(),
            resource_status: self.resource_status(),
            status: status(self.any_since_ms()),
        }
    }
}

/// Enabling and disabling take effect at once, so the states between them do not occur.
fn status(since_ms: Option<i64>) -> Status {
    if since_ms.is_some() {
        Status::Enabled
    } else {
        Status::Disabled
    }
}

/// Begins to scan; returns the kinds that were not scanned before.
pub fn enable_types(
    tx: &mut Tx<'_>,
    account: &str,
    region: &str,
    types: &[ResourceScanType],
    now_ms: i64,
) -> Result<Vec<ResourceScanType>, Failure> {
    let mut new = Vec::new();
    for scan_type in types {
        let record = ScanType {
            account: account.into(),
            region: region.into(),
            scan_type: *scan_type,
            enabled_ms: now_ms,
        };
        match tx.insert(&record) {
            Ok(()) => new.push(*scan_type),
            Err(Error::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(new)
}

/// The accounts that a call names, each once, or the caller's.
fn named(ctx: &Ctx<'_, '_>, ids: Option<Vec<String>>) -> Vec<String> {
    let mut ids = ids.unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    if ids.is_empty() {
        ids.push(ctx.account().to_owned());
    }
    ids
}

/// Why the caller may not look at or enable an account here, if so.
///
/// To a member every other account looks alike, whether it is there or not.
fn refusal(ctx: &mut Ctx<'_, '_>, account: &str) -> Result<Option<FailedAccount>, Failure> {
    if account == ctx.account() {
        return Ok(None);
    }
    if !ctx.caller.administrator {
        let message = "Only the administrator's account may name other accounts.";
        return Ok(Some(failed(account, ErrorCode::AccessDenied, message)));
    }
    if ctx.tx.get::<Account>(&[account.into()])?.is_none() {
        let message = "The organization has no account with this id.";
        return Ok(Some(failed(account, ErrorCode::ResourceNotFound, message)));
    }
    Ok(None)
}

fn failed(account: &str, code: ErrorCode, message: &str) -> FailedAccount {
    FailedAccount {
        account_id: account.into(),
        error_code: code,
        error_message: message.into(),
        resource_status: None,
        status: None,
    }
}
