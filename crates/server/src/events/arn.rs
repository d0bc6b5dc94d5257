//! The ARNs that rules deal with: their own, their targets' and the roles'.

use crate::context::Ctx;
use crate::failure::Failure;

/// Characters that an ARN may have where Incident Manager keeps it.
const ARN_LENGTH_MAX: usize = 1000;

pub fn rule(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:events:{region}:{account}:rule/{name}")
}

/// The parts of an ARN of a partition that the models know.
#[derive(Debug, PartialEq)]
pub struct Parts<'a> {
    pub partition: &'a str,
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    pub resource: &'a str,
}

/// Takes an ARN apart; `None` where the text is none.
pub fn parse(text: &str) -> Option<Parts<'_>> {
    let mut fields = text.splitn(6, ':');
    let (prefix, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
    let (region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
    let plain = |text: &str| {
        let mut bytes = text.bytes();
        bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let sound = prefix == "arn"
        && ["aws", "aws-cn", "aws-us-gov"].contains(&partition)
        && [service, region].into_iter().all(plain)
        && (account.is_empty() || is_account(account))
        && !resource.is_empty()
        // The ARN of a trigger is a key, and no engine keeps every character in one.
        && !resource.contains(char::is_control)
        && text.chars().count() <= ARN_LENGTH_MAX;
    sound.then_some(Parts {
        partition,
        service,
        region,
        account,
        resource,
    })
}

/// Whether a text is a response plan of this account, the one kind of target there is.
pub fn is_plan_of(account: &str, text: &str) -> bool {
    parse(text).is_some_and(|arn| {
        let name = arn.resource.strip_prefix("response-plan/");
        let owned = arn.service == "ssm-incidents" && arn.account == account;
        // Incident Manager has its plans in this partition alone, as their ARNs say.
        let placed = arn.partition == "aws" && arn.region.is_empty();
        owned && placed && name.is_some_and(is_name)
    })
}

/// Roles are kept and shown as who opened an incident, so they must be ARNs of roles.
pub fn check_role(path: &str, text: Option<&str>) -> Result<(), Failure> {
    let is_role = |text: &str| {
        parse(text).is_some_and(|arn| {
            let owned = arn.service == "iam" && is_account(arn.account);
            owned && arn.region.is_empty() && arn.resource.starts_with("role/")
        })
    };
    if text.is_none_or(is_role) {
        return Ok(());
    }
    let rule = "Member must be the ARN of a role, such as arn:aws:iam::111122223333:role/name";
    Err(Failure::invalid(path, rule))
}

/// There is one event bus, the default one.
pub fn must_be_default_bus(ctx: &Ctx<'_, '_>, bus: Option<&str>) -> Result<(), Failure> {
    match bus {
        Some(bus) if !is_default_bus(ctx, bus) => Err(Failure::not_found("EVENT_BUS", bus)),
        _ => Ok(()),
    }
}

/// Whether this is the name or the ARN of the default event bus.
pub fn is_default_bus(ctx: &Ctx<'_, '_>, bus: &str) -> bool {
    let (region, account) = (ctx.region, ctx.account());
    bus == "default" || bus == format!("arn:aws:events:{region}:{account}:event-bus/default")
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let allowed = bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (1..=200).contains(&text.len()) && allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_plans_are_targets() {
        for (text, expected) in [
            (
                "arn:aws:ssm-incidents::111122223333:response-plan/shop-down",
                true,
            ),
            (
                "arn:aws-cn:ssm-incidents::111122223333:response-plan/a",
                false,
            ),
            ("arn:aws:ssm-incidents::111122224444:response-plan/a", false),
            (
                "arn:aws:ssm-incidents:eu-west-1:111122223333:response-plan/a",
                false,
            ),
            ("arn:aws:ssm-incidents::111122223333:response-plan/", false),
            (
                "arn:aws:ssm-incidents::111122223333:response-plan/a b",
                false,
            ),
            (
                "arn:aws:ssm-incidents::111122223333:incident-record/a/b",
                false,
            ),
            ("arn:aws:lambda:eu-west-1:111122223333:function:a", false),
            (
                "arn:other:ssm-incidents::111122223333:response-plan/a",
                false,
            ),
            ("shop-down", false),
        ] {
            assert_eq!(is_plan_of("111122223333", text), expected, "{text}");
        }
    }

    #[test]
    fn roles_are_roles() {
        for (text, expected) in [
            ("arn:aws:iam::111122223333:role/events", true),
            ("arn:aws:iam::111122223333:role/path/events", true),
            ("arn:aws:iam::111122223333:user/a", false),
            ("arn:aws:iam:::role/a", false),
            ("role", false),
        ] {
            assert_eq!(
                check_role("/RoleArn", Some(text)).is_ok(),
                expected,
                "{text}"
            );
        }
    }
}
