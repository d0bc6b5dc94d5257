//! Sends a feed that was read to its end, in parts, as one generation.

use std::sync::Arc;

use anyhow::{Context, Result};
use balefire_api::Document;
use balefire_api::own::{
    Feed, FinishFeed, FinishFeedInput, FinishFeedOutput, PutFeedPart, PutFeedPartInput,
};
use indicatif::ProgressBar;
use tokio::sync::mpsc;

use super::Progress;
use super::rows::Rows;
use crate::command::reach::{Conflict, Reach};
use crate::intelligence::source::Source;

/// Rows of one request.
const ROWS_PER_PART: usize = 2000;
const BYTES_PER_PART: usize = 4 << 20;
/// How often a feed is brought where each time another refresh of it ends first, with older data.
const ROUNDS_MAX: u32 = 3;

/// A feed that was read to its end, and may be sent.
pub struct Whole {
    pub feed: Feed,
    pub source: Source,
    pub checked: Rows,
    pub as_of: String,
}

/// Sends a feed. Where another refresh has ended meanwhile with older data, it is sent once more.
pub async fn bring(
    reach: &Arc<Reach>,
    whole: &Arc<Whole>,
    progress: &mut Progress,
    bar: &ProgressBar,
) -> Result<FinishFeedOutput> {
    let mut round = 1;
    loop {
        let error = match bring_once(reach, whole, progress, bar).await {
            Err(error) if error.is::<Conflict>() => error,
            ended => return ended,
        };
        if round == ROUNDS_MAX {
            let advice = "refresh it again when no other refresh is under way";
            return Err(error.context(format!("it was overtaken {round} times; {advice}")));
        }
        round += 1;
    }
}

async fn bring_once(
    reach: &Arc<Reach>,
    whole: &Arc<Whole>,
    progress: &mut Progress,
    bar: &ProgressBar,
) -> Result<FinishFeedOutput> {
    let generation = uuid::Uuid::new_v4().to_string();
    progress.taken = 0;
    match put_parts(reach, whole, &generation, progress, bar).await {
        // Of what was overtaken while it was sent, its end says whether that is well.
        Err(error) if error.is::<Conflict>() => {}
        put => put?,
    }
    let finish = FinishFeedInput {
        feed: whole.feed,
        generation,
        as_of: whole.as_of.clone(),
        row_count: i64::try_from(progress.taken).context("too many rows")?,
    };
    reach.call::<FinishFeed>(finish).await
}

async fn put_parts(
    reach: &Arc<Reach>,
    whole: &Arc<Whole>,
    generation: &str,
    progress: &mut Progress,
    bar: &ProgressBar,
) -> Result<()> {
    let (sender, mut parts) = mpsc::channel::<Vec<Document>>(2);
    let reading = {
        let whole = Arc::clone(whole);
        tokio::task::spawn_blocking(move || send_parts(&whole, &sender))
    };
    while let Some(rows) = parts.recv().await {
        let sent = rows.len() as u64;
        let part = PutFeedPartInput {
            feed: whole.feed,
            generation: generation.to_owned(),
            rows,
        };
        reach.call::<PutFeedPart>(part).await?;
        progress.taken += sent;
        bar.set_position(progress.taken);
    }
    reading.await?
}

fn send_parts(whole: &Whole, sender: &mpsc::Sender<Vec<Document>>) -> Result<()> {
    let Whole {
        feed,
        source,
        checked,
        ..
    } = whole;
    let (mut part, mut bytes) = (Vec::new(), 0);
    let hand_on = |part: &mut Vec<Document>| {
        let part = std::mem::take(part);
        sender
            .blocking_send(part)
            .map_err(|_| anyhow::anyhow!("sending stopped"))
    };
    checked.send(*feed, source, &mut |row| {
        bytes += row.text().len();
        part.push(row);
        if part.len() >= ROWS_PER_PART || bytes >= BYTES_PER_PART {
            bytes = 0;
            hand_on(&mut part)?;
        }
        Ok(())
    })?;
    if !part.is_empty() {
        hand_on(&mut part)?;
    }
    Ok(())
}
