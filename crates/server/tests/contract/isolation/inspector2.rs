//! The rows of Inspector and of the feeds, and the owner's vulnerable resource.

use serde_json::{Value, json};

use super::row::{DENIED, Foreign, MAY_NOT, Own, Row, row, text};
use super::world::{MARK, World};
use crate::server::{ADMINISTRATOR, OWNER, REGION, Server};

pub struct Things {
    /// The resource that was scanned.
    pub instance: String,
    /// A finding.
    pub vulnerability: String,
}

pub fn make(server: &Server) -> Things {
    let rows = [advisory("GHSA-0001"), advisory("GHSA-0002")];
    let part = json!({"Feed": "OSV", "Generation": "first", "Rows": rows});
    let end = json!({"Feed": "OSV", "Generation": "first", "AsOf": "2025-12-31", "RowCount": 2});
    for (id, input) in [("PutFeedPart", part), ("FinishFeed", end)] {
        let id = format!("balefire:{id}");
        server.done(ADMINISTRATOR, &id, &input);
    }
    let instance = format!("arn:aws:ec2:{REGION}:{OWNER}:instance/i-0123456789abcdef0");
    server.done(OWNER, "balefire:ScanResource", &scan(&instance));
    let listed = server.done(OWNER, "inspector2:ListFindings", &json!({}));
    Things {
        instance,
        vulnerability: text(&listed["findings"][0]["findingArn"]),
    }
}

pub const ROWS: &[Row] = &[
    row(
        "inspector2:Enable",
        |_| json!({"accountIds": [OWNER], "resourceTypes": ["ECR"]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "inspector2:BatchGetAccountStatus",
        |_| json!({"accountIds": [OWNER]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "inspector2:ListFindings",
        by_account,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "inspector2:BatchGetFindingDetails",
        |w| json!({"findingArns": [w.inspector.vulnerability]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:ScanResource",
        |w| scan(&w.inspector.instance),
        DENIED,
        Own::May,
    ),
    row(
        "inspector2:Disable",
        |_| json!({"accountIds": [OWNER], "resourceTypes": ["EC2"]}),
        Foreign::Nothing,
        Own::May,
    ),
    // The feeds are the administrator's.
    row("balefire:PutFeedPart", |_| feed_part(), DENIED, MAY_NOT),
    row("balefire:FinishFeed", |_| feed_end(), DENIED, MAY_NOT),
];

fn by_account(_: &World) -> Value {
    json!({"filterCriteria": {"awsAccountId": [{"comparison": "EQUALS", "value": OWNER}]}})
}

/// The bill of a resource with a vulnerable package.
fn scan(resource: &str) -> Value {
    let component = json!({
        "type": "library", "name": "anvil", "version": "1.0", "purl": "pkg:pypi/anvil@1.0",
    });
    let sbom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]});
    json!({"ResourceArn": resource, "Sbom": sbom, "Tags": {"team": MARK}})
}

fn advisory(id: &str) -> Value {
    json!({
        "id": id, "aliases": [id.replace("GHSA-", "CVE-2099-")],
        "modified": "2025-01-01T00:00:00Z", "published": "2025-01-01T00:00:00Z",
        "summary": "It drops.",
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": "anvil"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
        }],
    })
}

fn feed_part() -> Value {
    json!({"Feed": "KEV", "Generation": "second", "Rows": [{"cveID": "CVE-2099-0001"}]})
}

fn feed_end() -> Value {
    json!({"Feed": "KEV", "Generation": "second", "AsOf": "2025-12-31", "RowCount": 1})
}
