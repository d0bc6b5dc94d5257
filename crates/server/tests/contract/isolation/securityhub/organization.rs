//! The rows of the organization, and of its standards.

use serde_json::json;

use crate::isolation::row::{Foreign, Own, Row, nothing, row};
use crate::server::OWNER;

/// Of what the organization's administrator alone is told, in the words of the first version.
const NO_ACCESS: Foreign = Foreign::Refused(401, "InvalidAccessException");
const NO_ACCESS_OWN: Own = Own::Refused(401, "InvalidAccessException");

pub const ROWS: &[Row] = &[
    row(
        "securityhub:GetAdministratorAccount",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetMasterAccount",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListMembers",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetMembers",
        |_| json!({"AccountIds": [OWNER]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListOrganizationAdminAccounts",
        nothing,
        NO_ACCESS,
        NO_ACCESS_OWN,
    ),
    row(
        "securityhub:DescribeOrganizationConfiguration",
        nothing,
        NO_ACCESS,
        NO_ACCESS_OWN,
    ),
    row(
        "securityhub:DescribeStandards",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetEnabledStandards",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
];
