//! Incident changes as server-sent events: one more reader of the change log.

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use balefire_store::{Logged, Store, shard_of};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::channel::{Channel, Sender};
use tokio::sync::watch;

use crate::context::Caller;
use crate::http::{Body, full, stream};
use crate::incidents::change::{self, Change};

/// Where the stream is.
pub const PATH: &str = "/stream/incidents";
/// Streams at one time; each holds a connection.
const STREAMS_MAX: usize = 128;
const ENTRIES_AT_ONCE: usize = 200;
/// Other nodes' commits are not announced here, so the log is looked at this often too.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A line that says nothing keeps what lies between from closing a quiet connection.
const LOOKS_PER_COMMENT: u32 = 15;
/// Chunks that may wait for a slow client before its reader waits too.
const CHUNKS_WAITING: usize = 16;

/// What is said to one who has seen more than there is.
const BEYOND: &str = "Last-Event-ID is beyond the last change that the server has: its data may have been \
                      restored from a backup. Read the incidents anew, and connect without it.\n";

/// Streams the changes of accounts to those who signed for them.
pub struct Changes {
    store: Store,
    stopping: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
}

impl Changes {
    /// Streams end when `stopping` turns true.
    pub fn new(store: Store, stopping: watch::Receiver<bool>) -> Changes {
        Changes {
            store,
            stopping,
            open: Arc::default(),
        }
    }

    /// Begins after the change that `Last-Event-ID` names, or with the next one.
    pub async fn answer(&self, caller: &Caller, parts: &Parts) -> Response<Body> {
        let Some(place) = Place::take(&self.open) else {
            let said = "As many streams are open as are taken; try again later.\n";
            return plain(StatusCode::SERVICE_UNAVAILABLE, said);
        };
        let shard = shard_of(&caller.account);
        let head = match self.store.read(move |tx| tx.log_head(shard)).await {
            Ok(Ok(seq)) => seq,
            Ok(Err(error)) | Err(error) => {
                tracing::error!("the change log could not be read: {error}");
                let said = "The change log could not be read.\n";
                return plain(StatusCode::INTERNAL_SERVER_ERROR, said);
            }
        };
        let after = match parts
            .headers
            .get("last-event-id")
            .map(|id| seq_of(id, shard))
        {
            // The next changes would get numbers that are passed over.
            Some(Some(seq)) if seq > head => return plain(StatusCode::BAD_REQUEST, BEYOND),
            Some(Some(seq)) => seq,
            Some(None) => {
                let said = "Last-Event-ID must be the id of an event of this stream.\n";
                return plain(StatusCode::BAD_REQUEST, said);
            }
            None => head,
        };
        let (sender, body) = Channel::<Bytes, io::Error>::new(CHUNKS_WAITING);
        let reader = Reader {
            store: self.store.clone(),
            stopping: self.stopping.clone(),
            account: caller.account.clone(),
            after,
            sender,
            _place: place,
        };
        tokio::spawn(reader.run());
        let mut response = Response::new(stream(body));
        let headers = response.headers_mut();
        let event_stream = HeaderValue::from_static("text/event-stream");
        headers.insert(http::header::CONTENT_TYPE, event_stream);
        let no_store = HeaderValue::from_static("no-store");
        headers.insert(http::header::CACHE_CONTROL, no_store);
        response
    }
}

/// The number that an id has, of an event or of the JSON in it, where it is of this shard.
fn seq_of(id: &HeaderValue, shard: i64) -> Option<i64> {
    let id = id.to_str().ok()?;
    let seq = match id.split_once('-') {
        Some((of, seq)) if of.parse() == Ok(shard) => seq,
        Some(_) => return None,
        None => id,
    };
    let is_number = seq.bytes().all(|byte| byte.is_ascii_digit());
    seq.parse().ok().filter(|_| is_number)
}

/// One of the streams that may be open.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Option<Place> {
        let taken = open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
            (count < STREAMS_MAX).then_some(count + 1)
        });
        taken.ok().map(|_| Place(open.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Reads the log for one client, at that client's speed.
struct Reader {
    store: Store,
    stopping: watch::Receiver<bool>,
    account: String,
    after: i64,
    sender: Sender<Bytes, io::Error>,
    _place: Place,
}

impl Reader {
    async fn run(mut self) {
        let mut moved = self.store.subscribe();
        let mut quiet_looks = 0;
        // The first line lets the client know that it is heard.
        let mut text = String::from(": changes of incidents\n\n");
        loop {
            if !text.is_empty() && self.sender.send_data(Bytes::from(text)).await.is_err() {
                return;
            }
            text = match self.read().await {
                Some(text) => text,
                None => return,
            };
            if !text.is_empty() {
                quiet_looks = 0;
                continue;
            }
            tokio::select! {
                _ = moved.changed() => {}
                _ = self.stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(LOOK_EVERY) => {
                    quiet_looks += 1;
                    if quiet_looks % LOOKS_PER_COMMENT == 0 {
                        text = ":\n\n".into();
                    }
                }
            }
        }
    }

    /// The next events of the account, as they are sent. `None` when the log cannot be read.
    async fn read(&mut self) -> Option<String> {
        let (shard, after) = (shard_of(&self.account), self.after);
        let read = self
            .store
            .read(move |tx| tx.log_after(shard, after, ENTRIES_AT_ONCE))
            .await;
        let entries = match read {
            Ok(Ok(entries)) => entries,
            Ok(Err(error)) | Err(error) => {
                tracing::warn!("a stream ended, since the log could not be read: {error}");
                return None;
            }
        };
        if let Some(last) = entries.last() {
            self.after = last.seq;
        }
        let ours = entries.iter().filter(|logged| {
            // A shard has several accounts.
            logged.entry.account == self.account && change::concerns(&logged.entry.kind)
        });
        let text: String = ours.map(event).collect();
        // Changes of others are passed without a word, so the next read comes at once.
        match text.is_empty() && entries.len() == ENTRIES_AT_ONCE {
            true => Some(":\n\n".into()),
            false => Some(text),
        }
    }
}

/// A change as a server-sent event.
fn event(logged: &Logged) -> String {
    let entry = &logged.entry;
    let change = Change {
        account: entry.account.clone(),
        region: String::new(),
        kind: entry.kind.clone(),
        incident_arn: entry.subject.clone(),
        actor: entry.actor.clone(),
        at_ms: entry.at_ms,
        detail: serde_json::from_slice(&entry.body).unwrap_or_default(),
    };
    let data = change.event(&format!("{}-{}", logged.shard, logged.seq));
    format!(
        "id: {}\nevent: {}\ndata: {data}\n\n",
        logged.seq, entry.kind
    )
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response
}
