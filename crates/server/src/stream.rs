//! Incident changes as server-sent events: one more reader of the change log.

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
        let named = parts.headers.get("last-event-id");
        let after = match named.map(|id| id.to_str().ok().and_then(|id| id.parse().ok())) {
            Some(Some(seq)) => seq,
            Some(None) => {
                let said = "Last-Event-ID must be the id of an event of this stream.\n";
                return plain(StatusCode::BAD_REQUEST, said);
            }
            None => match self.store.read(move |tx| tx.log_head(shard)).await {
                Ok(Ok(seq)) => seq,
                Ok(Err(error)) | Err(error) => {
                    tracing::error!("the change log could not be read: {error}");
                    let said = "The change log could not be read.\n";
                    return plain(StatusCode::INTERNAL_SERVER_ERROR, said);
                }
            },
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

#[cfg(test)]
mod tests {
    use super::*;
    use balefire_store::Entry;
    use serde_json::Value;

    #[test]
    fn an_event_is_one_line_of_data() {
        let entry = Entry {
            account: "111111111111".into(),
            actor: "arn:aws:iam::111111111111:user/a".into(),
            kind: "incident.opened".into(),
            subject: "arn:aws:ssm-incidents::111111111111:incident-record/p/1".into(),
            body: br#"{"incidentTitle":"a\nb"}"#.to_vec(),
            at_ms: 0,
        };
        let text = event(&Logged {
            shard: 3,
            seq: 7,
            entry,
        });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["id: 7", "event: incident.opened"]);
        let data: Value = serde_json::from_str(lines[2].strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(data["detail"]["change"]["incidentTitle"], "a\nb");
        assert_eq!(data["time"], "1970-01-01T00:00:00Z");
        assert_eq!((&data["id"], data.get("region")), (&"3-7".into(), None));
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn places_are_given_back() {
        let open = Arc::new(AtomicUsize::new(STREAMS_MAX - 1));
        let last = Place::take(&open).expect("the last place");
        assert!(Place::take(&open).is_none());
        drop(last);
        assert!(Place::take(&open).is_some());
    }
}
