//! The plain form of a deployment, which any pipeline can send.

use balefire_api::Timestamp;
use serde_json::{Map, Value};

use super::{ARN_RULE, ID_LENGTH_MAX, ID_RULE, Kind, Told, group_arn, is_key, is_visible};
use crate::events::{Event, arn};

const MEMBERS: [&str; 9] = [
    "id",
    "service",
    "environment",
    "resource",
    "kind",
    "status",
    "time",
    "url",
    "resources",
];
/// Characters of the name of a service or an environment.
const NAME_LENGTH_MAX: usize = 100;
/// Resources that one event may name.
const RESOURCES_MAX: usize = 50;
const URL_LENGTH_MAX: usize = 2000;
/// The environment of a service that has one only.
const ENVIRONMENT: &str = "default";

pub fn read(event: &Event) -> Result<Told, String> {
    let Value::Object(members) = &event.detail else {
        return Err("the form must be a JSON object".into());
    };
    if let Some(name) = members
        .keys()
        .find(|name| !MEMBERS.contains(&name.as_str()))
    {
        let known = MEMBERS.join(", ");
        return Err(format!(
            "'{name}' is no member of a deployment; there are {known}"
        ));
    }
    let form = Form { members, event };
    let (kind, resource) = form.what()?;
    let (status, ended) = form.status()?;
    Ok(Told {
        kind,
        resource,
        id: form.id()?,
        resources: form.resources()?,
        status,
        ended,
        at_ms: form.at_ms()?,
        is_dated: event.is_dated || form.text("time")?.is_some(),
        url: form.url()?,
    })
}

struct Form<'a> {
    members: &'a Map<String, Value>,
    event: &'a Event,
}

impl Form<'_> {
    /// What was deployed: by its ARN, or by the names of a service and its environment.
    fn what(&self) -> Result<(Kind, String), String> {
        let kind = match self.text("kind")? {
            None => None,
            Some("code") => Some(Kind::CodeDeploy),
            Some("stack") => Some(Kind::CloudFormation),
            Some(other) => return Err(format!("kind must be 'code' or 'stack', not '{other}'")),
        };
        match (self.text("service")?, self.text("resource")?) {
            (Some(service), None) => {
                let kind = kind.unwrap_or(Kind::CodeDeploy);
                Ok((kind, self.arn_of(kind, service)?))
            }
            (None, Some(_)) if self.text("environment")?.is_some() => {
                Err("environment goes with service; a resource has none".into())
            }
            (None, Some(resource)) if is_key(resource) => {
                Ok((kind.unwrap_or_else(|| kind_of(resource)), resource.into()))
            }
            (None, Some(resource)) => Err(format!("resource {ARN_RULE}; it is '{resource}'")),
            (Some(_), Some(_)) => Err(
                "service and resource are both there: give service, a name, or resource, an ARN"
                    .into(),
            ),
            (None, None) => {
                Err("either service, a name, or resource, an ARN, must be there".into())
            }
        }
    }

    fn arn_of(&self, kind: Kind, service: &str) -> Result<String, String> {
        // Only the service may have slashes, so that no two pairs have one ARN.
        if !is_name(service, true) {
            return Err(format!(
                "service must have 1 to {NAME_LENGTH_MAX} letters, digits or . _ + = , @ - /, such as \
                 'shop' or 'acme/shop'; an ARN is given as resource"
            ));
        }
        let environment = self.text("environment")?.unwrap_or(ENVIRONMENT);
        if !is_name(environment, false) {
            return Err(format!(
                "environment must have 1 to {NAME_LENGTH_MAX} letters, digits or . _ + = , @ -, \
                 such as 'production'"
            ));
        }
        let (region, account) = (&self.event.region, &self.event.account);
        Ok(match kind {
            Kind::CodeDeploy => group_arn(region, account, service, environment),
            Kind::CloudFormation => {
                format!("arn:aws:cloudformation:{region}:{account}:stack/{service}/{environment}")
            }
        })
    }

    fn id(&self) -> Result<String, String> {
        match self.text("id")? {
            Some(id) if !id.is_empty() && id.len() <= ID_LENGTH_MAX && is_visible(id) => {
                Ok(id.into())
            }
            Some(id) if !id.is_empty() => Err(format!("id {ID_RULE}")),
            _ => Err(
                "id must be there: what tells this deployment from others of the same service"
                    .into(),
            ),
        }
    }

    fn status(&self) -> Result<(String, bool), String> {
        match self.text("status")? {
            Some(status @ "started") => Ok((status.into(), false)),
            Some(status @ ("succeeded" | "failed")) => Ok((status.into(), true)),
            Some(other) => Err(format!(
                "status must be 'started', 'succeeded' or 'failed', not '{other}'"
            )),
            None => Err("status must be there: 'started', 'succeeded' or 'failed'".into()),
        }
    }

    /// Without a time of its own, the event's.
    fn at_ms(&self) -> Result<i64, String> {
        let Some(text) = self.text("time")? else {
            return Ok(self.event.at_ms);
        };
        let time = Timestamp::parse_with_offset(text).ok_or_else(|| {
            format!("time must be as in RFC 3339, such as 2026-01-31T12:00:00Z, not '{text}'")
        })?;
        Ok(time.0)
    }

    fn url(&self) -> Result<Option<String>, String> {
        match self.text("url")? {
            Some(url)
                if (url.starts_with("https://") || url.starts_with("http://"))
                    && url.len() <= URL_LENGTH_MAX
                    && is_visible(url) =>
            {
                Ok(Some(url.into()))
            }
            Some(_) => Err(format!(
                "url must begin with https:// or http:// and have at most {URL_LENGTH_MAX} visible characters"
            )),
            None => Ok(None),
        }
    }

    /// Those of the form, and those that the event names around it.
    fn resources(&self) -> Result<Vec<String>, String> {
        let items = match self.members.get("resources") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(items)) if items.len() <= RESOURCES_MAX => items,
            Some(_) => {
                return Err(format!(
                    "resources must be a list of at most {RESOURCES_MAX} ARNs"
                ));
            }
        };
        let around = self.event.resources.iter().filter(|arn| is_key(arn));
        let mut resources: Vec<String> = around.cloned().collect();
        for (place, item) in items.iter().enumerate() {
            match item.as_str().filter(|text| is_key(text)) {
                Some(text) => resources.push(text.into()),
                None => return Err(format!("resources[{place}] {ARN_RULE}; it is {item}")),
            }
        }
        Ok(resources)
    }

    /// A member that is a text. What is null is not there, since templates write null for nothing.
    fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{name} must be a text in quotes; it is {other}")),
        }
    }
}

fn kind_of(resource: &str) -> Kind {
    let is_stack = arn::parse(resource)
        .is_some_and(|arn| arn.service == "cloudformation" && arn.resource.starts_with("stack/"));
    match is_stack {
        true => Kind::CloudFormation,
        false => Kind::CodeDeploy,
    }
}

fn is_name(text: &str, slashes: bool) -> bool {
    let mut bytes = text.bytes();
    let allowed = bytes.all(|byte| {
        byte.is_ascii_alphanumeric() || b"._+=,@-".contains(&byte) || (slashes && byte == b'/')
    });
    (1..=NAME_LENGTH_MAX).contains(&text.len()) && allowed
}
