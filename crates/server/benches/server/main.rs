//! Measures the real binary over loopback, each figure beside its limit in the same run.
//!
//! `cargo bench -p balefire` runs all; `cargo bench -p balefire -- reads` runs one of `start`, `reads`,
//! `incidents`, `lists`, `updates`, `delivery`, `search`, `import`. `BALEFIRE_BENCH_SECONDS` sets the length
//! of a round.

mod asff;
mod bare;
mod client;
mod delivery;
mod export;
mod findings;
mod import;
mod incidents;
mod limit;
mod lists;
mod reads;
mod search;
mod server;
mod start;
mod updates;

use std::time::Duration;

use anyhow::Result;

/// The length of one measured round.
fn round() -> Duration {
    let seconds = std::env::var("BALEFIRE_BENCH_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let [mode, body] = arguments.as_slice()
        && mode == "bare"
    {
        return runtime.block_on(bare::serve(body.clone().into_bytes()));
    }
    let wanted =
        |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    if wanted("start") {
        start::run()?;
    }
    if wanted("reads") {
        runtime.block_on(reads::run())?;
    }
    if wanted("incidents") {
        runtime.block_on(incidents::run())?;
    }
    if wanted("lists") {
        runtime.block_on(lists::run())?;
    }
    if wanted("updates") {
        runtime.block_on(updates::run())?;
    }
    if wanted("delivery") {
        runtime.block_on(delivery::run())?;
    }
    if wanted("search") {
        runtime.block_on(search::run())?;
    }
    if wanted("import") {
        import::run()?;
    }
    Ok(())
}
