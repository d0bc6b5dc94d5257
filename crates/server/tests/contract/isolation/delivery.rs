//! What could not be delivered.

use serde_json::json;

use super::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::server::{OWNER, Server};

/// Runs the jobs of the owner's incidents. Nothing is set for their topic, so its messages die.
pub fn dead_jobs(server: &Server) -> Vec<String> {
    server.run_jobs();
    let dead = server.done(OWNER, "balefire:ListDeadJobs", &json!({}));
    let dead = dead["DeadJobs"].as_array().expect("a list");
    dead.iter().map(|job| text(&job["Id"])).collect()
}

pub const ROWS: &[Row] = &[
    row(
        "balefire:ListDeadJobs",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "balefire:RetryDeadJob",
        |w| json!({"Id": w.dead_jobs[0]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:DropDeadJob",
        |w| json!({"Id": w.dead_jobs[1]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:RetryDeadJobs",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
];
