//! Calls operations in tests: a real store, the real pipeline, and a clock that tests set.

pub mod certificate;
pub mod incident;
pub mod mail_server;
pub mod receiver;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use balefire_api::Timestamp;
use balefire_api::shape::Structure;
use balefire_store::{Location, Options, Store, Tx};
use serde_json::Value;
use tempfile::TempDir;

use crate::access::{Access, Account, SealingKey};
use crate::configuration::Configuration;
use crate::context::{Caller, Clock, Ids};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::outside::Outside;
use crate::pipeline::Pipeline;
use crate::securityhub::finding::Index;
use crate::settings::{Limits, Settings};

/// The organization's administrator in tests.
pub const ADMINISTRATOR: &str = "111111111111";
/// A member account in tests.
pub const MEMBER: &str = "222222222222";
pub const REGION: &str = "eu-central-1";

/// A server without its listener.
pub struct Testing {
    pub pipeline: Arc<Pipeline>,
    pub store: Store,
    /// The findings, as they are searched.
    pub index: Arc<Index>,
    now_ms: Arc<AtomicI64>,
    pub clock: Clock,
    ids: Ids,
    limits: Limits,
    runtime: tokio::runtime::Runtime,
    directory: TempDir,
}

/// Inserts and drops what a migration does, as it did on a store that had rows already.
pub fn migrate_rows(tx: &mut Tx<'_>, migration: &str) -> Result<(), balefire_store::Error> {
    let statements = migration.split(';');
    let touches_rows = |one: &&str| {
        let begins = ["INSERT INTO", "DELETE FROM", "\nUPDATE "];
        begins.iter().any(|begin| one.contains(begin))
    };
    for statement in statements.filter(touches_rows) {
        tx.execute(&statement.replace("{{blob}}", "BLOB"), &[])?;
    }
    Ok(())
}

impl Testing {
    /// An empty store with two accounts; the time is 2026-01-01T00:00:00Z.
    pub fn new() -> Testing {
        Testing::with_settings(Settings::default())
    }

    /// As `new`, with what is configured.
    pub fn configured(configuration: &Configuration) -> Testing {
        Testing::with_settings(configuration.settings(Limits::None))
    }

    /// As `new`, with what an operator has set.
    pub fn with_settings(settings: Settings) -> Testing {
        let limits = settings.limits;
        let directory = TempDir::new().expect("a temporary directory");
        let location = Location::Sqlite(directory.path().to_owned());
        let store = Store::open(location, crate::MIGRATIONS, Options::default()).expect("a store");
        let now_ms = Arc::new(AtomicI64::new(1_767_225_600_000));
        let sealing = SealingKey::load(&directory.path().join("sealing.key")).expect("a key");
        let clock = Clock::from_source({
            let now_ms = now_ms.clone();
            move || Timestamp(now_ms.load(Ordering::Relaxed))
        });
        let counter = AtomicU64::new(0);
        let ids = Ids::from_source(move || {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            bytes
        });
        for (id, administrator) in [(ADMINISTRATOR, true), (MEMBER, false)] {
            let account = Account {
                id: id.into(),
                name: String::new(),
                administrator,
                created_ms: 0,
            };
            let insert = store.write_blocking(id, move |tx| tx.insert(&account));
            insert.expect("a write").expect("an account");
        }
        let index = Arc::default();
        let pipeline = Pipeline::new(
            store.clone(),
            Access::new(sealing),
            [7; 32],
            clock.clone(),
            ids.clone(),
            settings,
            crate::operations(&index),
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        Testing {
            pipeline: Arc::new(pipeline),
            store,
            index,
            now_ms,
            clock,
            ids,
            limits,
            runtime,
            directory,
        }
    }

    /// Writes a file that goes with the test.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).expect("a write");
        path
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::Relaxed))
    }

    pub fn advance_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Runs the jobs that are due, and those that they leave, with nothing outside.
    pub fn step(&self) {
        self.step_with(&Configuration::default());
    }

    /// Runs the jobs that are due, and those that they leave.
    pub fn step_with(&self, configuration: &Configuration) {
        self.turn(self.engine(configuration));
    }

    /// As `step`, with what an operator has set.
    pub fn step_as(&self, settings: &Settings) {
        self.turn(self.engine_of(settings.clone(), &Configuration::default()));
    }

    fn turn(&self, engine: Arc<Engine>) {
        while self.runtime.block_on(engine.step()).expect("a step") > 0 {}
        let folded = self.runtime.block_on(engine.fold_edits());
        folded.expect("edits in rows");
    }

    pub fn engine(&self, configuration: &Configuration) -> Arc<Engine> {
        self.engine_of(configuration.settings(self.limits), configuration)
    }

    fn engine_of(&self, settings: Settings, configuration: &Configuration) -> Arc<Engine> {
        Engine::new(
            (self.store.clone(), Arc::clone(&self.index)),
            self.clock.clone(),
            self.ids.clone(),
            settings,
            Outside::new(configuration).expect("a configuration"),
        )
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let rows = self.store.read_blocking(move |tx| tx.query(&sql, &[]));
        let rows = rows.expect("a read").expect("a table");
        rows[0].int(0).expect("a count")
    }

    /// Runs something that waits, on the runtime of the calls.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Calls an operation as the administrator; `input` has the members' names of the model.
    pub fn call(&self, service: &str, operation: &str, input: Value) -> Result<Value, Failure> {
        self.call_as(ADMINISTRATOR, service, operation, input)
    }

    pub fn call_as(
        &self,
        account: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, Failure> {
        let handler = self
            .pipeline
            .handler(service, operation)
            .expect("an operation that is answered");
        let structure = handler.spec.input.unwrap_or(&balefire_api::shape::UNIT);
        let node = balefire_api::json::read_members(structure, &input)
            .unwrap_or_else(|rejection| panic!("{operation}: {}", rejection.message()));
        let violations = handler.violations(&node);
        if !violations.is_empty() {
            return Err(Failure::Invalid(violations));
        }
        let caller = Arc::new(Caller {
            account: account.into(),
            arn: format!("arn:aws:iam::{account}:user/tester"),
            user_id: "AKIATEST".into(),
            administrator: account == ADMINISTRATOR,
        });
        let output = self
            .runtime
            .block_on(self.pipeline.run(handler, caller, REGION, node))?;
        let mut json = Vec::new();
        match handler.spec.output {
            Some(structure) => balefire_api::json::write_members(structure, &output, &mut json),
            None => json.extend_from_slice(b"{}"),
        }
        let output: Value = serde_json::from_slice(&json).expect("an output is JSON");
        conforms(handler.spec.output, &output, handler.spec.name);
        Ok(output)
    }
}

/// Waits until another process has made a file.
pub async fn there(path: &Path) {
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Every output has its required members and keeps the constraints of its shape.
fn conforms(structure: Option<&'static Structure>, output: &Value, name: &str) {
    let Some(structure) = structure else { return };
    let node = balefire_api::json::read(structure, output.to_string().as_bytes())
        .unwrap_or_else(|rejection| panic!("the output of {name}: {}", rejection.message()));
    let violations = balefire_api::check::check(structure, &node);
    assert!(
        violations.is_empty(),
        "the output of {name}: {violations:?}"
    );
}
