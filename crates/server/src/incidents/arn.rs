//! The ARNs of Incident Manager: their region is empty, since the data is in all regions of the set.

use crate::failure::Failure;

/// What an ARN of this service names.
#[derive(Debug, PartialEq)]
pub enum Resource<'a> {
    ReplicationSet { id: &'a str },
    ResponsePlan { name: &'a str },
    Incident { plan: &'a str, id: &'a str },
}

/// What all ARNs of the service begin with.
pub const PREFIX: &str = "arn:aws:ssm-incidents::";

/// The account and resource of an ARN, if it is one of this service.
///
/// Invariant: no two texts name the same resource, since tags and policies are kept by the text.
pub fn parse(arn: &str) -> Option<(&str, Resource<'_>)> {
    let (account, resource) = arn.strip_prefix(PREFIX)?.split_once(':')?;
    let (kind, rest) = resource.split_once('/')?;
    let resource = match kind {
        "replication-set" => Resource::ReplicationSet { id: rest },
        "response-plan" => Resource::ResponsePlan { name: rest },
        "incident-record" => {
            let (plan, id) = rest.rsplit_once('/')?;
            Resource::Incident { plan, id }
        }
        _ => return None,
    };
    Some((account, resource))
}

pub fn replication_set(account: &str, id: &str) -> String {
    format!("{PREFIX}{account}:replication-set/{id}")
}

pub fn response_plan(account: &str, name: &str) -> String {
    format!("{PREFIX}{account}:response-plan/{name}")
}

pub fn incident(account: &str, plan: &str, id: &str) -> String {
    format!("{PREFIX}{account}:incident-record/{plan}/{id}")
}

/// The failure for an ARN that names something else.
pub fn not_an_arn(path: &str, of: &str, form: &str) -> Failure {
    Failure::invalid(
        path,
        format_args!("Member must be the ARN of {of}, such as {form}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_taken_apart() {
        for (text, expected) in [
            (
                "arn:aws:ssm-incidents::111122223333:incident-record/plan/0001",
                Some((
                    "111122223333",
                    Resource::Incident {
                        plan: "plan",
                        id: "0001",
                    },
                )),
            ),
            (
                "arn:aws:ssm-incidents::111122223333:response-plan/plan",
                Some(("111122223333", Resource::ResponsePlan { name: "plan" })),
            ),
            (
                "arn:aws:ssm-incidents::111122223333:incident-record/plan",
                None,
            ),
            (
                "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/a",
                None,
            ),
            (
                "arn:aws:ssm-incidents:eu-west-1:111122223333:response-plan/plan",
                None,
            ),
            (
                "arn:aws-cn:ssm-incidents::111122223333:response-plan/plan",
                None,
            ),
            ("plan", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
