//! Reads request bodies within limits of size, time and shared memory.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;
use super::connection::Refused;

/// Room of the shared memory; it is given back on drop.
pub(super) type Held = Option<OwnedSemaphorePermit>;

/// The refusal of a body longer than `body_bytes_max`.
pub(super) fn too_large(body_bytes_max: usize) -> Refused {
    let message = format!("The body is longer than the {body_bytes_max} bytes that are taken.");
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Reads a whole body, and holds its room in `bodies` for as long as the caller keeps it.
pub(super) async fn read(
    incoming: &mut Incoming,
    limits: &Limits,
    bodies: &Arc<Semaphore>,
) -> Result<(Bytes, Held), Refused> {
    if incoming.is_end_stream() {
        return Ok((Bytes::new(), None));
    }
    let limit = Duration::from_millis(limits.body_read_timeout_ms);
    tokio::time::timeout(limit, collect(incoming, limits.body_bytes_max, bodies))
        .await
        .unwrap_or_else(|_| {
            let message = format!(
                "The body did not arrive within {} ms.",
                limits.body_read_timeout_ms
            );
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, message))
        })
}

async fn collect(
    incoming: &mut Incoming,
    body_bytes_max: usize,
    bodies: &Arc<Semaphore>,
) -> Result<(Bytes, Held), Refused> {
    let mut whole = BytesMut::new();
    let mut held: Held = None;
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| {
            Refused::new(
                StatusCode::BAD_REQUEST,
                format!("The body could not be read to its end: {error}."),
            )
        })?;
        // Trailers carry nothing that is used here.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > body_bytes_max {
            return Err(too_large(body_bytes_max));
        }
        hold(&mut held, bodies, data.len())?;
        if whole.is_empty() && incoming.is_end_stream() {
            return Ok((data, held));
        }
        whole.extend_from_slice(&data);
    }
    Ok((whole.freeze(), held))
}

/// Takes room as bytes come, so that announced but unsent bodies block nobody.
fn hold(held: &mut Held, bodies: &Arc<Semaphore>, bytes: usize) -> Result<(), Refused> {
    let permit = u32::try_from(bytes)
        .ok()
        .and_then(|n| Arc::clone(bodies).try_acquire_many_owned(n).ok());
    let Some(permit) = permit else {
        return Err(Refused::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many request bodies are being received; try again in a moment.",
        ));
    };
    match held {
        Some(held) => held.merge(permit),
        None => *held = Some(permit),
    }
    Ok(())
}

/// Reads a refused body away in the background, within limits.
///
/// A connection closed over unread bytes is reset, and its client loses the refusal.
pub(super) fn discard(mut incoming: Incoming, limits: &Limits) {
    if incoming.is_end_stream() {
        return;
    }
    let limit = Duration::from_millis(limits.discard_timeout_ms);
    let mut left = limits.discard_bytes_max;
    tokio::spawn(tokio::time::timeout(limit, async move {
        while let Some(Ok(frame)) = incoming.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(bytes) else {
                break;
            };
            left = rest;
        }
    }));
}
