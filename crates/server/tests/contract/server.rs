//! A server without its listener: signed requests go through the whole pipeline.

use std::cell::Cell;
use std::sync::Arc;

use balefire::access::{Access, AccessKey, Account, NewKey, SealingKey};
use balefire::configuration::Configuration;
use balefire::context::{Clock, Ids};
use balefire::engine::Engine;
use balefire::outside::Outside;
use balefire::pipeline::Pipeline;
use balefire::settings::Settings;
use balefire::signature::{Credentials, Secret, sign};
use balefire_api::Timestamp;
use balefire_store::{Location, Options, Store};
use http::Request;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::answer::Answered;
use crate::modelled::{self, Modelled};
use crate::request::request;

/// Administers the organization.
pub const ADMINISTRATOR: &str = "111111111111";
/// A member, whose things the tests make.
pub const OWNER: &str = "222222222222";
/// Another member.
pub const OTHER: &str = "333333333333";
pub const REGION: &str = "eu-central-1";

/// 2026-01-01T00:00:00Z.
pub const NOW_MS: i64 = 1_767_225_600_000;

/// A store, its pipeline, and a key for each of three accounts.
pub struct Server {
    pub store: Store,
    pipeline: Pipeline,
    engine: Arc<Engine>,
    keys: Vec<(&'static str, Credentials)>,
    runtime: Runtime,
    answers: Cell<u64>,
    _directory: TempDir,
}

impl Server {
    pub fn new() -> Server {
        let directory = TempDir::new().expect("a temporary directory");
        let location = Location::Sqlite(directory.path().to_owned());
        let store =
            Store::open(location, balefire::MIGRATIONS, Options::default()).expect("a store");
        let sealing = SealingKey::load(&directory.path().join("sealing.key")).expect("a key");
        let keys = [ADMINISTRATOR, OWNER, OTHER]
            .map(|account| (account, add_account(&store, &sealing, account)));
        let clock = Clock::from_source(|| Timestamp(NOW_MS));
        let index = Arc::default();
        let pipeline = Pipeline::new(
            store.clone(),
            Access::new(sealing),
            [7; 32],
            clock.clone(),
            Ids::random(),
            Settings::default(),
            balefire::operations(&index),
        );
        Server {
            engine: Engine::new(
                (store.clone(), index),
                clock,
                Ids::random(),
                Settings::default(),
                Outside::new(&Configuration::default()).expect("an empty configuration"),
            ),
            store,
            pipeline,
            keys: keys.into(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            answers: Cell::new(0),
            _directory: directory,
        }
    }

    /// The credentials of an account.
    pub fn credentials(&self, account: &str) -> &Credentials {
        let key = self.keys.iter().find(|(known, _)| *known == account);
        &key.expect("an account of the tests").1
    }

    /// Sends a request as it is. An error's form is checked whatever the test asks.
    pub fn send(&self, request: Request<Vec<u8>>, operation: Option<&Modelled>) -> Answered {
        let (parts, body) = request.into_parts();
        let answered = self.runtime.block_on(async {
            let answer = self.pipeline.answer(&parts, &body, "request-id").await;
            Answered::new(answer)
        });
        self.answers.set(self.answers.get() + 1);
        let about = || format!("{} {}", parts.method, parts.uri);
        answered.check_error(operation, &about);
        answered
    }

    /// Signs for a service with an account's key.
    pub fn sign(&self, account: &str, service: &str, request: &mut Request<Vec<u8>>) {
        let body = request.body().clone();
        let credentials = self.credentials(account);
        sign(request, &body, credentials, REGION, service, NOW_MS).expect("a signature");
    }

    /// Signs and sends an operation; `None` where no URI can hold the input.
    pub fn try_call(&self, account: &str, operation: &Modelled, input: &Value) -> Option<Answered> {
        let mut request = request(operation, input)?;
        self.sign(account, operation.service.name, &mut request);
        Some(self.send(request, Some(operation)))
    }

    /// Calls an answered operation by its names.
    pub fn call(&self, account: &str, id: &str, input: &Value) -> Answered {
        let operation = modelled::answered().into_iter().find(|o| o.id() == id);
        let operation = operation.unwrap_or_else(|| panic!("{id} is not answered"));
        self.try_call(account, &operation, input)
            .expect("a URI that holds the input")
    }

    /// Calls an operation that must succeed, and gives its output.
    pub fn done(&self, account: &str, id: &str, input: &Value) -> Value {
        let answered = self.call(account, id, input);
        assert!(
            answered.status < 300,
            "{id} {input}: {} {}",
            answered.status,
            answered.message()
        );
        answered.json()
    }

    /// Runs every job that is due.
    pub fn run_jobs(&self) {
        while self.runtime.block_on(self.engine.step()).expect("a step") > 0 {}
    }

    /// How many requests were answered.
    pub fn answer_count(&self) -> u64 {
        self.answers.get()
    }

    /// How many entries the change log has.
    pub fn change_count(&self) -> i64 {
        let read = |tx: &mut balefire_store::Tx<'_>| {
            let rows = tx.query("SELECT COUNT(*) FROM log", &[])?;
            rows[0].int(0)
        };
        let count = self.store.read_blocking(read).expect("a read");
        count.expect("a count")
    }
}

fn add_account(store: &Store, sealing: &SealingKey, account: &'static str) -> Credentials {
    let key = NewKey::random().expect("a key");
    let row = Account {
        id: account.into(),
        name: String::new(),
        administrator: account == ADMINISTRATOR,
        created_ms: 0,
    };
    let kept = AccessKey {
        id: key.id.clone(),
        account: account.into(),
        user_name: "tester".into(),
        sealed_secret: sealing.seal(&key.id, &key.secret).expect("a sealed secret"),
        active: true,
        created_ms: 0,
    };
    let insert = store.write_blocking(account, move |tx| {
        tx.insert(&row).and_then(|()| tx.insert(&kept))
    });
    insert.expect("a write").expect("an account");
    Credentials {
        access_key_id: key.id,
        secret_access_key: Secret::new(key.secret),
        session_token: None,
    }
}
