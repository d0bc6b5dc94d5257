//! The fields of the filter criteria, each with what a finding has there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use balefire_api::generated::inspector2::{DateFilter, FilterCriteria, NumberFilter, StringFilter};

use crate::inspector::finding::Finding;
use crate::inspector::resource::{Kind, ResourceArn};

/// A finding with what filters ask of the feeds and of its resource.
pub(in crate::inspector::finding) struct Subject {
    pub finding: Finding,
    pub epss: Option<f64>,
    /// Whether the vulnerability is known to be exploited.
    pub is_exploited: bool,
    pub tags: BTreeMap<String, String>,
}

/// What a finding has in a text field.
type Values<'a> = Vec<Cow<'a, str>>;
type Texts = fn(&FilterCriteria) -> &Option<Vec<StringFilter>>;
type Numbers = fn(&FilterCriteria) -> &Option<Vec<NumberFilter>>;
type Dates = fn(&FilterCriteria) -> &Option<Vec<DateFilter>>;
/// Where the filters of a field are, and what a finding has there.
type TextField = (Texts, fn(&Subject) -> Values<'_>);
/// By its name on the wire.
type NumberField = (&'static str, Numbers, fn(&Subject) -> Option<f64>);
/// In milliseconds since 1970.
type DateField = (Dates, fn(&Subject) -> Option<i64>);

fn one(text: &str) -> Values<'_> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Cow::Borrowed(text)]
    }
}

fn none(_: &Subject) -> Values<'_> {
    Vec::new()
}

/// What the resource's ARN tells.
fn of_kind(subject: &Subject, tell: impl Fn(&Kind) -> Option<String>) -> Values<'_> {
    let arn = ResourceArn::parse(&subject.finding.resource).ok();
    arn.and_then(|arn| tell(&arn.kind))
        .map(Cow::Owned)
        .into_iter()
        .collect()
}

fn digest(subject: &Subject) -> Values<'_> {
    of_kind(subject, |kind| match kind {
        Kind::ContainerImage { digest, .. } => Some(digest.clone()),
        _ => None,
    })
}

fn function_name(subject: &Subject) -> Values<'_> {
    of_kind(subject, |kind| match kind {
        Kind::Function { name, .. } => Some(name.clone()),
        _ => None,
    })
}

fn machine_image_id(subject: &Subject) -> Values<'_> {
    of_kind(subject, |kind| match kind {
        Kind::MachineImage { id } => Some(id.clone()),
        _ => None,
    })
}

fn registry(subject: &Subject) -> Values<'_> {
    if subject.finding.repository.is_empty() {
        Vec::new()
    } else {
        one(&subject.finding.account)
    }
}

fn exploit_available(subject: &Subject) -> Values<'_> {
    one(if subject.is_exploited { "YES" } else { "NO" })
}

/// Each text field with its values; a field without values is one that no finding here has.
pub(super) const TEXTS: &[TextField] = &[
    (|c| &c.aws_account_id, |s| one(&s.finding.account)),
    (|c| &c.cloud_image_architecture, none),
    (|c| &c.cloud_image_digest, digest),
    (|c| &c.cloud_image_registry, registry),
    (
        |c| &c.cloud_image_repository_name,
        |s| one(&s.finding.repository),
    ),
    (|c| &c.cloud_image_tags, none),
    (|c| &c.cloud_provider, |_| one("AWS")),
    (
        |c| &c.cloud_provider_account_id,
        |s| one(&s.finding.account),
    ),
    (|c| &c.cloud_provider_org_id, none),
    (|c| &c.cloud_provider_region, |s| one(&s.finding.region)),
    (|c| &c.cloud_serverless_function_execution_role, none),
    (|c| &c.cloud_serverless_function_name, function_name),
    (|c| &c.cloud_serverless_function_runtime, none),
    (|c| &c.cloud_vm_image_reference, none),
    (|c| &c.cloud_vm_network_id, none),
    (|c| &c.cloud_vm_subnet_ids, none),
    (|c| &c.code_repository_project_name, none),
    (|c| &c.code_repository_provider_type, none),
    (|c| &c.code_vulnerability_detector_name, none),
    (|c| &c.code_vulnerability_detector_tags, none),
    (|c| &c.code_vulnerability_file_path, none),
    (|c| &c.component_id, none),
    (|c| &c.component_type, none),
    (|c| &c.ec2_instance_image_id, none),
    (|c| &c.ec2_instance_subnet_id, none),
    (|c| &c.ec2_instance_vpc_id, none),
    (|c| &c.ecr_image_architecture, none),
    (|c| &c.ecr_image_hash, digest),
    (|c| &c.ecr_image_registry, registry),
    (
        |c| &c.ecr_image_repository_name,
        |s| one(&s.finding.repository),
    ),
    (|c| &c.ecr_image_tags, none),
    (|c| &c.exploit_available, exploit_available),
    (|c| &c.finding_arn, |s| one(&s.finding.arn)),
    (|c| &c.finding_status, |s| one(s.finding.status.as_str())),
    (|c| &c.finding_type, |_| one("PACKAGE_VULNERABILITY")),
    (
        |c| &c.fix_available,
        |s| one(s.finding.fix_available().as_str()),
    ),
    (|c| &c.lambda_function_execution_role_arn, none),
    (|c| &c.lambda_function_layers, none),
    (|c| &c.lambda_function_name, function_name),
    (|c| &c.lambda_function_runtime, none),
    (|c| &c.machine_image_id, machine_image_id),
    (|c| &c.machine_image_name, none),
    (|c| &c.machine_image_owner_account_id, none),
    (|c| &c.machine_image_platform, none),
    (|c| &c.network_protocol, none),
    (
        |c| &c.related_vulnerabilities,
        |s| {
            s.finding
                .matched
                .related
                .iter()
                .map(|id| Cow::Borrowed(id.as_str()))
                .collect()
        },
    ),
    (|c| &c.resource_id, |s| one(&s.finding.resource_id)),
    (|c| &c.resource_type, |s| one(&s.finding.resource_type)),
    (|c| &c.severity, |s| one(s.finding.severity.as_str())),
    (|c| &c.title, |s| vec![Cow::Owned(s.finding.title())]),
    (|c| &c.vendor_severity, |s| one(&s.finding.vendor_severity)),
    (|c| &c.vulnerability_id, |s| one(&s.finding.vulnerability)),
    (|c| &c.vulnerability_source, |s| one(&s.finding.source)),
];

pub(super) const NUMBERS: &[NumberField] = &[
    (
        "cloudImageInUseCount",
        |c| &c.cloud_image_in_use_count,
        |_| None,
    ),
    (
        "ecrImageInUseCount",
        |c| &c.ecr_image_in_use_count,
        |_| None,
    ),
    ("epssScore", |c| &c.epss_score, |s| s.epss),
    (
        "inspectorScore",
        |c| &c.inspector_score,
        |s| s.finding.score(),
    ),
];

pub(super) const DATES: &[DateField] = &[
    (|c| &c.cloud_image_last_in_use_at, |_| None),
    (|c| &c.cloud_image_pushed_at, |_| None),
    (|c| &c.cloud_serverless_function_last_modified_at, |_| None),
    (|c| &c.ecr_image_last_in_use_at, |_| None),
    (|c| &c.ecr_image_pushed_at, |_| None),
    (
        |c| &c.first_observed_at,
        |s| Some(s.finding.first_observed_ms),
    ),
    (|c| &c.lambda_function_last_modified_at, |_| None),
    (
        |c| &c.last_observed_at,
        |s| Some(s.finding.last_observed_ms),
    ),
    (|c| &c.updated_at, |s| Some(s.finding.updated_ms)),
];
