//! How jobs of each kind are done.

use balefire_store::Job;

use super::{
    ask_rule_tickets, check_connector, count_software, create_ticket, notify, open_rule_incidents,
    pager_duty, pass_on_findings, publish, rematch_resources, review_risks, runbook,
    settle_replication_set, spread_feed, take_event, take_scanned_software,
};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::outside::{Call, Fault, Reply};
use crate::securityhub::export_job::EXPORT_FINDINGS;
use crate::securityhub::finding::Index;

/// What came of a call.
pub type Answered = Result<Reply, Fault>;

/// How jobs of a kind are done.
pub enum Work {
    /// In the transaction that ends the job.
    Inside(fn(&mut Ctx<'_, '_>, &Job) -> Result<(), Failure>),
    /// As `Inside`, for some time.
    Long(fn(&mut Ctx<'_, '_>, &Job) -> Result<(), Failure>),
    /// As `Long`, with the findings as they are searched.
    Indexed(fn(&mut Ctx<'_, '_>, &Index, &Job) -> Result<(), Failure>),
    /// By a call to the outside.
    Outside(Errand),
    /// By many reads and writes, see `export_findings`.
    Export,
    /// By a long read and writes, see `count_standing`.
    Standing,
    /// After rules were matched, see `take_event`.
    Event,
    /// By a version that knew the kind.
    Unknown,
}

/// A call to the outside, and what surrounds it.
#[derive(Clone, Copy)]
pub struct Errand {
    /// Reads what is to be called. Nothing, when there is no need for it any more.
    pub prepare: fn(&mut Ctx<'_, '_>, &Job) -> Result<Option<Call>, Failure>,
    /// Writes what came of it, in the transaction that ends or buries the job. A fault that another
    /// attempt may mend comes here from the last attempt alone.
    pub settle: fn(&mut Ctx<'_, '_>, &Job, Answered) -> Result<(), Failure>,
    /// Whether `prepare` writes: then it is committed before the call.
    pub marks: bool,
}

/// The kinds whose jobs are one call to the outside.
const ERRANDS: [(&str, Errand); 8] = [
    (crate::incidents::follow_up::NOTIFY, notify::ERRAND),
    (crate::incidents::change::PUBLISH, publish::ERRAND),
    (crate::incidents::pager_duty::TELL, pager_duty::ERRAND),
    (runbook::START_AUTOMATION, runbook::automation::ERRAND),
    (runbook::FOLLOW_AUTOMATION, runbook::following::ERRAND),
    (runbook::RUN_COMMAND, runbook::command::ERRAND),
    (
        crate::securityhub::connector::CHECK,
        check_connector::ERRAND,
    ),
    (crate::securityhub::ticket::MAKE, create_ticket::ERRAND),
];

impl Work {
    pub fn of(job: &Job) -> Work {
        let mut errands = ERRANDS.iter();
        if let Some((_, errand)) = errands.find(|(kind, _)| *kind == job.kind) {
            return Work::Outside(*errand);
        }
        match job.kind.as_str() {
            crate::events::TAKE_EVENT | crate::events::OPEN_INCIDENTS => Work::Event,
            crate::events::TAKE_DEPLOYMENTS => Work::Inside(take_event::take_deployments),
            crate::securityhub::automation_rule::OPEN_RULE_INCIDENTS => {
                Work::Inside(open_rule_incidents::open_rule_incidents)
            }
            crate::securityhub::automation_rule::ASK_RULE_TICKETS => {
                Work::Inside(ask_rule_tickets::ask_rule_tickets)
            }
            crate::incidents::replication_set::SETTLE_REPLICATION_SET => {
                Work::Inside(settle_replication_set::settle_replication_set)
            }
            crate::incidents::runbook::START => Work::Inside(runbook::start_runbook),
            crate::intelligence::feed_store::FEED_FINISHED => {
                Work::Inside(spread_feed::spread_feed)
            }
            crate::intelligence::feed_store::FEED_BEGUN => {
                Work::Inside(spread_feed::spread_unfinished)
            }
            review_risks::REVIEW_RISKS => Work::Inside(review_risks::review_risks),
            crate::securityhub::risk::REVIEW_RISK => Work::Inside(review_risks::review_risk),
            crate::securityhub::software::COUNT_SOFTWARE => {
                Work::Long(count_software::count_software)
            }
            crate::inspector::resource::RESOURCE_SCANNED => {
                Work::Long(take_scanned_software::take_scanned_software)
            }
            crate::inspector::resource::FINDINGS_CHANGED => {
                Work::Indexed(pass_on_findings::pass_on_findings)
            }
            rematch_resources::REMATCH_RESOURCES => {
                Work::Inside(rematch_resources::rematch_resources)
            }
            rematch_resources::REMATCH_RESOURCE => Work::Long(rematch_resources::rematch_resource),
            EXPORT_FINDINGS => Work::Export,
            crate::securityhub::trend::COUNT_STANDING => Work::Standing,
            _ => Work::Unknown,
        }
    }

    /// The kinds whose jobs call the outside.
    pub fn outside() -> impl Iterator<Item = &'static str> {
        let errands = ERRANDS.iter().map(|(kind, _)| *kind);
        errands.chain([EXPORT_FINDINGS])
    }

    pub fn is_outside(&self) -> bool {
        matches!(self, Work::Outside(_) | Work::Export)
    }

    /// Whether it takes the writer milliseconds and more.
    pub fn is_long(&self) -> bool {
        matches!(self, Work::Long(_) | Work::Indexed(_))
    }
}
