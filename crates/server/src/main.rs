//! The `balefire` binary.

use std::process::ExitCode;

use balefire::command::{Command, Ended};
use clap::Parser;

fn main() -> ExitCode {
    match Command::parse().run() {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::InPart) => ExitCode::from(3),
        Err(error) => {
            eprintln!("balefire: {error:#}");
            ExitCode::FAILURE
        }
    }
}
