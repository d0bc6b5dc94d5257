//! The orders of finding lists: one expression each, then the ARN, so that no two rows tie.

use balefire_api::generated::inspector2::{SortCriteria, SortField, SortOrder};

/// An order. What a finding has no value of comes first when ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// SQL over the finding `f`, its EPSS score `e` and no other table.
    pub expression: &'static str,
    pub descending: bool,
}

/// The most severe first, which is what a list is read for.
const DEFAULT: Order = Order {
    expression: "f.severity_rank",
    descending: true,
};

impl Order {
    pub(super) fn of(criteria: Option<&SortCriteria>) -> Order {
        criteria.map_or(DEFAULT, |criteria| Order {
            expression: expression(criteria.field),
            descending: criteria.sort_order == SortOrder::Desc,
        })
    }
}

fn expression(field: SortField) -> &'static str {
    match field {
        SortField::AwsAccountId => "f.account",
        SortField::Severity => "f.severity_rank",
        SortField::FirstObservedAt => "f.first_observed_ms",
        SortField::LastObservedAt => "f.last_observed_ms",
        SortField::FindingStatus => "f.status",
        SortField::ResourceType => "f.resource_type",
        SortField::EcrImageRepositoryName => "f.repository",
        SortField::EcrImageRegistry => "CASE WHEN f.repository = '' THEN '' ELSE f.account END",
        SortField::VulnerabilityId => "f.vulnerability",
        SortField::VulnerabilitySource => "f.source",
        SortField::InspectorScore => "f.score_tenths",
        SortField::VendorSeverity => "f.vendor_severity",
        SortField::EpssScore => "COALESCE(e.score_billionths, -1)",
        // All findings are alike in these, so the ARN alone decides.
        SortField::FindingType
        | SortField::EcrImagePushedAt
        | SortField::NetworkProtocol
        | SortField::ComponentType => "f.arn",
    }
}
