//! Incident findings: deployments and stack updates around an incident. What belongs to which incident
//! follows from the times alone, so a deployment is written once however many incidents it touches.

mod batch_get_incident_findings;
mod deployment;
mod list_incident_findings;
mod ranking;
#[cfg(test)]
mod tests;

pub use batch_get_incident_findings::batch_get_incident_findings;
pub use deployment::{Deployment, DeploymentEvent, Kind, take};
pub use list_incident_findings::list_incident_findings;

use ranking::{Ranked, ranked};

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{
    CloudFormationStackUpdate, CodeDeployDeployment, Finding, FindingDetails,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

/// Findings a page may have.
const FINDINGS_PER_PAGE: usize = 20;

/// The findings of an incident in their order, as far as one page of them goes.
pub fn around(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<Vec<Finding>, Failure> {
    let window = Window::of(ctx, incident)?;
    let found = ranked(ctx, incident, &window, None, FINDINGS_PER_PAGE)?;
    Ok(found
        .iter()
        .map(|row| window.finding(&row.deployment))
        .collect())
}

/// When deployments must have begun to be findings of an incident, both ends included.
struct Window {
    opened_ms: i64,
    from_ms: i64,
    to_ms: i64,
}

impl Window {
    /// From the configured time before the incident opened until it was resolved, or now.
    fn of(ctx: &Ctx<'_, '_>, incident: &Incident) -> Result<Window, Failure> {
        let record = incident.record()?;
        let opened_ms = record.creation_time.0;
        Ok(Window {
            opened_ms,
            from_ms: opened_ms - ctx.settings.deployment_window_ms,
            to_ms: record.resolved_time.map_or(ctx.now.0, |time| time.0),
        })
    }

    fn holds(&self, deployment: &Deployment) -> bool {
        (self.from_ms..=self.to_ms).contains(&deployment.started_ms)
    }

    /// A finding comes into being when both the incident and the deployment are known.
    fn created(&self, deployment: &Deployment) -> Timestamp {
        Timestamp(self.opened_ms.max(deployment.seen_ms))
    }

    fn modified(&self, deployment: &Deployment) -> Timestamp {
        Timestamp(self.opened_ms.max(deployment.modified_ms))
    }

    fn finding(&self, deployment: &Deployment) -> Finding {
        let (start_time, end_time) = (
            Timestamp(deployment.started_ms),
            deployment.ended_ms.map(Timestamp),
        );
        let details = match deployment.kind {
            Kind::CodeDeploy => FindingDetails::CodeDeployDeployment(CodeDeployDeployment {
                deployment_group_arn: deployment.resource.clone(),
                deployment_id: deployment.deployment_id.clone(),
                end_time,
                start_time,
            }),
            Kind::CloudFormation => {
                FindingDetails::CloudFormationStackUpdate(CloudFormationStackUpdate {
                    end_time,
                    stack_arn: deployment.resource.clone(),
                    start_time,
                })
            }
        };
        Finding {
            creation_time: self.created(deployment),
            details: Some(details),
            id: deployment.id.clone(),
            last_modified_time: self.modified(deployment),
        }
    }
}
