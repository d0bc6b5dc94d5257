//! E-mail by SMTP: plain text, and the same Message-ID at every attempt.

mod envelope;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use serde::Deserialize;
use serde_json::Value;

use super::super::http::address::{Guard, GuardedResolver, Refused};
use super::super::{Fault, Notice, Reply, http};
use super::wording;
use crate::configuration::{SecretSource, Source};

/// From the connection to the server's word that it has taken the message. Some greet late on purpose.
const TIMEOUT: Duration = Duration::from_secs(45);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// `to = "email"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Tls,
    from: String,
    recipients: Vec<String>,
    user: Option<Source>,
    password: Option<SecretSource>,
}

/// How the connection is made private.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Tls {
    /// After a greeting in the clear.
    #[default]
    Starttls,
    /// From the first byte.
    #[serde(rename = "tls")]
    Implicit,
    /// Not at all: in networks that `outside.allow` names.
    None,
}

pub struct Email {
    host: String,
    port: u16,
    tls: Tls,
    parameters: TlsParameters,
    from: Mailbox,
    recipients: Vec<Mailbox>,
    credentials: Option<Credentials>,
    guard: Guard,
    timeout: Duration,
}

impl Email {
    pub fn new(section: &Section, outside: &http::Section) -> Result<Email> {
        ensure!(!section.recipients.is_empty(), "recipients names nobody");
        let recipients = section.recipients.iter().map(|text| mailbox(text));
        Ok(Email {
            host: section.host.clone(),
            port: section.port.unwrap_or(match section.tls {
                Tls::Starttls => 587,
                Tls::Implicit => 465,
                Tls::None => 25,
            }),
            tls: section.tls,
            parameters: parameters(&section.host, outside)?,
            from: mailbox(&section.from)?,
            recipients: recipients.collect::<Result<_>>()?,
            credentials: credentials(section)?,
            guard: Guard::allowing(outside.allow.clone()),
            timeout: TIMEOUT,
        })
    }

    pub async fn send(&self, notice: &Notice) -> Result<Reply, Fault> {
        let message = self.message(notice);
        let message = message.map_err(|error| Fault::lasting(format!("{error:#}")))?;
        match tokio::time::timeout(self.timeout, self.hand_over(&message)).await {
            Ok(done) => done.map(|()| Value::Null),
            Err(_) => Err(Fault::passing(format!(
                "{} did not take the message within {} s",
                self.host,
                self.timeout.as_secs_f32()
            ))),
        }
    }

    async fn hand_over(&self, message: &Message) -> Result<(), Fault> {
        let mut connection = self.connect().await?;
        let recipients = self.recipients.iter().map(|to| &to.email);
        let recipients: Vec<&Address> = recipients.collect();
        let bytes = message.formatted();
        envelope::hand_over(&mut connection, &self.from.email, &recipients, &bytes)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// A fault, with the server that it is of.
    fn named(&self, fault: Fault) -> Fault {
        Fault {
            reason: format!("{}: {}", self.host, fault.reason),
            ..fault
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let fault = |error| self.named(envelope::fault(&error));
        let hello = ClientId::default();
        let implicit = (self.tls == Tls::Implicit).then(|| self.parameters.clone());
        let addresses = self.addresses().await?;
        let connection = AsyncSmtpConnection::connect_tokio1(
            &addresses[..],
            Some(CONNECT_TIMEOUT),
            &hello,
            implicit,
            None,
        );
        let mut connection = connection.await.map_err(fault)?;
        if self.tls == Tls::Starttls {
            let upgrade = connection.starttls(self.parameters.clone(), &hello);
            upgrade.await.map_err(fault)?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = connection.auth(MECHANISMS, credentials);
            signed_in.await.map_err(fault)?;
        }
        Ok(connection)
    }

    /// The name is resolved once, and what was checked is what is connected to.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, Fault> {
        let resolver = GuardedResolver::new(self.guard.clone());
        let found = resolver.resolve(self.host.clone()).await;
        let mut found = found.map_err(|error| Fault {
            reason: format!("{} cannot be reached: {error}", self.host),
            lasting: error.is::<Refused>(),
        })?;
        if self.tls == Tls::None {
            found.retain(|at| self.guard.names(at.ip()));
            if found.is_empty() {
                return Err(Fault::lasting(format!(
                    "mail to {} must be encrypted: set tls to starttls or tls, or name its network in \
                     outside.allow",
                    self.host
                )));
            }
        }
        for at in &mut found {
            at.set_port(self.port);
        }
        Ok(found)
    }

    /// The same bytes at every attempt.
    fn message(&self, notice: &Notice) -> Result<Message> {
        let at_ms = u64::try_from(notice.at_ms).unwrap_or(0);
        let id = format!("<{}@{}>", notice.id, self.from.email.domain());
        let mut builder = Message::builder()
            .message_id(Some(id))
            .date(UNIX_EPOCH + Duration::from_millis(at_ms))
            .from(self.from.clone())
            .subject(wording::headline(notice))
            .header(ContentType::TEXT_PLAIN);
        for recipient in &self.recipients {
            builder = builder.to(recipient.clone());
        }
        let mut message = builder.body(text(notice)).context("writing the message")?;
        // So that no absence note answers.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let automatic = HeaderValue::new(automatic, "auto-generated".into());
        message.headers_mut().insert_raw(automatic);
        Ok(message)
    }
}

fn text(notice: &Notice) -> String {
    let mut lines = vec![wording::headline(notice), String::new()];
    lines.extend(wording::happened(notice));
    lines.extend([String::new(), notice.incident_arn.clone(), String::new()]);
    lines.join("\r\n")
}

fn mailbox(text: &str) -> Result<Mailbox> {
    let mailbox: Mailbox = text
        .parse()
        .with_context(|| format!("'{text}' is no address, such as on-call@example.com"))?;
    let address: &str = mailbox.email.as_ref();
    ensure!(
        address.is_ascii(),
        "'{text}' is not ASCII: write its domain as xn--…"
    );
    Ok(mailbox)
}

fn credentials(section: &Section) -> Result<Option<Credentials>> {
    match (&section.user, &section.password) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) if section.tls == Tls::None => {
            bail!("a password is not sent without encryption: set tls to starttls or tls")
        }
        (Some(user), Some(password)) => Ok(Some(Credentials::new(user.read()?, password.read()?))),
        _ => bail!("user and password are set together or not at all"),
    }
}

fn parameters(host: &str, outside: &http::Section) -> Result<TlsParameters> {
    let mut builder: TlsParametersBuilder = TlsParameters::builder(host.to_owned());
    if let Some(path) = &outside.ca_bundle {
        let reading = || format!("reading the authorities in {}", path.display());
        let pem = std::fs::read(path).with_context(reading)?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).with_context(reading)?);
    }
    Ok(builder.build()?)
}
