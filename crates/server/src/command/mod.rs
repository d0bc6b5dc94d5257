//! The command line: what `balefire` does when it is called.

mod admin;
mod deliveries;
mod demo;
mod feeds;
mod findings;
mod import;
mod incident;
mod input;
mod open;
mod profile;
mod reach;
mod risk;
mod rules;
mod scan;
mod serve;

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use balefire_api::Timestamp;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Security findings and incidents on your own machine, behind the AWS API.
#[derive(Parser)]
#[command(name = "balefire", version, about, max_term_width = 100)]
pub struct Command {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Answer AWS calls for the data in a directory or a PostgreSQL database.
    Serve(serve::Serve),
    /// Show a small invented company already in trouble, on a temporary store.
    Demo(demo::Demo),
    /// Bring in findings: OCSF, Prowler, SARIF, Trivy, Grype, CycloneDX VEX, ASFF, Inspector.
    Import(import::Import),
    /// Write all findings as they were at a past moment, one OCSF document a line.
    Findings(findings::Findings),
    /// Bring in vulnerability feeds.
    #[command(subcommand)]
    Feeds(feeds::Feeds),
    /// Match the packages of a CycloneDX SBOM with the advisories, and open and close findings.
    Scan(scan::Scan),
    /// Automation rules over findings.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// What is asked about one incident.
    #[command(subcommand)]
    Incident(incident::Incident),
    /// What could not be delivered to other systems.
    #[command(subcommand)]
    Deliveries(deliveries::Deliveries),
    /// Risks that are accepted.
    #[command(subcommand)]
    Risk(risk::Risk),
    /// Accounts and access keys, in the store itself: a directory that no server has open, or a PostgreSQL
    /// database.
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// Where the data is.
#[derive(Args, Clone)]
struct StoreOptions {
    /// The directory of the store.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "./balefire-data",
        env = "BALEFIRE_DATA"
    )]
    data: PathBuf,
    /// A PostgreSQL database instead of the directory's own.
    #[arg(
        long,
        value_name = "URL",
        env = "BALEFIRE_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
}

/// How a command reaches the data, and how it tells what it did.
#[derive(Args, Clone)]
struct ReachOptions {
    #[command(flatten)]
    way: WayOptions,
    /// How the summary is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a command reaches the data: a server, as any AWS client does, or the store itself.
#[derive(Args, Clone)]
struct WayOptions {
    /// The server; by default as the AWS CLI finds it (AWS_ENDPOINT_URL, profile).
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "database"])]
    endpoint_url: Option<String>,
    /// The store's directory, without a server.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL database, without a server.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// The region; by default as the AWS CLI finds it, or else us-east-1.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

impl WayOptions {
    /// Whether a server answers, and not the store itself.
    fn is_server(&self) -> bool {
        self.data.is_none() && self.database.is_none()
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// How a command ended, as its exit code says.
#[derive(Clone, Copy, PartialEq)]
pub enum Ended {
    Well,
    /// Something of the input was refused; the rest was done.
    InPart,
    /// Nobody wanted to read more of what was to be shown.
    Unread,
}

impl Command {
    pub fn run(self) -> anyhow::Result<Ended> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let ended = match self.task {
            Task::Serve(serve) => runtime.block_on(serve.run()),
            Task::Demo(demo) => runtime.block_on(demo.run()),
            Task::Import(import) => runtime.block_on(import.run()),
            Task::Findings(findings) => runtime.block_on(findings.run()),
            Task::Feeds(feeds) => runtime.block_on(feeds.run()),
            Task::Scan(scan) => runtime.block_on(scan.run()),
            Task::Rules(rules) => runtime.block_on(rules.run()),
            Task::Incident(incident) => runtime.block_on(incident.run()),
            Task::Deliveries(deliveries) => runtime.block_on(deliveries.run()),
            Task::Risk(risk) => runtime.block_on(risk.run()),
            Task::Admin(admin) => admin.run(),
        };
        match ended {
            Err(error) if error.is::<Unread>() => Ok(Ended::Unread),
            ended => ended,
        }
    }
}

/// Writes a line to standard output. It fails where nobody reads any more, for which `println!` would panic.
fn say(line: impl Display) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Nobody reads what a command shows any more.
#[derive(Debug, thiserror::Error)]
#[error("standard output is closed")]
struct Unread;

/// Writes what a command was called for. Whoever reads the beginning only has had enough, and no fault.
fn show(text: impl Display) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        written => Ok(written?),
    }
}

/// The moment that an option names.
fn moment(option: &str, text: &str) -> anyhow::Result<Timestamp> {
    // The calendar of times on the wire ends a day later.
    if let Some(moment) = Timestamp::parse_date_time(text) {
        return Ok(moment);
    }
    let moment: jiff::Timestamp = text
        .parse()
        .with_context(|| format!("{option}: '{text}' is no time such as 2026-12-31T00:00:00Z"))?;
    Ok(Timestamp(moment.as_millisecond()))
}

/// A bar on a terminal; nothing where machines read.
fn progress(format: Format, what: &str, length: u64) -> indicatif::ProgressBar {
    if format == Format::Json {
        return indicatif::ProgressBar::hidden();
    }
    let style =
        indicatif::ProgressStyle::with_template("{msg} {wide_bar} {percent}% {per_sec} {eta}");
    let bar = indicatif::ProgressBar::new(length).with_message(what.to_owned());
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// Logs go to standard error; `BALEFIRE_LOG` names the level.
fn log_to_stderr() {
    use tracing_subscriber::filter::LevelFilter;
    let level = std::env::var("BALEFIRE_LOG")
        .ok()
        .and_then(|level| level.parse::<LevelFilter>().ok());
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_max_level(level.unwrap_or(LevelFilter::INFO));
    // A second call, as in tests, leaves the first in place.
    let _ = builder.try_init();
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_those_of_the_wire_and_of_other_offsets() {
        for (text, expected) in [
            ("2026-12-31T00:00:00Z", Some(1_798_675_200_000)),
            ("2026-12-31T02:00:00+02:00", Some(1_798_675_200_000)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799_000)),
            ("2026-13-01", None),
            ("+10000-01-01T00:00:00Z", None),
        ] {
            let moment = moment("--until", text).ok().map(|moment| moment.0);
            assert_eq!(moment, expected, "{text}");
        }
    }
}
