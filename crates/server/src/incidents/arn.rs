//! The ARNs of Incident Manager: their region is empty, since the data is in all regions of the set.

use crate::failure::Failure;

/// What an ARN of this service names.
#[derive(Debug, PartialEq)]
pub enum Resource<'a> {
    ReplicationSet { id: &'a str },
    ResponsePlan { name: &'a str },
    Incident { plan: &'a str, id: &'a str },
}

/// The account and resource of an ARN, if it is one of this service.
pub fn parse(arn: &str) -> Option<(&str, Resource<'_>)> {
    let mut fields = arn.splitn(6, ':');
    let (prefix, _partition, service) = (fields.next()?, fields.next()?, fields.next()?);
    let (_region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
    if prefix != "arn" || service != "ssm-incidents" {
        return None;
    }
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
    format!("arn:aws:ssm-incidents::{account}:replication-set/{id}")
}

pub fn response_plan(account: &str, name: &str) -> String {
    format!("arn:aws:ssm-incidents::{account}:response-plan/{name}")
}

pub fn incident(account: &str, plan: &str, id: &str) -> String {
    format!("arn:aws:ssm-incidents::{account}:incident-record/{plan}/{id}")
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
            ("plan", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
