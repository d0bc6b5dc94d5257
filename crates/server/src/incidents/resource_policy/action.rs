//! The actions that the owner of a plan can share; all others are the owner's alone.

/// An action on a plan, or on the incidents of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedAction {
    GetResponsePlan,
    StartIncident,
    GetIncidentRecord,
    UpdateIncidentRecord,
    CreateTimelineEvent,
    UpdateTimelineEvent,
    GetTimelineEvent,
    ListTimelineEvents,
    UpdateRelatedItems,
    ListRelatedItems,
}

impl SharedAction {
    pub const ALL: [SharedAction; 10] = [
        SharedAction::GetResponsePlan,
        SharedAction::StartIncident,
        SharedAction::GetIncidentRecord,
        SharedAction::UpdateIncidentRecord,
        SharedAction::CreateTimelineEvent,
        SharedAction::UpdateTimelineEvent,
        SharedAction::GetTimelineEvent,
        SharedAction::ListTimelineEvents,
        SharedAction::UpdateRelatedItems,
        SharedAction::ListRelatedItems,
    ];

    /// The name of the operation.
    pub fn name(self) -> &'static str {
        match self {
            SharedAction::GetResponsePlan => "GetResponsePlan",
            SharedAction::StartIncident => "StartIncident",
            SharedAction::GetIncidentRecord => "GetIncidentRecord",
            SharedAction::UpdateIncidentRecord => "UpdateIncidentRecord",
            SharedAction::CreateTimelineEvent => "CreateTimelineEvent",
            SharedAction::UpdateTimelineEvent => "UpdateTimelineEvent",
            SharedAction::GetTimelineEvent => "GetTimelineEvent",
            SharedAction::ListTimelineEvents => "ListTimelineEvents",
            SharedAction::UpdateRelatedItems => "UpdateRelatedItems",
            SharedAction::ListRelatedItems => "ListRelatedItems",
        }
    }

    /// Whether its resource is the plan itself, and not the plan's incidents.
    pub fn is_on_plan(self) -> bool {
        matches!(
            self,
            SharedAction::GetResponsePlan | SharedAction::StartIncident
        )
    }

    /// The action that a policy names, in any case, as `ssm-incidents:StartIncident`.
    pub fn parse(text: &str) -> Option<SharedAction> {
        let (service, name) = text.split_once(':')?;
        let mut all = SharedAction::ALL.into_iter();
        all.find(|action| {
            service.eq_ignore_ascii_case("ssm-incidents")
                && name.eq_ignore_ascii_case(action.name())
        })
    }
}
