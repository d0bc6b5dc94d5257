//! What the operator has set: the file `balefire.toml`, read once at the start.

mod machine_memory;

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::hooks;
use crate::outside::{bus, channel, connector, export, http, pager_duty, runbook};
use crate::settings::{Integrations, Limits, Settings};

/// The file's name in the data directory, where none is given.
const FILE: &str = "balefire.toml";

/// The file, section by section. What is not known is refused, so that no slip of the pen goes unseen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    pub incidents: Incidents,
    pub findings: Findings,
    pub outside: http::Section,
    /// Where the messages of an SNS topic go, by the topic's ARN.
    pub topics: BTreeMap<String, channel::Section>,
    /// Where changes of incidents are published.
    pub events_out: Option<bus::Section>,
    /// Who may post alerts, by the last part of the path.
    pub hooks: BTreeMap<String, hooks::Section>,
    pub runbooks: runbook::Section,
    pub pagerduty: pager_duty::Section,
    /// Ticket systems and who signs in there, by the names of connectors.
    pub connectors: BTreeMap<String, connector::Section>,
    pub export: export::Section,
}

/// `[incidents]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Incidents {
    /// How long before an incident a deployment may have begun to be one of its findings: `1h`, `90m`.
    pub deployment_window: SignedDuration,
}

impl Default for Incidents {
    fn default() -> Incidents {
        Incidents {
            deployment_window: SignedDuration::from_hours(1),
        }
    }
}

/// `[findings]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Findings {
    /// How much memory they may take before no new ones are taken in; by default half of what there is.
    pub memory_mib: Option<NonZeroU64>,
}

impl Findings {
    fn bytes_max(&self) -> Option<u64> {
        match self.memory_mib {
            Some(mib) => Some(mib.get().saturating_mul(1 << 20)),
            None => machine_memory::bytes().map(|bytes| bytes / 2),
        }
    }
}

/// Where a secret is: never in the file itself, and never in the store.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Place")]
pub enum SecretSource {
    /// `{ env = "NAME" }`
    Env(String),
    /// `{ file = "PATH" }`
    File(PathBuf),
}

/// How the file says it. What it says instead is not repeated: that may be the secret.
#[derive(Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "no secret is kept in this file: expected { env = \"NAME\" } or { file = \"PATH\" }"
)]
enum Place {
    Env { env: String },
    File { file: PathBuf },
}

impl From<Place> for SecretSource {
    fn from(place: Place) -> SecretSource {
        match place {
            Place::Env { env } => SecretSource::Env(env),
            Place::File { file } => SecretSource::File(file),
        }
    }
}

impl SecretSource {
    /// The secret, without the newline that editors leave at the end of a file.
    pub fn read(&self) -> Result<String> {
        let text = match self {
            SecretSource::Env(name) => std::env::var(name)
                .with_context(|| format!("reading the environment variable {name}"))?,
            SecretSource::File(path) => std::fs::read_to_string(path)
                .with_context(|| format!("reading {}", path.display()))?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            bail!("{self} is empty");
        }
        Ok(text.to_owned())
    }
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            SecretSource::Env(name) => write!(formatter, "the environment variable {name}"),
            SecretSource::File(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// A value that need not be a secret: as it is, or where it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text, { env = \"NAME\" } or { file = \"PATH\" }"
)]
pub enum Source {
    Text(String),
    Elsewhere(SecretSource),
}

impl Source {
    pub fn read(&self) -> Result<String> {
        match self {
            Source::Text(text) => Ok(text.clone()),
            Source::Elsewhere(source) => source.read(),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Source::Text(text) => write!(formatter, "'{text}'"),
            Source::Elsewhere(source) => source.fmt(formatter),
        }
    }
}

impl Configuration {
    /// Reads the file that is named, or the one in the data directory if there is one.
    pub fn read(named: Option<&Path>, data: &Path) -> Result<Configuration> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => data.join(FILE),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                Configuration::parse(&text).with_context(|| format!("reading {}", path.display()))
            }
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Configuration::default())
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Configuration> {
        let read: Configuration = toml::from_str(text).map_err(|error| located(text, &error))?;
        if !read.incidents.deployment_window.is_positive() {
            bail!("incidents.deployment_window must be longer than nothing, such as 1h");
        }
        Ok(read)
    }

    /// What rules of operations depend on.
    pub fn settings(&self, limits: Limits) -> Settings {
        let window_ms = self.incidents.deployment_window.as_millis();
        Settings {
            deployment_window_ms: i64::try_from(window_ms).unwrap_or(i64::MAX),
            limits,
            publishes: self.events_out.is_some(),
            integrations: Arc::new(Integrations {
                local_runbooks: self.runbooks.commands.keys().cloned().collect(),
                pager_duty_secrets: self.pagerduty.secrets.keys().cloned().collect(),
            }),
            findings_bytes_max: self.findings.bytes_max(),
        }
    }
}

/// The place and the reason. The library would show the whole line, and with it a secret that is there.
fn located(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count();
    let whole = text.lines().nth(line).unwrap_or_default();
    let key = whole.split('=').next().unwrap_or_default().trim();
    anyhow!("line {}, {key}: {}", line + 1, error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_need_be_set() {
        let data = tempfile::TempDir::new().expect("a directory");
        let read = Configuration::read(None, data.path()).expect("defaults");
        assert_eq!(read.settings(Limits::None).deployment_window_ms, 3_600_000);
        assert!(Configuration::read(Some(&data.path().join("x.toml")), data.path()).is_err());
    }

    #[test]
    fn findings_may_take_what_is_set_or_half_of_the_memory() {
        let bytes_max = |text: &str| {
            let read = Configuration::parse(text).expect("a configuration");
            read.settings(Limits::None).findings_bytes_max
        };
        assert_eq!(bytes_max("[findings]\nmemory_mib = 3"), Some(3 << 20));
        assert_eq!(
            bytes_max(""),
            machine_memory::bytes().map(|bytes| bytes / 2)
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("[incident]\n", "incident"),
            ("[incidents]\nwindow = \"1h\"", "window"),
            (
                "[incidents]\ndeployment_window = \"soon\"",
                "deployment_window",
            ),
            (
                "[incidents]\ndeployment_window = \"-1h\"",
                "longer than nothing",
            ),
            ("[findings]\nmemory_mib = 0", "memory_mib"),
            ("[findings]\nmemory_mib = \"2 GiB\"", "memory_mib"),
            ("[topics.\"a\"]\nto = \"pigeon\"", "pigeon"),
            ("[outside]\nallow = [\"10.0.0.0/99\"]", "allow"),
            ("[connectors.a]\nurl = \"https://a.example\"", "user"),
            (
                "[connectors.a]\nurl = \"x\"\nuser = \"y\"\nsecret = \"u+token\"",
                "no secret",
            ),
            ("[runbooks]\nat_once = 0", "at_once"),
            ("[export.buckets.b]\nto = \"ftp\"", "ftp"),
            ("[export.buckets.b]\nto = \"directory\"", "path"),
            ("[export.buckets.b]\nto = \"s3\"\nbucket = \"x\"", "bucket"),
            ("[runbooks.commands.x]\ncommands = []", "commands"),
            ("[runbooks.ssm]\nregion = \"eu-west-1\"", "endpoint"),
            (
                "[pagerduty.secrets]\nx = \"u+token\"",
                "line 2, x: no secret",
            ),
            ("[pagerduty.secrets]\nx = { u = \"u+token\" }", "no secret"),
            (
                "[pagerduty.secrets]\nx = { env = \"A\", file = \"u+token\" }",
                "no secret",
            ),
        ] {
            let error = Configuration::parse(text).expect_err(text);
            let error = format!("{error:#}");
            assert!(error.contains(named), "{text}: {error}");
            assert!(!error.contains("u+token"), "{error}");
        }
    }

    #[test]
    fn secrets_come_from_files_without_their_newline() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "hunter2\n").expect("a write");
        let source = SecretSource::File(file.path().to_owned());
        assert_eq!(source.read().expect("a secret"), "hunter2");
        std::fs::write(file.path(), "\n").expect("a write");
        assert!(source.read().is_err());
    }
}
