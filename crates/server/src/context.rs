//! What an operation sees: who calls, where, when, and one transaction.

use std::cell::RefCell;
use std::sync::Arc;

use balefire_api::Timestamp;
use balefire_store::{Entry, NewJob, Tx, Value};
use parking_lot::Mutex;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;

use crate::failure::Failure;
use crate::pipeline::page_token::PageToken;
use crate::settings::Settings;

/// Invariant: at most eight fields, ever. What else an operation needs is a parameter.
pub struct Ctx<'a, 'tx> {
    pub caller: &'a Caller,
    /// From the signature's scope.
    pub region: &'a str,
    pub now: Timestamp,
    pub ids: &'a Ids,
    pub page: &'a Page,
    pub settings: &'a Settings,
    pub tx: &'a mut Tx<'tx>,
}

/// Who signed the request.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// Twelve digits.
    pub account: String,
    pub arn: String,
    /// The id that `GetCallerIdentity` gives.
    pub user_id: String,
    /// Whether the account administers the organization, which is all accounts of the store.
    pub administrator: bool,
}

/// Whose data a read may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible<'a> {
    /// The administrator's view: its own account and every member's.
    Organization,
    Account(&'a str),
}

impl Visible<'_> {
    pub fn includes(self, account: &str) -> bool {
        match self {
            Visible::Organization => true,
            Visible::Account(own) => own == account,
        }
    }
}

impl Caller {
    /// Who does what requests of an account have left to do.
    pub fn engine(account: &str) -> Caller {
        Caller {
            arn: engine_arn(account),
            user_id: "balefire-engine".into(),
            account: account.to_owned(),
            administrator: false,
        }
    }

    /// By the ARN, since those who have keys are users.
    pub fn is_engine(&self) -> bool {
        self.arn == engine_arn(&self.account)
    }

    /// What services with delegated administrators show this caller.
    pub fn visible(&self) -> Visible<'_> {
        if self.administrator {
            Visible::Organization
        } else {
            Visible::Account(&self.account)
        }
    }
}

fn engine_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/balefire-engine")
}

/// Where new identifiers come from.
#[derive(Clone)]
pub struct Ids {
    source: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    /// The newest time an identifier was made for, and how many were made for it.
    newest: Arc<Mutex<(i64, u16)>>,
}

impl Ids {
    /// From the operating system's randomness.
    pub fn random() -> Ids {
        Ids::from_source(buffered_random)
    }

    /// From any source: tests repeat themselves with a counter.
    pub fn from_source(source: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Ids {
        Ids {
            source: Arc::new(source),
            newest: Arc::default(),
        }
    }

    pub fn bytes(&self) -> [u8; 16] {
        (self.source)()
    }

    /// A UUID of version 7 that sorts by time and, within a millisecond, by making.
    fn sorted(&self, now: Timestamp) -> uuid::Uuid {
        let (ms, place) = {
            let mut newest = self.newest.lock();
            // Twelve bits hold the place; beyond them the next millisecond is borrowed.
            *newest = match *newest {
                (ms, _) if ms < now.0 => (now.0, 0),
                (ms, 0x0fff) => (ms + 1, 0),
                (ms, place) => (ms, place + 1),
            };
            *newest
        };
        let mut rest: [u8; 10] = std::array::from_fn({
            let random = self.bytes();
            move |at| random[at]
        });
        rest[..2].copy_from_slice(&place.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(ms).unwrap_or(0), &rest).into_uuid()
    }
}

/// Before all identifiers that were made from this time on.
pub fn first_id(time: Timestamp) -> String {
    let ms = u64::try_from(time.0).unwrap_or(0);
    format!("{:08x}-{:04x}", ms >> 16, ms & 0xffff)
}

/// The operating system's randomness, fetched for many identifiers at once: a system call each would cost
/// more than all else in them.
fn buffered_random() -> [u8; 16] {
    const IDS_AT_ONCE: usize = 64;
    thread_local! {
        static BUFFER: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.is_empty() {
            let mut bytes = [0; 16 * IDS_AT_ONCE];
            if SystemRandom::new().fill(&mut bytes).is_ok() {
                buffer.extend(bytes.as_chunks::<16>().0);
            }
        }
        // Without the bulk, the library asks the system itself, and panics where there is no randomness.
        buffer
            .pop()
            .unwrap_or_else(|| uuid::Uuid::new_v4().into_bytes())
    })
}

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Arc::new(|| {
            Timestamp(jiff::Timestamp::now().as_millisecond())
        }))
    }

    /// Any source: tests set the time they like.
    pub fn from_source(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(source))
    }

    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Ids")
    }
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The key of the last row of the page before.
    pub after: Option<Vec<Value>>,
    /// The client's limit, if it gave one.
    pub limit: Option<usize>,
    /// Seals the key of the last row into the next token.
    pub(crate) seal: Option<PageToken>,
}

impl Page {
    /// Rows to give: the client's wish or the default, never above what the service gives at once.
    pub fn limit(&self, default: usize, most: usize) -> usize {
        self.limit.unwrap_or(default).min(most)
    }

    /// Which list it is: the same for each page of the same question.
    pub fn list(&self) -> Option<[u8; 32]> {
        self.seal.as_ref().map(PageToken::list)
    }

    /// The token that continues after a row with this key.
    pub fn next(&self, key: &[Value]) -> Option<String> {
        self.seal.as_ref().map(|seal| seal.token(key))
    }

    /// Cuts rows that were read one beyond the limit, and gives the token if there are more.
    pub fn cut<R>(
        &self,
        rows: &mut Vec<R>,
        limit: usize,
        key: impl Fn(&R) -> Vec<Value>,
    ) -> Option<String> {
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().and_then(|last| self.next(&key(last)))
    }
}

impl<'tx> Ctx<'_, 'tx> {
    pub fn account(&self) -> &str {
        &self.caller.account
    }

    /// A new identifier: 8-4-4-4-12 hexadecimal digits that sort by the time of making.
    pub fn new_id(&self) -> String {
        self.ids.sorted(self.now).to_string()
    }

    /// Runs `f` in the same transaction; nothing of it stays where it fails, and the transaction goes on.
    pub fn attempt<T>(
        &mut self,
        f: impl FnOnce(&mut Ctx<'_, 'tx>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let tx = &mut *self.tx;
        tx.attempt(|tx| f(&mut Ctx { tx, ..*self }))
    }

    /// Appends a change of the caller's account to the change log.
    pub fn changed(
        &mut self,
        kind: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<(), Failure> {
        let account = self.caller.account.clone();
        self.changed_in(account, kind, subject, body)
    }

    /// Appends a change of another account's data.
    pub fn changed_in(
        &mut self,
        account: String,
        kind: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<(), Failure> {
        let entry = Entry {
            account,
            actor: self.caller.arn.clone(),
            kind: kind.into(),
            subject: subject.into(),
            body: serde_json::to_vec(body)?,
            at_ms: self.now.0,
        };
        self.tx.append(entry)?;
        Ok(())
    }

    /// Leaves a job of an account that is due at once. It is kept or lost together with the request.
    pub fn leave_job(
        &mut self,
        account: &str,
        kind: &str,
        subject: &str,
        payload: &impl Serialize,
    ) -> Result<(), Failure> {
        self.leave_job_in(0, account, kind, subject, payload)
    }

    /// Leaves a job that is due after a while.
    pub fn leave_job_in(
        &mut self,
        wait_ms: i64,
        account: &str,
        kind: &str,
        subject: &str,
        payload: &impl Serialize,
    ) -> Result<(), Failure> {
        let job = NewJob {
            id: self.new_id(),
            kind: kind.into(),
            subject: subject.into(),
            account: account.into(),
            put_ms: self.now.0,
            due_ms: self.now.0.saturating_add(wait_ms),
            payload: serde_json::to_vec(payload)?,
        };
        self.tx.put_job(&job)?;
        Ok(())
    }
}
