//! Hooks as senders meet them: a real store and pipeline, requests in and JSON out.

mod alertmanager;
mod deployment;
mod entry;
mod findings;
mod generic;
mod settings;

use std::io::Write;

use anyhow::Result;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::Hooks;
use crate::configuration::Configuration;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const SERVICE: &str = "ssm-incidents";
const TOKEN: &str = "a-token-of-the-tests";
const SECRET: &str = "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3Rz";
const PLAN: &str = "arn:aws:ssm-incidents::222222222222:response-plan/plan";

/// A server with one plan, which is the member's, and hooks to it.
struct Site {
    testing: Testing,
    hooks: Hooks,
}

/// What a sender got.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Site {
    fn new() -> Site {
        let testing = Testing::new();
        let (token, secret) = (file(TOKEN), file(SECRET));
        let (token, secret) = (token.path().display(), secret.path().display());
        let plan = format!("account = \"{MEMBER}\"\nregion = \"{REGION}\"\nplan = \"{PLAN}\"\n");
        let text = format!(
            "[hooks.alerts]\nkind = \"alertmanager\"\n{plan}token.file = \"{token}\"\n\
             [hooks.closing]\nkind = \"alertmanager\"\nauto_resolve = true\n\
             {plan}token.file = \"{token}\"\n\
             [hooks.any]\nkind = \"generic\"\n{plan}token.file = \"{token}\"\nsecret.file = \"{secret}\"\n\
             [hooks.releases]\nkind = \"deployment\"\naccount = \"{MEMBER}\"\nregion = \"{REGION}\"\n\
             token.file = \"{token}\"\n\
             [hooks.reports]\nkind = \"findings\"\naccount = \"{MEMBER}\"\nregion = \"{REGION}\"\n\
             token.file = \"{token}\"\n"
        );
        let hooks = open(&testing, &text).unwrap();
        let site = Site { testing, hooks };
        site.call("CreateReplicationSet", json!({"regions": {REGION: {}}}));
        let template = json!({"title": "The plan's", "impact": 3});
        site.call(
            "CreateResponsePlan",
            json!({"name": "plan", "incidentTemplate": template}),
        );
        site
    }

    /// Calls an operation as the member.
    fn call(&self, operation: &str, input: Value) -> Value {
        let answer = self.testing.call_as(MEMBER, SERVICE, operation, input);
        answer.unwrap_or_else(|failure| panic!("{operation}: {failure:?}"))
    }

    fn send<B: AsRef<[u8]>>(&self, request: Request<B>) -> Got {
        let (parts, body) = request.into_parts();
        self.testing.wait(async {
            let answer = self.hooks.answer(&parts, body.as_ref(), "request-1").await;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Got {
                status: parts.status,
                headers: parts.headers,
                body: serde_json::from_slice(&body).unwrap(),
            }
        })
    }

    fn post(&self, hook: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut request = Request::post(format!("/hooks/{hook}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body).unwrap())
    }

    /// Posts with the right token what must be taken.
    fn tell(&self, hook: &str, body: &Value) -> Value {
        let authorization = format!("Bearer {TOKEN}");
        let got = self.post(
            hook,
            &[("authorization", &authorization)],
            &body.to_string(),
        );
        assert_eq!(got.status, StatusCode::OK, "{}", got.body);
        got.body
    }

    /// Posts with the right token what must be refused, and gives the reason.
    fn wrong(&self, hook: &str, body: &str) -> String {
        let authorization = format!("Bearer {TOKEN}");
        let got = self.post(hook, &[("authorization", &authorization)], body);
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{body}: {}", got.body);
        got.body["error"].as_str().unwrap().to_owned()
    }

    fn record(&self, answer: &Value) -> Value {
        let arn = json!({"arn": answer["incident"]});
        self.call("GetIncidentRecord", arn)["incidentRecord"].clone()
    }

    /// How many events of a type an incident has.
    fn events(&self, answer: &Value, kind: &str) -> usize {
        let input = json!({"incidentRecordArn": answer["incident"]});
        let listed = self.call("ListTimelineEvents", input);
        let events = listed["eventSummaries"].as_array().unwrap().iter();
        events.filter(|event| event["eventType"] == kind).count()
    }

    /// The related items as pairs of type and value.
    fn items(&self, answer: &Value) -> Vec<(String, String)> {
        let input = json!({"incidentRecordArn": answer["incident"]});
        let listed = self.call("ListRelatedItems", input);
        let items = listed["relatedItems"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items
            .map(|item| {
                let value = item["identifier"]["value"].as_object().unwrap();
                let kind = text(&item["identifier"]["type"]);
                (kind, text(value.values().next().unwrap()))
            })
            .collect()
    }

    fn incidents(&self) -> usize {
        let listed = self.call("ListIncidentRecords", json!({}));
        listed["incidentRecordSummaries"].as_array().unwrap().len()
    }
}

/// The hooks of a configuration's text.
fn open(testing: &Testing, text: &str) -> Result<Hooks> {
    let sections = Configuration::parse(text)?.hooks;
    let (pipeline, clock) = (testing.pipeline.clone(), testing.clock.clone());
    Hooks::new(pipeline, clock, ADMINISTRATOR, &sections)
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}
