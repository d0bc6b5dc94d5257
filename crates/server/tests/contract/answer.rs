//! An answer as a client sees it, and what every error must look like.

use balefire_api::rest_json;
use balefire_api::shape::Location;
use balefire_api::{Protocol, Spec, json};
use serde_json::Value;

use crate::modelled::Modelled;

/// Errors that no model lists and any operation may give: name and status.
const UNMODELLED: &[(&str, u16)] = &[
    ("IncompleteSignatureException", 403),
    ("InvalidSignatureException", 403),
    ("MissingAuthenticationTokenException", 403),
    ("NotAcceptableException", 406),
    ("NotImplementedException", 501),
    ("SerializationException", 400),
    ("ThrottlingException", 429),
    ("UnknownOperationException", 404),
    ("UnrecognizedClientException", 403),
    ("UnsupportedMediaTypeException", 415),
];

/// The names that a constraint's error has in the models; the first that an operation lists counts.
const VALIDATION: &[&str] = &[
    "ValidationException",
    "InvalidInputException",
    "BadRequestException",
];

const JSON_TYPES: &[&str] = &["application/json", "application/x-amz-json-1.1"];

pub struct Answered {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn new(answer: rest_json::Answer) -> Answered {
        Answered {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The error's name, empty where there is none.
    pub fn error(&self) -> &str {
        self.header("X-Amzn-Errortype").unwrap_or_default()
    }

    /// The body, `null` where it is empty.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body is not JSON ({error}): {}",
                String::from_utf8_lossy(&self.body)
            )
        })
    }

    /// The error's message, or the whole body.
    pub fn message(&self) -> String {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let Ok(body) = serde_json::from_str::<Value>(&text) else {
            return text;
        };
        let message = body.get("message").or_else(|| body.get("Message"));
        message.and_then(Value::as_str).map_or(text, str::to_owned)
    }

    /// An error has its name in the header, a body of the protocol with a message, and is one that
    /// the operation's model lists, in the form the model says, or one of the few common ones.
    pub fn check_error(&self, operation: Option<&Modelled>, about: &dyn Fn() -> String) {
        if self.status < 400 {
            assert_eq!(self.error(), "", "{}: a success with an error", about());
            return;
        }
        let name = self.error();
        let text = String::from_utf8_lossy(&self.body);
        let context = || format!("{}: {} {name} {text}", about(), self.status);
        assert!(!name.is_empty(), "no X-Amzn-Errortype: {}", context());
        let media_type = self.header("Content-Type").unwrap_or_default();
        // Before the service is known, a refusal is in the form that most clients read.
        let wanted = operation.filter(|_| self.status != 403).map(media_type_of);
        assert!(
            wanted.is_none_or(|wanted| wanted == media_type),
            "{}",
            context()
        );
        if media_type == "text/xml" {
            assert!(
                text.contains(&format!("<Code>{name}</Code>")),
                "{}",
                context()
            );
            return;
        }
        assert!(JSON_TYPES.contains(&media_type), "{}", context());
        let body = self.json();
        let message = body.get("message").or_else(|| body.get("Message"));
        let message = message.and_then(Value::as_str).unwrap_or_default();
        assert!(!message.is_empty(), "no message: {}", context());
        match operation.and_then(|operation| operation.spec) {
            Some(spec) => self.check_modelled(spec, &context),
            None => assert!(self.is_unmodelled(None), "listed nowhere: {}", context()),
        }
    }

    fn check_modelled(&self, spec: &Spec, context: &dyn Fn() -> String) {
        let Some(error) = spec.error(self.error()) else {
            assert!(
                self.is_unmodelled(Some(spec)),
                "not modelled: {}",
                context()
            );
            return;
        };
        assert_eq!(self.status, error.status, "{}", context());
        let node = json::read(error.structure, &self.body).unwrap_or_else(|rejection| {
            panic!("{}: {}", rejection.message(), context());
        });
        let in_body = |path: &str| {
            let name = path.trim_start_matches('/').split('/').next();
            let members = error.structure.members.iter();
            members
                .filter(|member| member.location == Location::Body)
                .any(|member| Some(member.name) == name)
        };
        let violations = balefire_api::check::check(error.structure, &node);
        let broken: Vec<_> = violations.iter().filter(|v| in_body(&v.path)).collect();
        assert!(broken.is_empty(), "{broken:?}: {}", context());
    }

    fn is_unmodelled(&self, spec: Option<&Spec>) -> bool {
        let (name, status) = (self.error(), self.status);
        UNMODELLED.contains(&(name, status))
            || spec.is_some_and(|spec| (name, status) == (validation(spec), 400))
    }
}

fn media_type_of(operation: &Modelled) -> &'static str {
    match operation.protocol() {
        Protocol::RestJson => JSON_TYPES[0],
        Protocol::AwsJson => JSON_TYPES[1],
        Protocol::AwsQuery => "text/xml",
    }
}

/// What an operation calls an input that breaks a constraint of its model. Those of Security Hub's first
/// version that list no such error have its word for it.
pub fn validation(spec: &Spec) -> &'static str {
    let mut names = VALIDATION.iter();
    let listed = names.find(|name| spec.error(name).is_some());
    let is_first = spec.service == "securityhub" && spec.error("InternalException").is_some();
    let unlisted = if is_first {
        "InvalidInputException"
    } else {
        "ValidationException"
    };
    listed.copied().unwrap_or(unlisted)
}
