//! Balefire's own service: what AWS has no operation for, under the signing name `balefire`.

mod dead_job;
mod finding_history;
mod import;
mod risk;

pub use dead_job::*;
pub use finding_history::*;
pub use import::*;
pub use risk::*;

use std::collections::BTreeMap;

use crate::generated::securityhub::{
    AUTOMATION_RULES_ACTION_LIST_V2, AutomationRulesActionV2, CRITERIA, Criteria,
};
use crate::generated::ssm_incidents::{
    ARN, CLIENT_TOKEN, IMPACT, INCIDENT_SOURCE, INCIDENT_TITLE, RAW_DATA, RELATED_ITEM, RelatedItem,
};
use crate::shape::{self, Shape, structure};
use crate::spec::{Pages, Protocol, Service};
use crate::{Document, ErrorSpec, enumeration, operation, structure};

static ROWS: Shape = shape::list(&shape::DOCUMENT, shape::within(1, 5000));
static GENERATION: Shape = shape::text(shape::within(1, 64), None);
static RESOURCE_ARN: Shape = shape::text(shape::within(1, 1011), None);
static SKIPPED_COMPONENTS: Shape = shape::list(&SKIPPED_COMPONENT, shape::ANY);
static CAUSE: Shape = shape::text(shape::within(1, 500), None);
static FINGERPRINT: Shape = shape::text(shape::within(1, 64), None);
// An incident takes what it has room for, and the answer counts the rest.
static RELATED_ITEMS: Shape = shape::list(&RELATED_ITEM, shape::ANY);
static RULE_IDENTIFIER: Shape = shape::text(shape::within(1, 2048), None);
static DAYS: Shape = shape::integer(32, shape::within(1, 366));
static UIDS: Shape = shape::list(&shape::STRING, shape::ANY);
static TAGS: Shape = shape::map(&shape::STRING, &shape::STRING, shape::within(0, 50));

enumeration! { FEED Feed {
    Kev = "KEV",
    Epss = "EPSS",
    Osv = "OSV",
} }

structure! { PUT_FEED_PART_INPUT PutFeedPartInput () {
    req Body feed: Feed = "Feed" "Feed" FEED;
    req Body generation: String = "Generation" "Generation" GENERATION;
    req Body rows: Vec<Document> = "Rows" "Rows" ROWS;
} }

structure! { FINISH_FEED_INPUT FinishFeedInput () {
    req Body feed: Feed = "Feed" "Feed" FEED;
    req Body generation: String = "Generation" "Generation" GENERATION;
    req Body as_of: String = "AsOf" "AsOf" shape::STRING;
    req Body row_count: i64 = "RowCount" "RowCount" shape::LONG;
} }

structure! { FINISH_FEED_OUTPUT FinishFeedOutput (Default) {
    req Body row_count: i64 = "RowCount" "RowCount" shape::LONG;
    opt Body replaced_as_of: String = "ReplacedAsOf" "ReplacedAsOf" shape::STRING;
    opt Body overtaken_by: String = "OvertakenBy" "OvertakenBy" shape::STRING;
} }

structure! { SCAN_RESOURCE_INPUT ScanResourceInput () {
    req Body resource_arn: String = "ResourceArn" "ResourceArn" RESOURCE_ARN;
    req Body sbom: Document = "Sbom" "Sbom" shape::DOCUMENT;
    opt Body tags: BTreeMap<String, String> = "Tags" "Tags" TAGS;
} }

structure! { SKIPPED_COMPONENT SkippedComponent () {
    req Body name: String = "Name" "Name" shape::STRING;
    req Body reason: String = "Reason" "Reason" shape::STRING;
} }

structure! { SCAN_RESOURCE_OUTPUT ScanResourceOutput (Default) {
    req Body packages: i32 = "Packages" "Packages" shape::INTEGER;
    req Body opened: i32 = "Opened" "Opened" shape::INTEGER;
    req Body reopened: i32 = "Reopened" "Reopened" shape::INTEGER;
    req Body closed: i32 = "Closed" "Closed" shape::INTEGER;
    req Body unchanged: i32 = "Unchanged" "Unchanged" shape::INTEGER;
    req Body skipped: Vec<SkippedComponent> = "Skipped" "Skipped" SKIPPED_COMPONENTS;
} }

structure! { GET_INCIDENT_REPORT_INPUT GetIncidentReportInput () {
    req Body incident: String = "Incident" "Incident" RESOURCE_ARN;
} }

structure! { GET_INCIDENT_REPORT_OUTPUT GetIncidentReportOutput (Default) {
    req Body markdown: String = "Markdown" "Markdown" shape::STRING;
} }

structure! { TEST_AUTOMATION_RULE_INPUT TestAutomationRuleInput () {
    opt Body identifier: String = "Identifier" "Identifier" RULE_IDENTIFIER;
    opt Body criteria: Criteria = "Criteria" "Criteria" CRITERIA;
    opt Body actions: Vec<AutomationRulesActionV2> = "Actions" "Actions" AUTOMATION_RULES_ACTION_LIST_V2;
    req Body days: i32 = "Days" "Days" DAYS;
} }

enumeration! { RULE_SUBJECT RuleSubject {
    Findings = "FINDINGS",
    Resources = "RESOURCES",
} }

structure! { TEST_AUTOMATION_RULE_OUTPUT TestAutomationRuleOutput () {
    req Body subject: RuleSubject = "Subject" "Subject" RULE_SUBJECT;
    req Body examined: i64 = "Examined" "Examined" shape::LONG;
    req Body matched: i64 = "Matched" "Matched" shape::LONG;
    req Body changed: i64 = "Changed" "Changed" shape::LONG;
    req Body sample_uids: Vec<String> = "SampleUids" "SampleUids" UIDS;
} }

enumeration! { OUTCOME Outcome {
    Opened = "OPENED",
    Repeated = "REPEATED",
    Unchanged = "UNCHANGED",
    Noted = "NOTED",
    Resolved = "RESOLVED",
    NotOpen = "NOT_OPEN",
} }

structure! { TRIGGER_INCIDENT_INPUT TriggerIncidentInput (Default) {
    req Body response_plan_arn: String = "ResponsePlanArn" "ResponsePlanArn" ARN;
    req Body source: String = "Source" "Source" INCIDENT_SOURCE;
    opt Body title: String = "Title" "Title" INCIDENT_TITLE;
    opt Body impact: i32 = "Impact" "Impact" IMPACT;
    opt Body cause: String = "Cause" "Cause" CAUSE;
    opt Body fingerprint: String = "Fingerprint" "Fingerprint" FINGERPRINT;
    opt Body raw_data: String = "RawData" "RawData" RAW_DATA;
    opt Body related_items: Vec<RelatedItem> = "RelatedItems" "RelatedItems" RELATED_ITEMS;
    opt Body client_token: String = "ClientToken" "ClientToken" CLIENT_TOKEN;
} }

structure! { TRIGGER_INCIDENT_OUTPUT TriggerIncidentOutput () {
    req Body incident_arn: String = "IncidentArn" "IncidentArn" ARN;
    req Body outcome: Outcome = "Outcome" "Outcome" OUTCOME;
    req Body related_items_left_out: i32 = "RelatedItemsLeftOut" "RelatedItemsLeftOut" shape::INTEGER;
} }

structure! { RESOLVE_CAUSE_INPUT ResolveCauseInput (Default) {
    req Body response_plan_arn: String = "ResponsePlanArn" "ResponsePlanArn" ARN;
    req Body source: String = "Source" "Source" INCIDENT_SOURCE;
    req Body cause: String = "Cause" "Cause" CAUSE;
    opt Body raw_data: String = "RawData" "RawData" RAW_DATA;
    opt Body resolve_incident: bool = "ResolveIncident" "ResolveIncident" shape::BOOLEAN;
    opt Body client_token: String = "ClientToken" "ClientToken" CLIENT_TOKEN;
} }

structure! { RESOLVE_CAUSE_OUTPUT ResolveCauseOutput () {
    opt Body incident_arn: String = "IncidentArn" "IncidentArn" ARN;
    req Body outcome: Outcome = "Outcome" "Outcome" OUTCOME;
} }

structure! { CONFLICT_EXCEPTION ConflictException (Default) {
    opt Body message: String = "message" "message" shape::STRING;
} }

structure! { VALIDATION_EXCEPTION ValidationException (Default) {
    opt Body message: String = "message" "message" shape::STRING;
} }

structure! { ACCESS_DENIED_EXCEPTION AccessDeniedException (Default) {
    opt Body message: String = "message" "message" shape::STRING;
} }

structure! { RESOURCE_NOT_FOUND_EXCEPTION ResourceNotFoundException (Default) {
    opt Body message: String = "message" "message" shape::STRING;
} }

static VALIDATION: ErrorSpec = ErrorSpec {
    name: "ValidationException",
    status: 400,
    structure: structure(&VALIDATION_EXCEPTION),
};
static CONFLICT: ErrorSpec = ErrorSpec {
    name: "ConflictException",
    status: 409,
    structure: structure(&CONFLICT_EXCEPTION),
};
static ACCESS_DENIED: ErrorSpec = ErrorSpec {
    name: "AccessDeniedException",
    status: 403,
    structure: structure(&ACCESS_DENIED_EXCEPTION),
};
static RESOURCE_NOT_FOUND: ErrorSpec = ErrorSpec {
    name: "ResourceNotFoundException",
    status: 404,
    structure: structure(&RESOURCE_NOT_FOUND_EXCEPTION),
};

operation! { IMPORT_FINDINGS ImportFindings "import_findings" {
    writes "POST" "/findings/import" 200;
    action "balefire" "ImportFindings";
    input ImportFindingsInput = Some(structure(&IMPORT_FINDINGS_INPUT));
    output ImportFindingsOutput = Some(structure(&IMPORT_FINDINGS_OUTPUT));
    errors VALIDATION ACCESS_DENIED;
    pages None;
    token None;
} }

operation! { TEST_AUTOMATION_RULE TestAutomationRule "test_automation_rule" {
    reads "POST" "/automation-rules/test" 200;
    action "balefire" "TestAutomationRule";
    input TestAutomationRuleInput = Some(structure(&TEST_AUTOMATION_RULE_INPUT));
    output TestAutomationRuleOutput = Some(structure(&TEST_AUTOMATION_RULE_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { LIST_FINDINGS_AS_OF ListFindingsAsOf "list_findings_as_of" {
    reads "POST" "/findings/as-of" 200;
    action "balefire" "ListFindingsAsOf";
    input ListFindingsAsOfInput = Some(structure(&LIST_FINDINGS_AS_OF_INPUT));
    output ListFindingsAsOfOutput = Some(structure(&LIST_FINDINGS_AS_OF_OUTPUT));
    errors VALIDATION ACCESS_DENIED;
    pages Some(Pages { token: "NextToken", next: "NextToken", limit: Some("MaxResults") });
    token None;
} }

operation! { COMPLETE_IMPORT CompleteImport "complete_import" {
    writes "POST" "/findings/complete" 200;
    action "balefire" "CompleteImport";
    input CompleteImportInput = Some(structure(&COMPLETE_IMPORT_INPUT));
    output CompleteImportOutput = Some(structure(&COMPLETE_IMPORT_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND CONFLICT;
    pages None;
    token None;
} }

operation! { GET_INCIDENT_REPORT GetIncidentReport "get_incident_report" {
    reads "POST" "/incidents/report" 200;
    action "balefire" "GetIncidentReport";
    input GetIncidentReportInput = Some(structure(&GET_INCIDENT_REPORT_INPUT));
    output GetIncidentReportOutput = Some(structure(&GET_INCIDENT_REPORT_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { PUT_FEED_PART PutFeedPart "put_feed_part" {
    writes "POST" "/feeds/part" 200;
    action "balefire" "PutFeedPart";
    input PutFeedPartInput = Some(structure(&PUT_FEED_PART_INPUT));
    output crate::Unit = None;
    errors VALIDATION ACCESS_DENIED CONFLICT;
    pages None;
    token None;
} }

operation! { FINISH_FEED FinishFeed "finish_feed" {
    writes "POST" "/feeds/finish" 200;
    action "balefire" "FinishFeed";
    input FinishFeedInput = Some(structure(&FINISH_FEED_INPUT));
    output FinishFeedOutput = Some(structure(&FINISH_FEED_OUTPUT));
    errors VALIDATION ACCESS_DENIED CONFLICT;
    pages None;
    token None;
} }

operation! { SCAN_RESOURCE ScanResource "scan_resource" {
    writes "POST" "/resources/scan" 200;
    action "balefire" "ScanResource";
    input ScanResourceInput = Some(structure(&SCAN_RESOURCE_INPUT));
    output ScanResourceOutput = Some(structure(&SCAN_RESOURCE_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { LIST_DEAD_JOBS ListDeadJobs "list_dead_jobs" {
    reads "POST" "/jobs/dead/list" 200;
    action "balefire" "ListDeadJobs";
    input ListDeadJobsInput = Some(structure(&LIST_DEAD_JOBS_INPUT));
    output ListDeadJobsOutput = Some(structure(&LIST_DEAD_JOBS_OUTPUT));
    errors VALIDATION ACCESS_DENIED;
    pages Some(Pages { token: "NextToken", next: "NextToken", limit: Some("MaxResults") });
    token None;
} }

operation! { RETRY_DEAD_JOB RetryDeadJob "retry_dead_job" {
    writes "POST" "/jobs/dead/retry" 200;
    action "balefire" "RetryDeadJob";
    input RetryDeadJobInput = Some(structure(&RETRY_DEAD_JOB_INPUT));
    output crate::Unit = None;
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { RETRY_DEAD_JOBS RetryDeadJobs "retry_dead_jobs" {
    writes "POST" "/jobs/dead/retry-all" 200;
    action "balefire" "RetryDeadJobs";
    input RetryDeadJobsInput = Some(structure(&RETRY_DEAD_JOBS_INPUT));
    output RetryDeadJobsOutput = Some(structure(&RETRY_DEAD_JOBS_OUTPUT));
    errors VALIDATION ACCESS_DENIED;
    pages None;
    token None;
} }

operation! { DROP_DEAD_JOB DropDeadJob "drop_dead_job" {
    writes "POST" "/jobs/dead/drop" 200;
    action "balefire" "DropDeadJob";
    input DropDeadJobInput = Some(structure(&DROP_DEAD_JOB_INPUT));
    output crate::Unit = None;
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { ACCEPT_RISK AcceptRisk "accept_risk" {
    writes "POST" "/risks/accept" 200;
    action "balefire" "AcceptRisk";
    input AcceptRiskInput = Some(structure(&ACCEPT_RISK_INPUT));
    output AcceptRiskOutput = Some(structure(&ACCEPT_RISK_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { LIST_RISK_ACCEPTANCES ListRiskAcceptances "list_risk_acceptances" {
    reads "POST" "/risks/list" 200;
    action "balefire" "ListRiskAcceptances";
    input ListRiskAcceptancesInput = Some(structure(&LIST_RISK_ACCEPTANCES_INPUT));
    output ListRiskAcceptancesOutput = Some(structure(&LIST_RISK_ACCEPTANCES_OUTPUT));
    errors VALIDATION ACCESS_DENIED;
    pages Some(Pages { token: "NextToken", next: "NextToken", limit: Some("MaxResults") });
    token None;
} }

operation! { WITHDRAW_RISK_ACCEPTANCE WithdrawRiskAcceptance "withdraw_risk_acceptance" {
    writes "POST" "/risks/withdraw" 200;
    action "balefire" "WithdrawRiskAcceptance";
    input WithdrawRiskAcceptanceInput = Some(structure(&WITHDRAW_RISK_ACCEPTANCE_INPUT));
    output WithdrawRiskAcceptanceOutput = Some(structure(&WITHDRAW_RISK_ACCEPTANCE_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND;
    pages None;
    token None;
} }

operation! { TRIGGER_INCIDENT TriggerIncident "trigger_incident" {
    writes "POST" "/incidents/trigger" 200;
    action "balefire" "TriggerIncident";
    input TriggerIncidentInput = Some(structure(&TRIGGER_INCIDENT_INPUT));
    output TriggerIncidentOutput = Some(structure(&TRIGGER_INCIDENT_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND CONFLICT;
    pages None;
    token Some("ClientToken");
} }

operation! { RESOLVE_CAUSE ResolveCause "resolve_cause" {
    writes "POST" "/causes/resolve" 200;
    action "balefire" "ResolveCause";
    input ResolveCauseInput = Some(structure(&RESOLVE_CAUSE_INPUT));
    output ResolveCauseOutput = Some(structure(&RESOLVE_CAUSE_OUTPUT));
    errors VALIDATION ACCESS_DENIED RESOURCE_NOT_FOUND CONFLICT;
    pages None;
    token Some("ClientToken");
} }

/// The service and its operations.
pub static SERVICE: Service = Service {
    name: "balefire",
    protocol: Protocol::RestJson,
    target_prefix: "",
    operations: &[
        &IMPORT_FINDINGS,
        &COMPLETE_IMPORT,
        &LIST_FINDINGS_AS_OF,
        &PUT_FEED_PART,
        &FINISH_FEED,
        &SCAN_RESOURCE,
        &TEST_AUTOMATION_RULE,
        &GET_INCIDENT_REPORT,
        &LIST_DEAD_JOBS,
        &RETRY_DEAD_JOB,
        &RETRY_DEAD_JOBS,
        &DROP_DEAD_JOB,
        &ACCEPT_RISK,
        &LIST_RISK_ACCEPTANCES,
        &WITHDRAW_RISK_ACCEPTANCE,
        &TRIGGER_INCIDENT,
        &RESOLVE_CAUSE,
    ],
    named_only: &[],
};
