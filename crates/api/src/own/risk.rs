//! The shapes of accepted risks.

use crate::shape::{self, Shape};
use crate::{Timestamp, structure};

static FINDING_UID: Shape = shape::text(shape::within(1, 512), None);
static RISK_REASON: Shape = shape::text(shape::within(1, 300), None);
static EPSS_SCORE: Shape = shape::float(shape::within(0.0, 1.0));
static RISK_ACCEPTANCES: Shape = shape::list(&RISK_ACCEPTANCE, shape::ANY);
static ACCEPTANCES_PER_PAGE: Shape = shape::integer(32, shape::within(1, 100));

structure! { ACCEPT_RISK_INPUT AcceptRiskInput (Default) {
    req Body finding_uid: String = "FindingUid" "FindingUid" FINDING_UID;
    req Body reason: String = "Reason" "Reason" RISK_REASON;
    opt Body expires_at: Timestamp = "ExpiresAt" "ExpiresAt" shape::DATE_TIME;
    opt Body unless_exploited: bool = "UnlessExploited" "UnlessExploited" shape::BOOLEAN;
    opt Body epss_at_most: f64 = "EpssAtMost" "EpssAtMost" EPSS_SCORE;
} }

structure! { RISK_ACCEPTANCE RiskAcceptance () {
    req Body finding_uid: String = "FindingUid" "FindingUid" FINDING_UID;
    req Body account: String = "Account" "Account" shape::STRING;
    req Body reason: String = "Reason" "Reason" RISK_REASON;
    req Body accepted_by: String = "AcceptedBy" "AcceptedBy" shape::STRING;
    req Body accepted_at: Timestamp = "AcceptedAt" "AcceptedAt" shape::DATE_TIME;
    opt Body expires_at: Timestamp = "ExpiresAt" "ExpiresAt" shape::DATE_TIME;
    req Body unless_exploited: bool = "UnlessExploited" "UnlessExploited" shape::BOOLEAN;
    opt Body epss_at_most: f64 = "EpssAtMost" "EpssAtMost" EPSS_SCORE;
} }

structure! { ACCEPT_RISK_OUTPUT AcceptRiskOutput () {
    req Body risk_acceptance: RiskAcceptance = "RiskAcceptance" "RiskAcceptance" RISK_ACCEPTANCE;
} }

structure! { LIST_RISK_ACCEPTANCES_INPUT ListRiskAcceptancesInput (Default) {
    opt Body max_results: i32 = "MaxResults" "MaxResults" ACCEPTANCES_PER_PAGE;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }

structure! { LIST_RISK_ACCEPTANCES_OUTPUT ListRiskAcceptancesOutput (Default) {
    req Body risk_acceptances: Vec<RiskAcceptance> = "RiskAcceptances" "RiskAcceptances" RISK_ACCEPTANCES;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }

structure! { WITHDRAW_RISK_ACCEPTANCE_INPUT WithdrawRiskAcceptanceInput () {
    req Body finding_uid: String = "FindingUid" "FindingUid" FINDING_UID;
} }

structure! { WITHDRAW_RISK_ACCEPTANCE_OUTPUT WithdrawRiskAcceptanceOutput () {
    req Body status: String = "Status" "Status" shape::STRING;
    req Body reopened: bool = "Reopened" "Reopened" shape::BOOLEAN;
} }
