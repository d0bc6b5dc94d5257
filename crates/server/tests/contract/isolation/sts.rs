//! The rows of STS.

use super::row::{Foreign, Own, Row, nothing, row};

pub const ROWS: &[Row] = &[row(
    "sts:GetCallerIdentity",
    nothing,
    Foreign::Nothing,
    Own::May,
)];
