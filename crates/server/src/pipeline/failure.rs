//! Makes a service's error of a failure: the only place where errors get their name and body.

use balefire_api::rest_json::Answer;
use balefire_api::shape::{Shape, Structure};
use balefire_api::{ErrorSpec, Node, Protocol, Rejection, Service, Spec, Violation};

use crate::failure::Failure;

/// An error on its way to the client.
pub struct Refused<'a> {
    pub service: &'a Service,
    /// Known once the request is routed.
    pub spec: Option<&'a Spec>,
    pub request_id: &'a str,
}

const PATTERN: &str = "InvalidEventPatternException";

/// Some operations have quotas and list no error of their own for them.
const QUOTA: [&str; 3] = [
    "ServiceQuotaExceededException",
    "LimitExceededException",
    "ValidationException",
];

/// The names a kind of failure may have in a model, the first that the operation lists wins, and what
/// it is called where the operation lists none of them.
fn names(failure: &Failure) -> (&'static [&'static str], &'static str, u16) {
    match failure {
        Failure::NotFound {
            kind: "ORGANIZATION",
            ..
        } => (
            &["OrganizationNotFoundException"],
            "OrganizationNotFoundException",
            400,
        ),
        Failure::NotFound {
            kind: "ORGANIZATIONAL_UNIT",
            ..
        } => (
            &["OrganizationalUnitNotFoundException"],
            "OrganizationalUnitNotFoundException",
            400,
        ),
        Failure::NotFound { .. } => (
            &["ResourceNotFoundException"],
            "ResourceNotFoundException",
            404,
        ),
        Failure::Conflict { .. } => (
            &[
                "ConflictException",
                "ResourceConflictException",
                "BadRequestException",
            ],
            "ConflictException",
            409,
        ),
        Failure::Invalid(_) | Failure::Unsettled(_) => (
            &[
                "ValidationException",
                "InvalidInputException",
                "BadRequestException",
            ],
            "ValidationException",
            400,
        ),
        Failure::Pattern(_) => (&[PATTERN], PATTERN, 400),
        Failure::Limit { .. } => (&QUOTA, "ServiceQuotaExceededException", 402),
        Failure::Denied(_) => (
            &["AccessDeniedException", "InvalidAccessException"],
            "AccessDeniedException",
            403,
        ),
        Failure::NotSubscribed(_) => (
            &["InvalidAccessException", "AccessDeniedException"],
            "InvalidAccessException",
            401,
        ),
        Failure::Throttled | Failure::Reading | Failure::RateExceeded { .. } => (
            &["ThrottlingException", "TooManyRequestsException"],
            "ThrottlingException",
            429,
        ),
        Failure::Internal(_) | Failure::Store(_) => (
            &[
                "InternalServerException",
                "InternalException",
                "InternalServerError",
            ],
            "InternalFailure",
            500,
        ),
    }
}

impl Refused<'_> {
    /// A failure of the operation.
    pub fn failure(&self, failure: &Failure) -> Answer {
        match failure {
            Failure::Internal(text) => tracing::error!(request = self.request_id, "{text}"),
            Failure::Store(error) => {
                tracing::error!(request = self.request_id, "the store: {error}")
            }
            _ => {}
        }
        let (candidates, common, status) = names(failure);
        let modelled = candidates.iter().find_map(|name| self.spec?.error(name));
        match modelled.or_else(|| self.of_first_version(failure)) {
            Some(error) => self.modelled(error, failure),
            None => self.plain(common, status, &failure.message()),
        }
    }

    /// Operations of Security Hub's first version have one word for a bad input, also the few that list none.
    fn of_first_version(&self, failure: &Failure) -> Option<&'static ErrorSpec> {
        let is_input = matches!(failure, Failure::Invalid(_) | Failure::Unsettled(_));
        let is_first =
            self.service.name == "securityhub" && self.spec?.error("InternalException").is_some();
        let mut all = self.service.operations.iter();
        (is_input && is_first)
            .then(|| all.find_map(|spec| spec.error("InvalidInputException")))
            .flatten()
    }

    /// A request that could not be read.
    pub fn rejection(&self, rejection: Rejection) -> Answer {
        match rejection {
            Rejection::Validation(violations) => self.failure(&Failure::Invalid(violations)),
            other => {
                let (name, status) = other.code();
                self.plain(name, status, &other.message())
            }
        }
    }

    /// An error that no model lists: those of the signature, of routing and of the transport.
    pub fn plain(&self, name: &str, status: u16, message: &str) -> Answer {
        if self.service.protocol == Protocol::AwsQuery {
            return balefire_api::aws_query::encode_error(
                name,
                status,
                message,
                STS,
                self.request_id,
            );
        }
        let member = if self.service.name == "securityhub" {
            "Message"
        } else {
            "message"
        };
        let body = serde_json::json!({"__type": name, member: message});
        let media_type = match self.service.protocol {
            Protocol::AwsJson => "application/x-amz-json-1.1",
            _ => "application/json",
        };
        Answer {
            status,
            headers: vec![
                ("Content-Type".into(), media_type.into()),
                ("X-Amzn-Errortype".into(), name.into()),
            ],
            body: body.to_string().into_bytes(),
        }
    }

    fn modelled(&self, error: &'static ErrorSpec, failure: &Failure) -> Answer {
        // EventBridge's errors have no members in the model, and a message on the wire.
        if error.structure.members.is_empty() {
            return self.plain(error.name, error.status, &failure.message());
        }
        let facts = Facts {
            failure,
            error,
            service: self.service,
        };
        let node = facts.node(error.structure);
        match self.service.protocol {
            Protocol::RestJson => balefire_api::rest_json::encode_error(error, &node),
            Protocol::AwsJson => balefire_api::aws_json::encode_error(error, &node),
            Protocol::AwsQuery => self.plain(error.name, error.status, &failure.message()),
        }
    }
}

pub const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// What is known of a failure, by the names that error shapes use.
struct Facts<'a> {
    failure: &'a Failure,
    error: &'a ErrorSpec,
    service: &'a Service,
}

impl Facts<'_> {
    fn node(&self, structure: &Structure) -> Node {
        Node::Structure(
            structure
                .members
                .iter()
                .map(|member| self.member(member.name, member.shape))
                .collect(),
        )
    }

    fn member(&self, name: &str, shape: &Shape) -> Option<Node> {
        let (kind, id) = match self.failure {
            Failure::NotFound { kind, id }
            | Failure::Conflict { kind, id, .. }
            | Failure::Limit { kind, id, .. } => (Some(*kind), Some(id.as_str())),
            _ => (None, None),
        };
        let text = match (name, self.failure) {
            ("message" | "Message", _) => Some(self.failure.message()),
            // Security Hub repeats the error's name here, and old clients read it.
            ("Code", _) => Some(self.error.name.to_owned()),
            ("resourceIdentifier" | "resourceId" | "ResourceId", _) => id.map(str::to_owned),
            ("resourceType" | "ResourceType", _) => kind.map(str::to_owned),
            (
                "quotaCode" | "QuotaCode",
                Failure::Limit { quota, .. } | Failure::RateExceeded { quota, .. },
            ) => Some((*quota).to_owned()),
            ("quotaCode" | "QuotaCode", Failure::Throttled | Failure::Reading) => {
                Some("REQUESTS_WAITING".into())
            }
            ("serviceCode" | "ServiceCode", _) => Some(self.service.name.to_owned()),
            ("reason" | "Reason", Failure::Invalid(_)) => Some("FIELD_VALIDATION_FAILED".into()),
            _ => None,
        };
        match (shape, text) {
            (Shape::Text(allowed), Some(text)) => {
                let known = allowed
                    .values
                    .is_none_or(|values| values.contains(&text.as_str()));
                known.then_some(Node::Text(text))
            }
            (Shape::List(list), None) if matches!(name, "fields" | "fieldList") => {
                match (list.item, self.failure) {
                    (Shape::Structure(item), Failure::Invalid(violations)) => Some(Node::List(
                        violations
                            .iter()
                            .map(|violation| field(item, violation))
                            .collect(),
                    )),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn field(structure: &Structure, violation: &Violation) -> Node {
    let slots = structure.members.iter().map(|member| match member.name {
        "name" | "Name" | "path" => Some(Node::Text(
            violation.path.trim_start_matches('/').replace('/', "."),
        )),
        "message" | "Message" => Some(Node::Text(violation.message.clone())),
        _ => None,
    });
    Node::Structure(slots.collect())
}

#[cfg(test)]
mod tests {
    use balefire_api::Operation;
    use balefire_api::generated::securityhub::operations as op;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_first_version_has_one_word_for_a_bad_input() {
        let first = json!({"Message": "no", "Code": "InvalidInputException"});
        for (spec, name) in [
            (op::GetFindings::spec(), "InvalidInputException"),
            (op::EnableSecurityHub::spec(), "InvalidInputException"),
            (op::DisableSecurityHub::spec(), "InvalidInputException"),
            (
                op::ListEnabledProductsForImport::spec(),
                "InvalidInputException",
            ),
            (op::EnableSecurityHubV2::spec(), "ValidationException"),
        ] {
            let refused = Refused {
                service: &op::SERVICE,
                spec: Some(spec),
                request_id: "",
            };
            let answer = refused.failure(&Failure::invalid("/MaxResults", "no"));
            let named = answer
                .headers
                .iter()
                .find(|(header, _)| header == "X-Amzn-Errortype");
            assert_eq!(
                (answer.status, &*named.unwrap().1),
                (400, name),
                "{}",
                spec.name
            );
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            let members = |body: &Value| {
                body.as_object()
                    .unwrap()
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            };
            if name == first["Code"] {
                assert_eq!(
                    (members(&body), &body["Code"]),
                    (members(&first), &first["Code"])
                );
            }
        }
    }
}
