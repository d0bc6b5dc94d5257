//! Which findings a rule is about and what it does: checked when it is written, compiled when it is used.

use balefire_api::generated::securityhub::{
    AutomationRulesActionTypeV2 as Type, AutomationRulesActionV2,
    AutomationRulesFindingFieldsUpdateV2, CompositeFilter, Criteria,
    ExternalIntegrationConfiguration, GetAutomationRuleV2Response, ResourceCriticality,
};
use balefire_api::{Timestamp, Violation, Violations, rejection};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::connector;
use crate::securityhub::finding::{Fields, Filters};

const ACTION: &str = "/Actions/0";
const CONNECTOR_ARN: &str = "/ExternalIntegrationConfiguration/ConnectorArn";

/// What a rule does with what it matches.
#[derive(Debug, PartialEq)]
pub enum Action {
    Set(Fields),
    /// Opens an incident by the response plan with this ARN.
    Open(String),
    /// Has a ticket made in the system of the connector with this ARN.
    Ticket(String),
    /// Sets how critical a resource is.
    Rate(ResourceCriticality),
}

/// A rule that is right.
pub struct Definition {
    /// Over resources where those are what is rated, and over findings otherwise.
    pub filters: Filters,
    pub action: Action,
}

impl Definition {
    /// Compiles the parts of an account's rule, or says everything that is wrong with them.
    pub fn of(
        account: &str,
        criteria: &Criteria,
        actions: &[AutomationRulesActionV2],
        now: Timestamp,
    ) -> Result<Definition, Failure> {
        let mut violations = Violations::default();
        let filters = match filters_of(criteria, now) {
            Err(Failure::Invalid(wrong)) => {
                violations.append(wrong);
                None
            }
            filters => Some(filters?),
        };
        let action = only_action(account, actions);
        let action = action.map_err(|wrong| violations.append(wrong.into()));
        if let [action] = actions {
            let of_resources = matches!(criteria, Criteria::ResourceCriteria(_));
            if of_resources != (action.r#type == Type::ResourceFieldsUpdate) {
                let rule = "Member must be ResourceCriteria where the action is RESOURCE_FIELDS_UPDATE, \
                            and OcsfFindingCriteria otherwise";
                violations.push(rejection::violation("/Criteria", rule));
            }
        }
        match (filters, action) {
            (Some(filters), Ok(action)) if violations.is_empty() => {
                Ok(Definition { filters, action })
            }
            _ => Err(Failure::Invalid(violations)),
        }
    }

    /// Compiles a whole rule of an account.
    pub fn of_rule(
        account: &str,
        rule: &GetAutomationRuleV2Response,
        now: Timestamp,
    ) -> Result<Definition, Failure> {
        let criteria = rule.criteria.as_ref();
        let criteria =
            criteria.ok_or_else(|| Failure::Internal("a rule has no criteria".into()))?;
        let actions = rule.actions.as_deref().unwrap_or_default();
        Definition::of(account, criteria, actions, now)
    }
}

/// The filters as they are at a moment, from which ages count.
pub fn filters_of(criteria: &Criteria, now: Timestamp) -> Result<Filters, Failure> {
    match criteria {
        Criteria::OcsfFindingCriteria(filters) => Filters::of_rule(filters, now),
        Criteria::ResourceCriteria(filters) => Filters::of_resource_rule(filters, now),
    }
}

/// Whether criteria over findings ask for an age, so that time alone changes what matches.
pub fn asks_for_age(criteria: &Criteria) -> bool {
    match criteria {
        Criteria::OcsfFindingCriteria(filters) => {
            let composites = filters.composite_filters.iter().flatten();
            composites.into_iter().any(has_age)
        }
        Criteria::ResourceCriteria(_) => false,
    }
}

fn has_age(composite: &CompositeFilter) -> bool {
    let dates = composite.date_filters.iter().flatten();
    let mut dates = dates.filter_map(|date| date.filter.as_ref());
    let nested = composite.nested_composite_filters.iter().flatten();
    dates.any(|date| date.date_range.is_some()) || nested.into_iter().any(has_age)
}

/// A connector must be there when a rule names it. It may go later, and then the rule misses it.
pub fn check_target(ctx: &mut Ctx<'_, '_>, action: &Action) -> Result<(), Failure> {
    match action {
        Action::Ticket(arn) if connector::by_arn(ctx, arn)?.is_none() => {
            let rule = "Member must name a connector that the own account has in this region";
            Err(Failure::invalid(&format!("{ACTION}{CONNECTOR_ARN}"), rule))
        }
        _ => Ok(()),
    }
}

/// The model's bounds let pass what is no number.
pub fn check_order(order: f64) -> Result<(), Failure> {
    if (1.0..=1000.0).contains(&order) {
        return Ok(());
    }
    let rule = "Member must be between 1.0 and 1000.0";
    Err(Failure::invalid("/RuleOrder", rule))
}

fn only_action(
    account: &str,
    actions: &[AutomationRulesActionV2],
) -> Result<Action, Vec<Violation>> {
    let [action] = actions else {
        let rule = "Member must have exactly one element";
        return Err(vec![rejection::violation("/Actions", rule)]);
    };
    let at = ACTION;
    let members = [
        (
            Type::FindingFieldsUpdate,
            "FindingFieldsUpdate",
            action.finding_fields_update.is_some(),
        ),
        (
            Type::ExternalIntegration,
            "ExternalIntegrationConfiguration",
            action.external_integration_configuration.is_some(),
        ),
        (
            Type::ResourceFieldsUpdate,
            "ResourceFieldsUpdate",
            action.resource_fields_update.is_some(),
        ),
    ];
    let wrong = members
        .iter()
        .filter(|(of, _, is_there)| (*of == action.r#type) != *is_there);
    let wrong = wrong.map(|(_, name, is_there)| {
        let must = if *is_there {
            "be absent"
        } else {
            "not be null"
        };
        let rule = format!(
            "Member must {must} where Type is {}",
            action.r#type.as_str()
        );
        rejection::violation(&format!("{at}/{name}"), rule)
    });
    let wrong: Vec<Violation> = wrong.collect();
    match (
        &action.finding_fields_update,
        &action.external_integration_configuration,
        &action.resource_fields_update,
    ) {
        _ if !wrong.is_empty() => Err(wrong),
        (Some(update), ..) => set(update, &format!("{at}/FindingFieldsUpdate")),
        (_, Some(integration), _) => {
            let at = format!("{at}{CONNECTOR_ARN}");
            integrate(account, integration).map_err(|rule| vec![rejection::violation(&at, rule)])
        }
        (_, _, Some(update)) => Ok(Action::Rate(update.criticality)),
        // The type has no member, which was found wrong above.
        _ => Err(wrong),
    }
}

fn set(update: &AutomationRulesFindingFieldsUpdateV2, at: &str) -> Result<Action, Vec<Violation>> {
    let comment = update.comment.as_deref();
    Fields::of(at, update.severity_id, update.status_id, comment).map(Action::Set)
}

/// Whether a response plan exists is asked when it is needed: it may come later.
fn integrate(
    account: &str,
    integration: &ExternalIntegrationConfiguration,
) -> Result<Action, &'static str> {
    let Some(arn) = &integration.connector_arn else {
        return Err("Member must not be null");
    };
    if let Some(plan) = arn.strip_prefix("arn:aws:ssm-incidents::") {
        let name = plan.strip_prefix(account);
        let name = name.and_then(|rest| rest.strip_prefix(":response-plan/"));
        return match name {
            Some(name) if !name.is_empty() => Ok(Action::Open(arn.clone())),
            _ => Err("Member must name a response plan of the own account"),
        };
    }
    if arn.starts_with("arn:aws:securityhub:") && arn.contains(":connectorv2/") {
        return Ok(Action::Ticket(arn.clone()));
    }
    Err("Member must be the ARN of a connector or of a response plan")
}
