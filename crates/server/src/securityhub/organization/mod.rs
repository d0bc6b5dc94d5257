//! The organization as Security Hub's first version tells of it: who administers it, and who its members are.

mod describe_organization_configuration;
mod get_administrator_account;
mod get_master_account;
mod get_members;
mod list_members;
mod list_organization_admin_accounts;
#[cfg(test)]
mod tests;

pub use describe_organization_configuration::describe_organization_configuration;
pub use get_administrator_account::get_administrator_account;
pub use get_master_account::get_master_account;
pub use get_members::get_members;
pub use list_members::list_members;
pub use list_organization_admin_accounts::list_organization_admin_accounts;

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{Invitation, Member};
use balefire_store::Row;

use crate::context::Ctx;
use crate::failure::Failure;

/// The hub of the member is on in the region of the call.
const ENABLED: &str = "Enabled";
/// The member belongs to the organization, and its hub is off there.
const CREATED: &str = "Created";

const ADMINISTRATOR: &str =
    "SELECT id FROM account WHERE administrator = $1 ORDER BY created_ms, id LIMIT 1";
const JOINED: &str = "SELECT created_ms FROM account WHERE id = $1";
/// Members behind an account, and since when their hub is on in a region.
const MEMBERS: &str = "SELECT a.id, a.created_ms, h.subscribed_ms FROM account a \
                       LEFT JOIN hub_v1 h ON h.account = a.id AND h.region = $1 \
                       WHERE a.administrator = $2 AND a.id > $3 ORDER BY a.id";

/// What ties the caller to its administrator; nothing where it administers the organization itself.
fn administrator_of(ctx: &mut Ctx<'_, '_>) -> Result<Option<Invitation>, Failure> {
    if ctx.caller.administrator {
        return Ok(None);
    }
    let administrators = ctx.tx.query(ADMINISTRATOR, &[true.into()])?;
    let Some(administrator) = administrators.first() else {
        return Ok(None);
    };
    let joined = ctx.tx.query(JOINED, &[ctx.account().into()])?;
    let joined = joined.first().map(|row| row.int(0)).transpose()?;
    Ok(Some(Invitation {
        account_id: Some(administrator.text(0)?.into()),
        // Accounts of an organization are members without being asked.
        invitation_id: None,
        invited_at: joined.map(Timestamp),
        member_status: Some(ENABLED.into()),
    }))
}

/// The caller's members in the order of their ids, from behind an id. Who does not administer has none.
fn members_of(ctx: &mut Ctx<'_, '_>, after: &str) -> Result<Vec<Member>, Failure> {
    if !ctx.caller.administrator {
        return Ok(Vec::new());
    }
    let params = [ctx.region.into(), false.into(), after.into()];
    let rows = ctx.tx.query(MEMBERS, &params)?;
    let administrator = ctx.account();
    rows.iter().map(|row| member(row, administrator)).collect()
}

fn member(row: &Row, administrator: &str) -> Result<Member, Failure> {
    let joined_ms = row.int(1)?;
    let enabled_ms = row.optional_int(2)?;
    let status = enabled_ms.map_or(CREATED, |_| ENABLED);
    Ok(Member {
        account_id: Some(row.text(0)?.into()),
        administrator_id: Some(administrator.into()),
        email: None,
        invited_at: Some(Timestamp(joined_ms)),
        master_id: Some(administrator.into()),
        member_status: Some(status.into()),
        updated_at: Some(Timestamp(enabled_ms.unwrap_or(joined_ms))),
    })
}
