//! For each answered operation: an input with the owner's identifiers, and what comes of it.

use serde_json::{Value, json};

use super::world::{
    self, MARK, RULE, World, automation_rule, document, export, identifier, scan, security_finding,
};
use crate::server::{OTHER, OWNER, REGION};

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
/// EventBridge gives the same error with another status.
const NO_RULE: Foreign = Foreign::Refused(400, "ResourceNotFoundException");
const DENIED: Foreign = Foreign::Refused(403, "AccessDeniedException");
/// It is on for both.
const CONFLICT: Foreign = Foreign::Refused(409, "ResourceConflictException");
/// Of what the organization's administrator alone is told, in the words of the first version.
const NO_ACCESS: Foreign = Foreign::Refused(401, "InvalidAccessException");
const NO_ACCESS_OWN: Own = Own::Refused(401, "InvalidAccessException");
const MAY_NOT: Own = Own::Refused(403, "AccessDeniedException");
/// Of what the administrator has.
const UNSEEN: Own = Own::Refused(404, "ResourceNotFoundException");

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

fn feature(_: &World) -> Value {
    json!({"FeatureName": "NETWORK_SCANNING"})
}

fn aggregator(world: &World) -> Value {
    json!({"AggregatorV2Arn": world.aggregator})
}

fn connector(world: &World) -> Value {
    json!({"ConnectorId": world.connector})
}

fn incident(world: &World) -> Value {
    json!({"incidentRecordArn": world.incident})
}

fn timeline_event(world: &World, more: Value) -> Value {
    let mut input = json!({"incidentRecordArn": world.incident, "eventData": "taken"});
    if let (Some(members), Value::Object(more)) = (input.as_object_mut(), more) {
        members.extend(more);
    }
    input
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
    // Events.
    row("events:ListRules", nothing, Foreign::Nothing, Own::Sees),
    row(
        "events:DescribeRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::Sees,
    ),
    row(
        "events:ListTargetsByRule",
        |_| json!({"Rule": RULE}),
        NO_RULE,
        Own::Sees,
    ),
    row(
        "events:ListRuleNamesByTarget",
        |w| json!({"TargetArn": w.plan}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:ListTagsForResource",
        |w| json!({"ResourceARN": w.rule}),
        NO_RULE,
        Own::Sees,
    ),
    row(
        "events:TagResource",
        |w| json!({"ResourceARN": w.rule, "Tags": [{"Key": "a", "Value": "b"}]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:UntagResource",
        |w| json!({"ResourceARN": w.rule, "TagKeys": ["team"]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:PutRule",
        |_| json!({"Name": "another", "EventPattern": PATTERN}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:TestEventPattern",
        |_| json!({"EventPattern": PATTERN, "Event": whole_event().to_string()}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:PutTargets",
        |w| json!({"Rule": RULE, "Targets": [{"Id": "taken", "Arn": w.plan}]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:EnableRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:DisableRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:RemoveTargets",
        |_| json!({"Rule": RULE, "Ids": ["first", "second", "taken"]}),
        NO_RULE,
        Own::May,
    ),
    // Deleting what is not there models no error.
    row(
        "events:DeleteRule",
        |_| json!({"Name": RULE}),
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
        "balefire:TriggerIncident",
        |w| json!({"ResponsePlanArn": w.plan, "Source": "probe", "Cause": "c"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:ResolveCause",
        |w| json!({"ResponsePlanArn": w.plan, "Source": "probe", "Cause": "c"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:GetIncidentReport",
        |w| json!({"Incident": w.incident}),
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
        "ssm-incidents:CreateTimelineEvent",
        |w| timeline_event(w, json!({"eventType": "Note", "eventTime": 1})),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateTimelineEvent",
        |w| timeline_event(w, json!({"eventId": w.note})),
        NOT_FOUND,
        Own::May,
    ),
    // An event that is not there is deleted without a word, and so is an incident.
    row(
        "ssm-incidents:DeleteTimelineEvent",
        |w| json!({"incidentRecordArn": w.incident, "eventId": w.note}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateRelatedItems",
        |w| json!({"incidentRecordArn": w.incident, "relatedItemsUpdate": {"itemToRemove": world::link()}}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateIncidentRecord",
        |w| json!({"arn": w.incident, "status": "RESOLVED"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:PutResourcePolicy",
        |w| json!({"resourceArn": w.plan, "policy": world::policy(&w.plan, OTHER)}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:GetResourcePolicies",
        |w| json!({"resourceArn": w.plan}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "ssm-incidents:DeleteResourcePolicy",
        |w| json!({"resourceArn": w.plan, "policyId": w.policy}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:DeleteIncidentRecord",
        |w| json!({"arn": w.incident}),
        Foreign::Nothing,
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
        "securityhub:GetFindingStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "finding_info.title"}]}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetSoftwareV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetSoftwareResourcesV2",
        |_| json!({"PackageName": MARK, "PackageType": "unknown"}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetSoftwareStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "PackageName"}]}),
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
        "balefire:ListFindingsAsOf",
        |_| json!({"AsOf": "2026-01-01T00:00:00Z"}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "balefire:AcceptRisk",
        |w| json!({"FindingUid": w.finding, "Reason": MARK}),
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
        |w| json!({"FindingUid": w.finding}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:GetFindingsTrendsV2",
        |_| {
            let day = "2026-01-01T00:00:00Z";
            json!({"StartTime": day, "EndTime": day})
        },
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetResourcesV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetResourcesStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "ResourceType"}]}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetResourcesTrendsV2",
        |_| {
            let day = "2026-01-01T00:00:00Z";
            json!({"StartTime": day, "EndTime": day})
        },
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetExportJobV2",
        |w| json!({"ExportJobId": w.export}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "securityhub:ListExportJobsV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:CancelExportJobV2",
        |w| json!({"ExportJobId": w.export}),
        NOT_FOUND,
        Own::May,
    ),
    // The key must be of the caller's account.
    row(
        "securityhub:StartExportJobV2",
        |_| export(),
        Foreign::Refused(400, "ValidationException"),
        Own::May,
    ),
    // Findings of the first version.
    row(
        "securityhub:EnableSecurityHub",
        nothing,
        CONFLICT,
        Own::Refused(409, "ResourceConflictException"),
    ),
    // The organization and its standards.
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
    row(
        "securityhub:DescribeHub",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:UpdateSecurityHubConfiguration",
        |_| json!({"AutoEnableControls": false}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:BatchImportFindings",
        |_| json!({"Findings": [security_finding(OWNER, "1")]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetFindings",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetFindingHistory",
        |_| json!({"FindingIdentifier": identifier("1")}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:BatchUpdateFindings",
        |_| json!({"FindingIdentifiers": [identifier("1")], "Confidence": 1}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:CreateInsight",
        |_| json!({"Name": "taken", "Filters": {}, "GroupByAttribute": "Id"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetInsights",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetInsightResults",
        |w| json!({"InsightArn": w.insight}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "securityhub:UpdateInsight",
        |w| json!({"InsightArn": w.insight, "Name": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteInsight",
        |w| json!({"InsightArn": w.insight}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:CreateActionTarget",
        |_| json!({"Id": "taken", "Name": "taken", "Description": "taken"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeActionTargets",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:UpdateActionTarget",
        |w| json!({"ActionTargetArn": w.action_target, "Name": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteActionTarget",
        |w| json!({"ActionTargetArn": w.action_target}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DescribeProducts",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:EnableImportFindingsForProduct",
        |_| json!({"ProductArn": PRODUCT}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListEnabledProductsForImport",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableImportFindingsForProduct",
        |w| json!({"ProductSubscriptionArn": w.subscription}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHub",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:CompleteImport",
        |_| json!({"Run": world::RUN}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:ListTagsForResource",
        |w| json!({"ResourceArn": w.hub}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "securityhub:TagResource",
        |w| json!({"ResourceArn": w.hub, "Tags": {"team": "taken"}}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:UntagResource",
        |w| json!({"ResourceArn": w.hub, "TagKeys": ["team"]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:EnableSecurityHubFeatureV2",
        feature,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHubFeatureV2",
        feature,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeProductsV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    // The administrator's, which no member sees or may have.
    row(
        "securityhub:CreateAggregatorV2",
        |_| json!({"RegionLinkingMode": "ALL_REGIONS"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:ListAggregatorsV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row("securityhub:GetAggregatorV2", aggregator, NOT_FOUND, UNSEEN),
    row(
        "securityhub:UpdateAggregatorV2",
        |w| json!({"AggregatorV2Arn": w.aggregator, "RegionLinkingMode": "ALL_REGIONS"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:DeleteAggregatorV2",
        aggregator,
        DENIED,
        MAY_NOT,
    ),
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
    ),
    row("securityhub:GetConnectorV2", connector, NOT_FOUND, UNSEEN),
    row(
        "securityhub:UpdateConnectorV2",
        |w| json!({"ConnectorId": w.connector, "Description": "taken"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:CreateTicketV2",
        |w| json!({"ConnectorId": w.connector, "FindingMetadataUid": w.finding}),
        NOT_FOUND,
        UNSEEN,
    ),
    row("securityhub:DeleteConnectorV2", connector, DENIED, MAY_NOT),
    row(
        "securityhub:CreateAutomationRuleV2",
        |_| automation_rule("taken"),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListAutomationRulesV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetAutomationRuleV2",
        |w| json!({"Identifier": w.automation_rule}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "balefire:TestAutomationRule",
        |w| json!({"Identifier": w.automation_rule, "Days": 1}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:UpdateAutomationRuleV2",
        |w| json!({"Identifier": w.automation_rule, "Description": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteAutomationRuleV2",
        |w| json!({"Identifier": w.automation_rule}),
        NOT_FOUND,
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
    row(
        "ssm-incidents:UpdateReplicationSet",
        |w| {
            let action = json!({"addRegionAction": {"regionName": "eu-west-1"}});
            json!({"arn": w.replication_set, "actions": [action]})
        },
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateDeletionProtection",
        |w| json!({"arn": w.replication_set, "deletionProtected": true}),
        NOT_FOUND,
        Own::May,
    ),
    // It is protected by now, and on the move.
    row(
        "ssm-incidents:DeleteReplicationSet",
        |w| json!({"arn": w.replication_set}),
        NOT_FOUND,
        Own::Refused(400, "ValidationException"),
    ),
];

/// A product that both accounts may turn on.
const PRODUCT: &str = "arn:aws:securityhub:eu-central-1::product/prowler/prowler";

/// A pattern that the events of the table do not match.
const PATTERN: &str = r#"{"source": ["none"]}"#;

fn whole_event() -> Value {
    json!({
        "id": "1", "account": OWNER, "source": "a", "time": "2026-01-01T00:00:00Z", "region": REGION,
        "resources": [], "detail-type": "b",
    })
}

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
