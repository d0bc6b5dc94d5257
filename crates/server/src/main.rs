//! The `balefire` binary.

use std::process::ExitCode;

use balefire::command::{Command, Ended};
use clap::Parser;
use mimalloc::MiMalloc;

/// A request allocates some hundred times, on every core at once: with the system's allocator a fifth fewer
/// updates are done in the same time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match Command::parse().run() {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::InPart) => ExitCode::from(3),
        // As the shell says of what a closed pipe has ended.
        Ok(Ended::Unread) => ExitCode::from(141),
        Err(error) => {
            eprintln!("balefire: {error:#}");
            ExitCode::FAILURE
        }
    }
}
