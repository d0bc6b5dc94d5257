//! The console as browsers meet it: a real store and pipeline, requests in and pages out.

mod entry;
mod pages;
mod privacy;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Console;
use crate::access::{Access, AccessKey, SealingKey};
use crate::context::{Caller, Clock, Ids};
use crate::pipeline::Pipeline;
use crate::settings::Settings;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const ADMINISTRATORS_KEY: &str = "AKIAADMINISTRATOR";
const MEMBERS_KEY: &str = "AKIAMEMBER";
const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";

/// A server with two accounts, each with a key.
struct Site {
    testing: Arc<Testing>,
    console: Console,
    keys: TempDir,
    runtime: tokio::runtime::Runtime,
}

/// What a browser got.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Site {
    fn new() -> Site {
        let testing = Arc::new(Testing::new());
        let keys = TempDir::new().unwrap();
        for (id, account) in [(ADMINISTRATORS_KEY, ADMINISTRATOR), (MEMBERS_KEY, MEMBER)] {
            let key = AccessKey {
                id: id.into(),
                account: account.into(),
                user_name: "tester".into(),
                sealed_secret: sealing(&keys).seal(id, SECRET).unwrap(),
                active: true,
                created_ms: 0,
            };
            let store = &testing.store;
            store
                .write_blocking(account, move |tx| tx.insert(&key))
                .unwrap()
                .unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread();
        Site {
            console: console(&testing, &keys, false),
            testing,
            keys,
            runtime: { runtime }.build().unwrap(),
        }
    }

    /// A console that has read no key yet, on the same store and with the same session secret.
    fn again(&self, secure_cookies: bool) -> Console {
        console(&self.testing, &self.keys, secure_cookies)
    }

    fn send(&self, request: Request<&str>) -> Got {
        self.send_to(&self.console, request)
    }

    fn send_to(&self, console: &Console, request: Request<&str>) -> Got {
        let (parts, body) = request.into_parts();
        let body = Bytes::copy_from_slice(body.as_bytes());
        self.runtime.block_on(async {
            let (parts, body) = console.answer(&parts, &body).await.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Got {
                status: parts.status,
                headers: parts.headers,
                body: String::from_utf8(body.into()).unwrap(),
            }
        })
    }

    /// A page for whoever holds the cookie.
    fn get(&self, cookie: &str, path: &str) -> Got {
        self.send(request(Method::GET, path, cookie, "").body("").unwrap())
    }

    /// A page that must be there.
    fn page(&self, cookie: &str, path: &str) -> String {
        let got = self.get(cookie, path);
        assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.body);
        got.body
    }

    fn post(&self, path: &str, cookie: &str, form: &str) -> Got {
        let request = request(Method::POST, path, cookie, "same-origin");
        self.send(request.body(form).unwrap())
    }

    /// Signs in by key and gives the session's cookie.
    fn sign_in(&self, key: &str) -> String {
        let form = format!("access_key_id={key}&secret_access_key={SECRET}");
        let got = self.post("/console/sign-in", "", &form);
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.body);
        got.cookie()
    }

    fn link(&self, key: &str, account: &str) -> String {
        let caller = Caller {
            account: account.into(),
            arn: String::new(),
            user_id: key.into(),
            administrator: false,
        };
        let link = self.console.sign_in_link("http://localhost:4747/", &caller);
        link.strip_prefix("http://localhost:4747")
            .unwrap()
            .to_owned()
    }

    fn call(&self, service: &str, operation: &str, input: Value) -> Value {
        self.testing.call(service, operation, input).unwrap()
    }
}

impl Got {
    /// The name and value of the cookie that was set.
    fn cookie(&self) -> String {
        let set = self.headers[SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }
}

fn sealing(keys: &TempDir) -> SealingKey {
    SealingKey::load(&keys.path().join("sealing.key")).unwrap()
}

fn clock(testing: &Arc<Testing>) -> Clock {
    let testing = testing.clone();
    Clock::from_source(move || testing.now())
}

fn console(testing: &Arc<Testing>, keys: &TempDir, secure_cookies: bool) -> Console {
    let pipeline = Pipeline::new(
        testing.store.clone(),
        Access::new(sealing(keys)),
        [7; 32],
        clock(testing),
        Ids::random(),
        Settings::default(),
        crate::operations(&std::sync::Arc::default()),
    );
    Console::new(Arc::new(pipeline), clock(testing), [9; 32], secure_cookies)
}

/// A browser's request; `site` is its `Sec-Fetch-Site`, if it sends one.
fn request(method: Method, path: &str, cookie: &str, site: &str) -> http::request::Builder {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "localhost:4747")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if !cookie.is_empty() {
        request = request.header(COOKIE, format!("other=1; {cookie}"));
    }
    if !site.is_empty() {
        request = request.header("sec-fetch-site", site);
    }
    request
}

/// An incident of the caller with a title; gives its ARN.
fn incident(site: &Site, account: &str, title: &str) -> String {
    let call = |operation: &str, input: Value| {
        let answer = site
            .testing
            .call_as(account, "ssm-incidents", operation, input);
        answer.unwrap_or_else(|failure| panic!("{operation}: {failure:?}"))
    };
    if call("ListReplicationSets", json!({}))["replicationSetArns"] == json!([]) {
        call("CreateReplicationSet", json!({"regions": {REGION: {}}}));
        let template = json!({"title": "From the plan", "impact": 2});
        call(
            "CreateResponsePlan",
            json!({"name": "plan", "incidentTemplate": template}),
        );
    }
    let plan = format!("arn:aws:ssm-incidents::{account}:response-plan/plan");
    let started = call(
        "StartIncident",
        json!({"responsePlanArn": plan, "title": title}),
    );
    started["incidentRecordArn"].as_str().unwrap().to_owned()
}

/// A document that ImportFindings takes.
fn document(account: &str, uid: &str, title: &str, severity_id: i64) -> Value {
    json!({
        "class_uid": 2004, "class_name": "Detection Finding",
        "category_uid": 2, "category_name": "Findings",
        "activity_id": 1, "type_uid": 200_401,
        "severity_id": severity_id, "status_id": 1,
        "time": 1_767_225_500_000_i64,
        "metadata": {"version": "1.5.0", "product": {"name": "Prowler", "uid": "prowler"}},
        "finding_info": {"uid": uid, "title": title, "desc": "What was found."},
        "cloud": {"account": {"uid": account}, "region": REGION, "provider": "AWS"},
        "resources": [{"uid": "arn:aws:s3:::bucket", "name": "bucket", "type": "AwsS3Bucket"}],
        "remediation": {
            "desc": "Close it.",
            "references": ["https://example.org/how", "javascript:alert(1)"]
        }
    })
}

/// Imports documents as the administrator, with the hub on.
fn import(site: &Site, documents: &[Value]) {
    site.call("securityhub", "EnableSecurityHubV2", json!({}));
    let output = site.call("balefire", "ImportFindings", json!({"Findings": documents}));
    assert_eq!(output["Failed"], json!([]));
}

/// The links of a page that begin with a path, as a browser reads them.
fn links(html: &str, path: &str) -> Vec<String> {
    let hrefs = html
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let hrefs = hrefs.map(|href| href.replace("&#38;", "&").replace("&amp;", "&"));
    hrefs.filter(|href| href.starts_with(path)).collect()
}
