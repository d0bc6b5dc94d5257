//! A ticket is made once and answered with, or it is said why not.

use std::sync::Arc;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::generated::securityhub::{
    CreateTicketV2Request, CreateTicketV2Response, TicketCreationMode,
};
use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::context::Caller;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::testing::receiver::{Behaviour, Receiver};
use crate::testing::{ADMINISTRATOR, REGION, Testing};

pub(in crate::engine) const JIRA: Behaviour = Behaviour::Routes(&[
    ("GET /hook/rest/api/3/myself", 200, r#"{"accountId":"1"}"#),
    ("GET /hook/rest/api/3/project/OPS", 200, r#"{"key":"OPS"}"#),
    (
        "POST /hook/rest/api/3/issue",
        201,
        r#"{"id":"7","key":"OPS-7"}"#,
    ),
]);
pub(in crate::engine) const FOUND: Behaviour = Behaviour::Routes(&[(
    "GET /hook/rest/api/3/search/jql",
    200,
    r#"{"issues":[{"id":"7","key":"OPS-7"}]}"#,
)]);
const SERVICE_NOW: Behaviour = Behaviour::Routes(&[
    ("GET /hook/api/now/table/incident", 200, r#"{"result":[]}"#),
    (
        "POST /hook/api/now/table/incident",
        201,
        r#"{"result":{"sys_id":"abc1","number":"INC0001"}}"#,
    ),
]);

/// A connector that is connected, and a finding.
pub(in crate::engine) struct Scene {
    pub t: Testing,
    pub receiver: Receiver,
    pub engine: Arc<Engine>,
    pub connector: String,
    pub finding: String,
}

impl Scene {
    fn new(behaviour: Behaviour, provider: Value) -> Scene {
        let t = Testing::new();
        let receiver = t.wait(Receiver::start(behaviour));
        let secret = t.file("secret", "api-token\n");
        let configuration = Configuration::parse(&format!(
            "[outside]\nallow = [\"127.0.0.0/8\"]\n[connectors.tickets]\nurl = \"{}\"\n\
             user = \"bot@example.com\"\nsecret = {{ file = \"{}\" }}\n",
            receiver.url,
            secret.display()
        ))
        .unwrap();
        let call = |operation, input| t.call("securityhub", operation, input).unwrap();
        call("EnableSecurityHubV2", json!({}));
        call(
            "CreateAggregatorV2",
            json!({"RegionLinkingMode": "ALL_REGIONS"}),
        );
        let create = json!({"Name": "tickets", "Provider": provider});
        let connector = call("CreateConnectorV2", create)["ConnectorId"].clone();
        let document = crate::securityhub::finding::tests::document("f", json!({}));
        t.call(
            "balefire",
            "ImportFindings",
            json!({"Findings": [document]}),
        )
        .unwrap();
        let finding = &call("GetFindingsV2", json!({}))["Findings"][0]["metadata"]["uid"];
        let scene = Scene {
            connector: connector.as_str().unwrap().to_owned(),
            finding: finding.as_str().unwrap().to_owned(),
            engine: t.engine(&configuration),
            receiver,
            t,
        };
        scene.t.step_with(&configuration);
        scene.receiver.take();
        scene
    }

    pub fn jira() -> Scene {
        Scene::new(JIRA, json!({"JiraCloud": {"ProjectKey": "OPS"}}))
    }

    pub fn service_now() -> Scene {
        let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:now";
        let provider = json!({"ServiceNow": {"InstanceName": "shop", "SecretArn": secret}});
        Scene::new(SERVICE_NOW, provider)
    }

    pub fn input(&self) -> CreateTicketV2Request {
        CreateTicketV2Request {
            client_token: None,
            connector_id: self.connector.clone(),
            finding_metadata_uid: self.finding.clone(),
            mode: None,
        }
    }

    /// The call, while the engine does the job that it leaves; then what shall happen, and the job again.
    pub fn ticket(
        &self,
        input: CreateTicketV2Request,
        then: Option<&dyn Fn()>,
    ) -> Result<CreateTicketV2Response, Failure> {
        let jobs = async {
            self.job().await;
            if let Some(then) = then {
                then();
                self.job().await;
            }
        };
        self.ticket_while(input, jobs)
    }

    /// The call, while something else happens.
    pub fn ticket_while(
        &self,
        input: CreateTicketV2Request,
        jobs: impl Future<Output = ()>,
    ) -> Result<CreateTicketV2Response, Failure> {
        let caller = Arc::new(Caller {
            account: ADMINISTRATOR.into(),
            arn: format!("arn:aws:iam::{ADMINISTRATOR}:user/tester"),
            user_id: "AKIATEST".into(),
            administrator: true,
        });
        let call = self
            .t
            .pipeline
            .call::<op::CreateTicketV2>(caller, REGION, input);
        let jobs = async {
            jobs.await;
            std::future::pending::<()>().await;
        };
        self.t.wait(async {
            tokio::select! {
                answered = call => answered,
                () = jobs => unreachable!("jobs never end"),
            }
        })
    }

    pub async fn job(&self) {
        while self.engine.step().await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub fn posts(&self) -> Vec<Value> {
        let received = self.receiver.take();
        let posts = received.iter().filter(|sent| sent.parts.method == "POST");
        posts.map(|sent| sent.json()).collect()
    }
}

#[test]
fn the_answer_is_the_issue_that_jira_made() {
    let scene = Scene::jira();
    let mut input = scene.input();
    input.client_token = Some("once".into());
    for posts in [1, 0] {
        let made = scene.ticket(input.clone(), None).unwrap();
        assert_eq!(made.ticket_id, "OPS-7");
        let url = made.ticket_src_url.unwrap();
        assert_eq!(url, format!("{}/browse/OPS-7", scene.receiver.url));
        let sent = scene.posts();
        assert_eq!(sent.len(), posts, "a token makes one ticket");
        if let Some(sent) = sent.first() {
            let fields = &sent["fields"];
            assert_eq!(fields["project"]["key"], "OPS");
            assert_eq!(fields["issuetype"]["name"], "Task");
            let text = fields["description"].to_string();
            assert!(text.contains(&scene.finding), "{text}");
        }
    }
}

#[test]
fn the_answer_is_the_incident_that_service_now_made() {
    let scene = Scene::service_now();
    let made = scene.ticket(scene.input(), None).unwrap();
    assert_eq!(made.ticket_id, "INC0001");
    assert!(made.ticket_src_url.unwrap().ends_with("sys_id%3Dabc1"));
    let sent = &scene.posts()[0];
    assert!(sent["description"].to_string().contains(&scene.finding));
    assert!(sent["correlation_id"].is_string());
}

#[test]
fn a_dry_run_needs_no_finding() {
    let scene = Scene::jira();
    let mut input = scene.input();
    input.finding_metadata_uid = "none".into();
    let unknown = scene.ticket(input.clone(), None).unwrap_err();
    assert!(matches!(unknown, Failure::NotFound { .. }), "{unknown:?}");
    input.mode = Some(TicketCreationMode::Dryrun);
    assert_eq!(scene.ticket(input, None).unwrap().ticket_id, "OPS-7");
    let summary = scene.posts()[0]["fields"]["summary"].to_string();
    assert!(summary.contains("test finding"), "{summary}");
}

#[test]
fn what_the_system_refuses_is_said() {
    let scene = Scene::jira();
    scene
        .receiver
        .behave(Behaviour::Answers(400, "no api-token issues"));
    let refused = scene.ticket(scene.input(), None).unwrap_err();
    assert!(matches!(refused, Failure::Conflict { .. }), "{refused:?}");
    let message = refused.message();
    assert!(
        message.contains("400") && message.contains("[secret]"),
        "{message}"
    );
}

#[test]
fn a_ticket_whose_answer_was_lost_is_found() {
    let scene = Scene::jira();
    scene.receiver.behave(Behaviour::HangsUp);
    let mend = || {
        scene.receiver.behave(FOUND);
        scene.t.advance_ms(5_000);
    };
    let made = scene.ticket(scene.input(), Some(&mend)).unwrap();
    assert_eq!(made.ticket_id, "OPS-7");
}

#[test]
fn what_stays_away_is_given_up_in_time() {
    let scene = Scene::jira();
    scene.receiver.behave(Behaviour::Answers(503, "busy"));
    let late = || scene.t.advance_ms(20_000);
    let refused = scene.ticket(scene.input(), Some(&late)).unwrap_err();
    assert!(refused.message().contains("busy"), "{refused:?}");
}

#[test]
fn nothing_is_made_after_the_time_is_over() {
    let scene = Scene::jira();
    scene.receiver.behave(Behaviour::Answers(503, "busy"));
    let late = || {
        scene.receiver.take();
        scene.receiver.behave(Behaviour::Routes(&[
            ("GET /hook/rest/api/3/search/jql", 200, r#"{"issues":[]}"#),
            ("POST /hook/rest/api/3/issue", 201, r#"{"key":"OPS-7"}"#),
        ]));
        scene.t.advance_ms(20_000);
    };
    let refused = scene.ticket(scene.input(), Some(&late)).unwrap_err();
    let message = refused.message();
    // It is said why: what came last of all is that nothing was found.
    assert!(
        message.contains("in time: 127.0.0.1 answered 503"),
        "{message}"
    );
    assert!(scene.posts().is_empty());
}

#[test]
fn no_wait_between_attempts_lasts_beyond_the_time() {
    let scene = Scene::jira();
    scene.receiver.behave(Behaviour::Answers(503, "busy"));
    let (begun, mut ended) = (scene.t.now().0, 0);
    let jobs = async {
        loop {
            scene.job().await;
            let now_ms = scene.t.now().0;
            let due = move |tx: &mut balefire_store::Tx<'_>| tx.next_job_due_ms(now_ms);
            let due_ms = scene.t.store.read(due).await.unwrap().unwrap();
            ended = due_ms.expect("a job that waits");
            scene.t.advance_ms(ended - now_ms);
            if ended >= begun + 13_000 {
                return scene.job().await;
            }
        }
    };
    let refused = scene.ticket_while(scene.input(), jobs).unwrap_err();
    assert!(refused.message().contains("busy"), "{refused:?}");
    assert_eq!(ended, begun + 13_000);
}

#[test]
fn whoever_waits_is_answered_though_the_system_hangs() {
    let scene = Scene::jira();
    scene.receiver.behave(Behaviour::Hangs);
    let jobs = async {
        let asked = |tx: &mut balefire_store::Tx<'_>| tx.query("SELECT id FROM ticket", &[]);
        while scene.t.store.read(asked).await.unwrap().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        // The time is nearly over when the attempt begins.
        scene.t.advance_ms(12_999);
        scene.job().await;
        scene.t.advance_ms(1);
        scene.receiver.behave(Behaviour::Answers(503, "busy"));
        scene.job().await;
    };
    let begun = std::time::Instant::now();
    let refused = scene.ticket_while(scene.input(), jobs).unwrap_err();
    assert!(refused.message().contains("busy"), "{refused:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn one_that_is_not_connected_makes_none() {
    let scene = Scene::jira();
    let elsewhere = json!({"Name": "elsewhere", "Provider": {"JiraCloud": {"ProjectKey": "OPS"}}});
    let made = scene.t.call("securityhub", "CreateConnectorV2", elsewhere);
    let mut input = scene.input();
    input.connector_id = made.unwrap()["ConnectorId"].as_str().unwrap().into();
    let refused = scene.ticket(input, None).unwrap_err();
    assert!(
        refused.message().contains("PENDING_AUTHORIZATION"),
        "{refused:?}"
    );
}
