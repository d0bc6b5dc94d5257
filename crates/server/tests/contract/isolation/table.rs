//! For each answered operation: an input with the owner's identifiers, and what comes of it.

use serde_json::{Value, json};

use super::world::{MARK, World, document, scan};
use crate::server::{OWNER, REGION};

/// What the other account is answered.
#[derive(Clone, Copy)]
pub enum Foreign {
    /// Status and error.
    Refused(u16, &'static str),
    /// Success, in which nothing of the owner's is seen or changed.
    Nothing,
}

/// What the owner is answered.
#[derive(Clone, Copy)]
pub enum Own {
    /// Success, in which the mark is seen.
    Sees,
    May,
    /// Status and error.
    Refused(u16, &'static str),
}

const NOT_FOUND: Foreign = Foreign::Refused(404, "ResourceNotFoundException");
const DENIED: Foreign = Foreign::Refused(403, "AccessDeniedException");
const MAY_NOT: Own = Own::Refused(403, "AccessDeniedException");

pub struct Row {
    pub id: &'static str,
    pub input: fn(&World) -> Value,
    pub foreign: Foreign,
    pub own: Own,
}

const fn row(id: &'static str, input: fn(&World) -> Value, foreign: Foreign, own: Own) -> Row {
    Row {
        id,
        input,
        foreign,
        own,
    }
}

fn nothing(_: &World) -> Value {
    json!({})
}

fn incident(world: &World) -> Value {
    json!({"incidentRecordArn": world.incident})
}

/// In this order the owner calls them too: what ends a thing stands last.
pub const ROWS: &[Row] = &[
    row("sts:GetCallerIdentity", nothing, Foreign::Nothing, Own::May),
    row(
        "events:PutEvents",
        |_| json!({"Entries": [event()]}),
        Foreign::Nothing,
        Own::May,
    ),
    // Incidents.
    row(
        "ssm-incidents:GetReplicationSet",
        |w| json!({"arn": w.replication_set}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:ListReplicationSets",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "ssm-incidents:CreateResponsePlan",
        |_| another_plan(),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "ssm-incidents:GetResponsePlan",
        |w| json!({"arn": w.plan}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:ListResponsePlans",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "ssm-incidents:UpdateResponsePlan",
        |w| json!({"arn": w.plan, "displayName": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:StartIncident",
        |w| json!({"responsePlanArn": w.plan}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:GetIncidentRecord",
        |w| json!({"arn": w.incident}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:ListIncidentRecords",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "ssm-incidents:ListTimelineEvents",
        incident,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "ssm-incidents:GetTimelineEvent",
        |w| json!({"incidentRecordArn": w.incident, "eventId": w.timeline_event}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:ListRelatedItems",
        incident,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "ssm-incidents:ListIncidentFindings",
        incident,
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:BatchGetIncidentFindings",
        |w| json!({"incidentRecordArn": w.incident, "findingIds": [w.deployment]}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:ListTagsForResource",
        |w| json!({"resourceArn": w.plan}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:TagResource",
        |w| json!({"resourceArn": w.plan, "tags": {"team": "taken"}}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UntagResource",
        |w| json!({"resourceArn": w.plan, "tagKeys": ["team"]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateIncidentRecord",
        |w| json!({"arn": w.incident, "status": "RESOLVED"}),
        NOT_FOUND,
        Own::May,
    ),
    // A plan that is not there is deleted without a word.
    row(
        "ssm-incidents:DeleteResponsePlan",
        |w| json!({"arn": w.plan}),
        Foreign::Nothing,
        Own::May,
    ),
    // Findings.
    row(
        "securityhub:EnableSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetFindingsV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:BatchUpdateFindingsV2",
        |w| json!({"MetadataUids": [w.finding], "StatusId": 3, "Comment": "taken"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:ImportFindings",
        |_| json!({"Findings": [document("1")]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    // Vulnerabilities.
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
        |w| json!({"findingArns": [w.vulnerability]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:ScanResource",
        |w| scan(&w.instance),
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
    // What could not be delivered.
    row(
        "balefire:ListDeadJobs",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
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
    // Each account has one already.
    row(
        "ssm-incidents:CreateReplicationSet",
        |_| json!({"regions": {REGION: {}}, "tags": {"team": MARK}}),
        Foreign::Refused(402, "ServiceQuotaExceededException"),
        Own::Refused(402, "ServiceQuotaExceededException"),
    ),
];

fn event() -> Value {
    json!({"Source": "a", "DetailType": "b", "Detail": "{}"})
}

/// A name that both accounts may have.
fn another_plan() -> Value {
    json!({"name": "another", "incidentTemplate": {"title": "Down", "impact": 1}})
}

fn by_account(_: &World) -> Value {
    json!({"filterCriteria": {"awsAccountId": [{"comparison": "EQUALS", "value": OWNER}]}})
}

fn feed_part() -> Value {
    json!({"Feed": "KEV", "Generation": "second", "Rows": [{"cveID": "CVE-2099-0001"}]})
}

fn feed_end() -> Value {
    json!({"Feed": "KEV", "Generation": "second", "AsOf": "2025-12-31", "RowCount": 1})
}
