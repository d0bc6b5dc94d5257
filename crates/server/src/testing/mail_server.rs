//! A local mail server that takes, refuses or hangs as a test tells it, and keeps what it heard.

use std::io::{Error, Result};
use std::sync::Arc;

use parking_lot::Mutex;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::certificate::{CERT_PEM, KEY_PEM};

/// How the server behaves.
#[derive(Clone, Copy)]
pub struct Manners {
    pub privacy: Privacy,
    /// The answers to the recipients, in turn.
    pub recipients: &'static [&'static str],
    /// The answer to the end of a message.
    pub end: &'static str,
    /// The command at which it stops to say anything.
    pub hangs_at: &'static str,
}

/// Whether the server encrypts.
#[derive(Clone, Copy, PartialEq)]
pub enum Privacy {
    None,
    Starttls,
    Implicit,
}

pub const KIND: Manners = Manners {
    privacy: Privacy::None,
    recipients: &["250 ok", "250 ok"],
    end: "250 taken",
    hangs_at: "-",
};

/// What was heard, line by line.
pub type Lines = Arc<Mutex<Vec<String>>>;

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Starts a server, and gives its port and what it hears.
pub async fn serve(manners: Manners) -> (u16, Lines) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let lines = Lines::default();
    let heard = lines.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that leaves in the middle is one of the cases.
            let _ = converse(stream, manners, heard.clone()).await;
        }
    });
    (port, lines)
}

async fn converse(stream: TcpStream, manners: Manners, heard: Lines) -> Result<()> {
    let mut stream: Box<dyn Wire> = Box::new(stream);
    if manners.privacy == Privacy::Implicit {
        stream = Box::new(acceptor().accept(stream).await?);
    }
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 mail.test").await?;
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
            "EHLO" if manners.privacy == Privacy::None => "250 mail.test",
            "EHLO" => "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                say(&mut stream, "220 go on").await?;
                let encrypted = acceptor().accept(stream.into_inner()).await?;
                stream = BufReader::new(Box::new(encrypted));
                continue;
            }
            "AUTH" => "235 welcome",
            "RCPT" => recipients.next().unwrap_or(&"250 ok"),
            "DATA" => {
                in_message = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        say(&mut stream, answer).await?;
    }
}

async fn say(stream: &mut BufReader<Box<dyn Wire>>, answer: &str) -> Result<()> {
    stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    stream.flush().await
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERT_PEM.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(KEY_PEM.as_bytes()).expect("PEM");
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(Error::other);
    TlsAcceptor::from(Arc::new(config.expect("a certificate and its key")))
}
