//! A server without its listener, on a store that outlives it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use balefire::access::{Access, Account, SealingKey};
use balefire::configuration::Configuration;
use balefire::context::{Caller, Clock, Ids};
use balefire::engine::Engine;
use balefire::outside::Outside;
use balefire::pipeline::Pipeline;
use balefire::securityhub::finding::Index;
use balefire::settings::Settings;
use balefire_api::{Timestamp, check, json, shape};
use balefire_store::{Location, Options, Store};
use serde_json::Value;

use crate::steps::STEPS;

pub const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:on-call";
const ACCOUNT: &str = "111111111111";
const REGION: &str = "eu-central-1";
/// 2026-01-01T00:00:00Z, when the story begins.
const BEGIN_MS: i64 = 1_767_225_600_000;

pub struct Node {
    store: Store,
    index: Arc<Index>,
    pipeline: Pipeline,
    outside: Configuration,
    clock: Clock,
    now_ms: Arc<AtomicI64>,
    ids: Ids,
    /// The next identifier's number. Each step has its own, so that no kill changes them.
    next_id: Arc<AtomicU64>,
    runtime: tokio::runtime::Runtime,
}

impl Node {
    pub fn open(directory: &Path, url: &str) -> Node {
        let location = Location::Sqlite(directory.to_owned());
        let store = Store::open(location, balefire::MIGRATIONS, Options::default());
        let store = store.expect("a store");
        let now_ms = Arc::new(AtomicI64::new(BEGIN_MS));
        let clock = Clock::from_source({
            let now_ms = Arc::clone(&now_ms);
            move || Timestamp(now_ms.load(Ordering::Relaxed))
        });
        let next_id = Arc::new(AtomicU64::new(0));
        let ids = Ids::from_source({
            let next_id = Arc::clone(&next_id);
            move || {
                let number = next_id.fetch_add(1, Ordering::Relaxed);
                u128::from(number).to_be_bytes()
            }
        });
        let sealing = SealingKey::load(&directory.join("sealing.key")).expect("a key");
        let index = Arc::default();
        let pipeline = Pipeline::new(
            store.clone(),
            Access::new(sealing),
            [7; 32],
            clock.clone(),
            ids.clone(),
            Settings::default(),
            balefire::operations(&index),
        );
        let outside = Configuration::parse(&format!(
            "[outside]\nallow = [\"127.0.0.0/8\"]\n\
             [topics.\"{TOPIC}\"]\nto = \"webhook\"\nurl = \"{url}\"\n"
        ));
        Node {
            store,
            index,
            pipeline,
            outside: outside.expect("a configuration"),
            clock,
            now_ms,
            ids,
            next_id,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        }
    }

    /// Sets time and identifiers for a step.
    pub fn begin(&self, place: usize) {
        self.now_ms
            .store(BEGIN_MS + STEPS[place].at_ms, Ordering::Relaxed);
        self.next_id.store((place as u64) << 32, Ordering::Relaxed);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn add_account(&self) {
        let account = Account {
            id: ACCOUNT.into(),
            name: String::new(),
            administrator: true,
            created_ms: 0,
        };
        let insert = self
            .store
            .write_blocking(ACCOUNT, move |tx| tx.insert(&account));
        insert.expect("a write").expect("an account");
    }

    /// Calls an operation that must succeed.
    pub fn call(&self, service: &str, operation: &str, input: Value) -> Value {
        let handler = self
            .pipeline
            .handler(service, operation)
            .expect("an operation");
        let structure = handler.spec.input.unwrap_or(&shape::UNIT);
        let input = json::read_members(structure, &input).expect("an input of its shape");
        assert_eq!(*check::check(structure, &input), []);
        let caller = Caller {
            account: ACCOUNT.into(),
            arn: format!("arn:aws:iam::{ACCOUNT}:user/ada"),
            user_id: "AKIATEST".into(),
            administrator: true,
        };
        let run = self.pipeline.run(handler, Arc::new(caller), REGION, input);
        let output = self
            .runtime
            .block_on(run)
            .unwrap_or_else(|failure| panic!("{operation}: {failure:?}"));
        let mut body = Vec::new();
        json::write_members(
            handler.spec.output.unwrap_or(&shape::UNIT),
            &output,
            &mut body,
        );
        serde_json::from_slice(&body).expect("an output")
    }

    /// One turn of the engine: what its jobs leave waits for the next.
    pub fn turn(&self) {
        self.runtime.block_on(self.engine().step()).expect("a turn");
    }

    /// Turns of the engine until nothing is due.
    pub fn step(&self) {
        let engine = self.engine();
        while self.runtime.block_on(engine.step()).expect("a turn") > 0 {}
    }

    /// The only incident.
    pub fn incident(&self) -> String {
        let listed = self.call(
            "ssm-incidents",
            "ListIncidentRecords",
            Value::Object(Default::default()),
        );
        let incidents = listed["incidentRecordSummaries"]
            .as_array()
            .expect("a list");
        assert_eq!(incidents.len(), 1, "{listed}");
        incidents[0]["arn"].as_str().expect("an ARN").to_owned()
    }

    /// The report, made an hour after the story.
    pub fn report(&self) -> String {
        self.now_ms.store(BEGIN_MS + 5_400_000, Ordering::Relaxed);
        let input = serde_json::json!({"Incident": self.incident()});
        let output = self.call("balefire", "GetIncidentReport", input);
        output["Markdown"].as_str().expect("a report").to_owned()
    }

    fn engine(&self) -> Arc<Engine> {
        Engine::new(
            (self.store.clone(), Arc::clone(&self.index)),
            self.clock.clone(),
            self.ids.clone(),
            Settings::default(),
            Outside::new(&self.outside).expect("the outside"),
        )
    }
}
