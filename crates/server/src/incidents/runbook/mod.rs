//! Runbooks: what an incident's plan has run, and where the incident says so.

use std::collections::BTreeMap;

use balefire_api::generated::ssm_incidents::{
    Action, AutomationExecution, DynamicSsmParameterValue, GetResponsePlanOutput, ItemIdentifier,
    ItemType, ItemValue, RelatedItem, SsmAutomation, VariableType,
};
use balefire_store::Kept;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::{Incident, keep};
use crate::incidents::{related_item, timeline};

/// The kind of the job that starts a runbook.
pub const START: &str = "start-runbook";

/// The types of events that tell of runbooks.
pub const STARTED: &str = "SSM Automation Execution Start for Incident";
pub const START_FAILURE: &str = "SSM Automation Execution Start Failure for Incident";
pub const PROGRESS: &str = "SSM Automation Execution Progress for Incident";
pub const ENDED: &str = "SSM Automation Execution End for Incident";

/// What a plan had run when its incident opened: later changes of the plan do not reach it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Runbook {
    pub account: String,
    pub region: String,
    /// The incident's id.
    pub incident: String,
    pub incident_arn: String,
    pub opened_ms: i64,
    pub document: String,
    pub version: Option<String>,
    parameters: BTreeMap<String, Vec<String>>,
    variables: BTreeMap<String, Variable>,
}

/// What a parameter takes from the incident.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Variable {
    IncidentRecordArn,
    InvolvedResources,
}

/// Leaves a job for each runbook of the plan.
pub fn leave(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    plan: &GetResponsePlanOutput,
) -> Result<(), Failure> {
    for Action::SsmAutomation(automation) in plan.actions.iter().flatten() {
        let runbook = Runbook::new(ctx, incident, automation);
        ctx.leave_job(&incident.account, START, &runbook.incident_arn, &runbook)?;
    }
    Ok(())
}

impl Runbook {
    fn new(ctx: &Ctx<'_, '_>, incident: &Incident, automation: &SsmAutomation) -> Runbook {
        let variables = automation.dynamic_parameters.iter().flatten();
        let variables = variables.map(|(name, DynamicSsmParameterValue::Variable(variable))| {
            let variable = match variable {
                VariableType::IncidentRecordArn => Variable::IncidentRecordArn,
                VariableType::InvolvedResources => Variable::InvolvedResources,
            };
            (name.clone(), variable)
        });
        Runbook {
            account: incident.account.clone(),
            region: ctx.region.to_owned(),
            incident: incident.id.clone(),
            incident_arn: incident.arn(),
            opened_ms: ctx.now.0,
            document: automation.document_name.clone(),
            version: automation.document_version.clone(),
            parameters: automation.parameters.clone().unwrap_or_default(),
            variables: variables.collect(),
        }
    }

    /// The incident, unless it was deleted.
    pub fn incident(&self, ctx: &mut Ctx<'_, '_>) -> Result<Option<Kept<Incident>>, Failure> {
        Incident::find(ctx, &self.account, &self.incident)
    }

    /// The parameters, with what the incident fills in as it is now.
    pub fn parameters(
        &self,
        ctx: &mut Ctx<'_, '_>,
    ) -> Result<BTreeMap<String, Vec<String>>, Failure> {
        let mut parameters = self.parameters.clone();
        for (name, variable) in &self.variables {
            let values = match variable {
                Variable::IncidentRecordArn => vec![self.incident_arn.clone()],
                Variable::InvolvedResources => self.involved(ctx)?,
            };
            parameters.insert(name.clone(), values);
        }
        Ok(parameters)
    }

    fn involved(&self, ctx: &mut Ctx<'_, '_>) -> Result<Vec<String>, Failure> {
        let Some(incident) = self.incident(ctx)? else {
            return Ok(Vec::new());
        };
        let items = related_item::of(ctx, &incident)?;
        let arns = items.into_iter().filter_map(|item| match item.identifier {
            ItemIdentifier {
                r#type: ItemType::InvolvedResource,
                value: ItemValue::Arn(arn),
            } => Some(arn),
            _ => None,
        });
        Ok(arns.collect())
    }

    /// Writes the execution into the incident, and tells that it began.
    pub fn began(
        &self,
        ctx: &mut Ctx<'_, '_>,
        execution_arn: &str,
        status: &str,
    ) -> Result<(), Failure> {
        let Some(mut row) = self.incident(ctx)? else {
            return Ok(());
        };
        let mut record = row.record()?;
        let execution = AutomationExecution::SsmExecutionArn(execution_arn.to_owned());
        let executions = record.automation_executions.get_or_insert_default();
        if !executions.contains(&execution) {
            executions.push(execution);
        }
        keep(ctx, &mut row, record)?;
        let item = RelatedItem {
            generated_id: None,
            identifier: ItemIdentifier {
                r#type: ItemType::Automation,
                value: ItemValue::Arn(execution_arn.to_owned()),
            },
            title: Some(self.document.clone()),
        };
        // Without room for it, the timeline tells it alone.
        related_item::add(ctx, &row, &[item])?;
        self.tell(ctx, STARTED, Some(execution_arn), json!({"status": status}))
    }

    /// Appends an event; the data says too which runbook it is.
    pub fn tell(
        &self,
        ctx: &mut Ctx<'_, '_>,
        kind: &str,
        execution_arn: Option<&str>,
        mut data: Value,
    ) -> Result<(), Failure> {
        let Some(incident) = self.incident(ctx)? else {
            return Ok(());
        };
        data["ssmDocumentName"] = self.document.as_str().into();
        data["ssmDocumentVersion"] = self.version.as_deref().into();
        data["ssmExecutionArn"] = execution_arn.into();
        timeline::append_referring(ctx, &incident, kind, &data, execution_arn)?;
        changed(
            ctx,
            &self.account,
            "incident.runbook",
            &self.incident_arn,
            &data,
        )
    }
}
