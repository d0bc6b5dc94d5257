//! The rows of connectors, which are the administrator's, and of tickets.

use serde_json::{Value, json};

use crate::isolation::row::{
    DENIED, Foreign, MAY_NOT, NOT_FOUND, Own, Row, UNSEEN, nothing, row, text,
};
use crate::isolation::world::{MARK, World};
use crate::server::{ADMINISTRATOR, Server};

/// The id of the administrator's second.
pub fn make(server: &Server) -> String {
    let made = ["first", "second"].map(|name| {
        let name = format!("{MARK}-{name}");
        let connector = json!({"Name": name, "Provider": {"JiraCloud": {}}});
        server.done(ADMINISTRATOR, "securityhub:CreateConnectorV2", &connector)
    });
    text(&made[1]["ConnectorId"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:CreateConnectorV2",
        |_| json!({"Name": "another", "Provider": {"JiraCloud": {}}}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:RegisterConnectorV2",
        |_| json!({"AuthCode": "code", "AuthState": "state"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:ListConnectorsV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    )
    .watched_by(ADMINISTRATOR),
    row("securityhub:GetConnectorV2", connector, NOT_FOUND, UNSEEN).watched_by(ADMINISTRATOR),
    row(
        "securityhub:UpdateConnectorV2",
        |w| json!({"ConnectorId": w.hub.connector, "Description": "taken"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:CreateTicketV2",
        |w| json!({"ConnectorId": w.hub.connector, "FindingMetadataUid": w.hub.finding}),
        NOT_FOUND,
        UNSEEN,
    ),
    row("securityhub:DeleteConnectorV2", connector, DENIED, MAY_NOT),
];

fn connector(world: &World) -> Value {
    json!({"ConnectorId": world.hub.connector})
}
