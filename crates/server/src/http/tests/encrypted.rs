//! TLS: a request over it, clients that do not speak it, and files that cannot be used.

use std::path::PathBuf;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::*;
use crate::testing::certificate::{CERT_PEM, KEY_PEM};

/// A folder with the given files, gone when dropped.
struct Files(PathBuf);

impl Files {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("balefire-tls-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            std::fs::write(folder.join(file), text).expect("a file");
        }
        Self(folder)
    }

    fn config(&self, cert: &str, key: &str) -> Result<rustls::ServerConfig, TlsError> {
        tls_config(&self.0.join(cert), &self.0.join(key))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn client() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(CERT_PEM.as_bytes()).expect("PEM");
    roots.add(certificate).expect("a root");
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn encrypted_server(name: &str, limits: Limits) -> Server {
    let files = Files::new(name, &[("cert.pem", CERT_PEM), ("key.pem", KEY_PEM)]);
    let config = files.config("cert.pem", "key.pem").expect("usable files");
    Server::start_with(limits, Some(config), |listener| listener).await
}

#[tokio::test]
async fn requests_are_answered_over_tls() {
    let server = encrypted_server("answered", Limits::default()).await;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = client()
        .connect(name, server.connect().await)
        .await
        .expect("a handshake");
    stream
        .write_all(get("/secret").as_bytes())
        .await
        .expect("sent");
    assert_answer(&rest_of(&mut stream).await, 200, "GET /secret");
    server.stop().await;
}

#[tokio::test]
async fn clients_that_do_not_speak_tls_are_dropped() {
    let limits = Limits {
        header_read_timeout_ms: 30,
        connections_max: 1,
        ..Limits::default()
    };
    let server = encrypted_server("dropped", limits).await;
    for said in [get("/plain"), String::new()] {
        let mut stream = server.connect().await;
        stream.write_all(said.as_bytes()).await.expect("sent");
        let mut heard = Vec::new();
        _ = stream.read_to_end(&mut heard).await;
        assert!(!heard.starts_with(b"HTTP"), "{heard:?}");
    }
    assert_eq!(server.answered(), 0);
    server.stop().await;
}

#[test]
fn unusable_files_are_named() {
    let other_key = KEY_PEM.replace("PRIVATE", "PUBLIC");
    let files = [
        ("cert", CERT_PEM),
        ("key", KEY_PEM),
        ("empty", ""),
        ("other", other_key.as_str()),
    ];
    let files = Files::new("unusable", &files);
    for (cert, key, part) in [
        ("absent", "key", "cannot read the certificate chain from"),
        ("empty", "key", "empty holds no certificate"),
        ("key", "key", "key holds no certificate"),
        ("cert", "absent", "absent"),
        ("cert", "empty", "cannot read the private key from"),
        ("cert", "other", "cannot read the private key from"),
    ] {
        let error = files.config(cert, key).expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
}
