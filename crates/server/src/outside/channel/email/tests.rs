//! E-mail against a mail server that takes, refuses, lies in wait, or hangs.

use std::time::Duration;

use super::super::tests::notice;
use super::{Email, Section};
use crate::outside::http;
use crate::testing::certificate::CERT_PEM;
use crate::testing::mail_server::{KIND, Manners, Privacy, serve};

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

#[tokio::test]
async fn the_password_goes_to_a_server_that_is_trusted_and_to_no_other() {
    let (password, ca) = (file("hunter2\n"), file(CERT_PEM));
    let user = format!(
        "user = \"fire\"\npassword = {{ file = \"{}\" }}\n",
        password.path().display()
    );
    for (privacy, tls) in [(Privacy::Starttls, "starttls"), (Privacy::Implicit, "tls")] {
        let (port, lines) = serve(Manners { privacy, ..KIND }).await;
        let section = section(port, &format!("{user}tls = \"{tls}\""));
        let mut outside = http::Section {
            allow: vec!["127.0.0.0/8".parse().expect("a network")],
            ca_bundle: None,
        };
        let stranger = Email::new(&section, &outside).expect("an address");
        let fault = stranger
            .send(&notice())
            .await
            .expect_err("an unknown authority");
        assert!(
            !fault.lasting && fault.reason.contains("ertificate"),
            "{fault}"
        );
        assert!(!lines.lock().iter().any(|line| line.starts_with("AUTH")));

        outside.ca_bundle = Some(ca.path().to_owned());
        let known = Email::new(&section, &outside).expect("an address");
        known.send(&notice()).await.expect("a message");
        let lines = lines.lock();
        // Base64 of NUL, the user, NUL and the password.
        assert!(
            lines
                .iter()
                .any(|line| line == "AUTH PLAIN AGZpcmUAaHVudGVyMg=="),
            "{lines:#?}"
        );
        assert!(lines.iter().any(|line| line == "The incident began."));
    }
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("a write");
    file
}
