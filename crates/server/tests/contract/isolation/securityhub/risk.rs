//! The rows of accepted risks.

use serde_json::json;

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row};
use crate::isolation::world::MARK;

pub const ROWS: &[Row] = &[
    row(
        "balefire:AcceptRisk",
        |w| json!({"FindingUid": w.hub.finding, "Reason": MARK}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "balefire:ListRiskAcceptances",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "balefire:WithdrawRiskAcceptance",
        |w| json!({"FindingUid": w.hub.finding}),
        NOT_FOUND,
        Own::May,
    ),
];
