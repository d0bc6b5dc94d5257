//! E-mail against a mail server that takes, refuses, lies in wait, or hangs.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::super::tests::notice;
use super::{Email, Section};
use crate::outside::http;

/// What the server answers to the recipients, in turn, and at the end of the message.
#[derive(Clone, Copy)]
struct Manners {
    recipients: &'static [&'static str],
    end: &'static str,
    /// Says nothing from here on.
    hangs_at: &'static str,
}

const KIND: Manners = Manners {
    recipients: &["250 ok", "250 ok"],
    end: "250 taken",
    hangs_at: "-",
};

/// What arrived, line by line.
type Lines = Arc<Mutex<Vec<String>>>;

async fn serve(manners: Manners) -> (u16, Lines) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let lines = Lines::default();
    let heard = lines.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = converse(stream, manners, heard.clone()).await;
        }
    });
    (port, lines)
}

async fn converse(stream: TcpStream, manners: Manners, heard: Lines) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.test\r\n").await?;
    let (mut in_message, mut recipients) = (false, manners.recipients.iter());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        heard.lock().push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        if verb == manners.hangs_at {
            std::future::pending::<()>().await;
        }
        let answer = match verb {
            "." if in_message => {
                in_message = false;
                manners.end
            }
            _ if in_message => continue,
            "EHLO" => "250 mail.test",
            "RCPT" => recipients.next().unwrap_or(&"250 ok"),
            "DATA" => {
                in_message = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn section(port: u16, more: &str) -> Section {
    toml::from_str(&format!(
        "host = \"localhost\"\nport = {port}\nfrom = \"Balefire <fire@example.com>\"\n\
         recipients = [\"ada@example.com\", \"bob@example.com\"]\n{more}"
    ))
    .expect("a section")
}

fn email(port: u16, more: &str, allow: &[&str]) -> Email {
    let allow = allow.iter().map(|net| net.parse().expect("a network"));
    let outside = http::Section {
        allow: allow.collect(),
        ca_bundle: None,
    };
    let email = Email::new(&section(port, more), &outside).expect("an address");
    Email {
        timeout: Duration::from_millis(500),
        ..email
    }
}

const HERE: &[&str] = &["127.0.0.0/8"];
const CLEAR: &str = "tls = \"none\"";

#[tokio::test]
async fn the_message_arrives_and_bears_the_notices_id() {
    let (port, lines) = serve(KIND).await;
    let email = email(port, CLEAR, HERE);
    email.send(&notice()).await.expect("a message");
    let first = std::mem::take(&mut *lines.lock());
    for expected in [
        "MAIL FROM:<fire@example.com>",
        "RCPT TO:<ada@example.com>",
        "RCPT TO:<bob@example.com>",
        "Message-ID: <0198c0de-0000-7000-8000-000000000001@example.com>",
        "Subject: Critical: Shop is <down> & out (OPEN)",
        "Date: Thu, 01 Jan 2026 00:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "The incident began.",
        "arn:aws:ssm-incidents::111111111111:incident-record/shop/i-1",
    ] {
        assert!(
            first.iter().any(|line| line == expected),
            "{expected}: {first:#?}"
        );
    }
    email.send(&notice()).await.expect("a message");
    assert_eq!(*lines.lock(), first, "a repeat is the same message");
}

#[tokio::test]
async fn faults_say_whether_they_last() {
    for (manners, lasting, said) in [
        (
            Manners {
                recipients: &["550 no such", "550 no such"],
                ..KIND
            },
            true,
            "every recipient was refused",
        ),
        (
            Manners {
                recipients: &["450 later", "550 no such"],
                ..KIND
            },
            false,
            "every recipient was refused",
        ),
        (
            Manners {
                end: "452 full",
                ..KIND
            },
            false,
            "full",
        ),
        (
            Manners {
                end: "554 spam",
                ..KIND
            },
            true,
            "spam",
        ),
        (Manners { end: "yes", ..KIND }, false, "localhost"),
        (
            Manners {
                hangs_at: "EHLO",
                ..KIND
            },
            false,
            "did not take",
        ),
        (
            Manners {
                hangs_at: ".",
                ..KIND
            },
            false,
            "did not take",
        ),
    ] {
        let (port, _) = serve(manners).await;
        let fault = email(port, CLEAR, HERE)
            .send(&notice())
            .await
            .expect_err(said);
        assert_eq!(fault.lasting, lasting, "{fault}");
        assert!(fault.reason.contains(said), "{fault}");
    }
}

#[tokio::test]
async fn one_refused_recipient_keeps_it_from_no_other() {
    let manners = Manners {
        recipients: &["450 later", "250 ok"],
        ..KIND
    };
    let (port, lines) = serve(manners).await;
    let fault = email(port, CLEAR, HERE)
        .send(&notice())
        .await
        .expect_err("a refusal");
    assert!(
        fault.lasting && fault.reason.contains("not for ada@example.com"),
        "{fault}"
    );
    assert!(!fault.reason.contains("bob"), "{fault}");
    assert!(
        lines
            .lock()
            .iter()
            .any(|line| line == "The incident began.")
    );
}

#[tokio::test]
async fn a_server_that_hangs_at_the_end_has_taken_the_message() {
    let (port, _) = serve(Manners {
        hangs_at: "QUIT",
        ..KIND
    })
    .await;
    let mut email = email(port, CLEAR, HERE);
    email.timeout = Duration::from_secs(5);
    email.send(&notice()).await.expect("a message");
}

#[tokio::test]
async fn the_inner_network_and_the_clear_are_not_used_unasked() {
    let (port, lines) = serve(KIND).await;
    for (more, allow, said) in [
        (CLEAR, &[] as &[&str], "outside.allow"),
        // Encryption was asked for, and the server has none.
        ("", HERE, "STARTTLS"),
    ] {
        let fault = email(port, more, allow)
            .send(&notice())
            .await
            .expect_err(said);
        assert!(fault.lasting && fault.reason.contains(said), "{fault}");
    }
    let lines = lines.lock();
    assert!(
        !lines.iter().any(|line| line.starts_with("MAIL")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_public_server_gets_nothing_in_the_clear() {
    let mut email = email(25, CLEAR, HERE);
    // An address of the documentation: it is checked before anything is connected to.
    email.host = "203.0.113.1".into();
    let fault = email.send(&notice()).await.expect_err("no encryption");
    assert!(
        fault.lasting && fault.reason.contains("must be encrypted"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_server_without_certificate_that_we_trust_gets_no_message() {
    let (port, lines) = serve(KIND).await;
    let fault = email(port, "tls = \"tls\"", HERE)
        .send(&notice())
        .await
        .expect_err("no TLS");
    assert!(!fault.lasting, "{fault}");
    assert!(!lines.lock().iter().any(|line| line.starts_with("MAIL")));
}
