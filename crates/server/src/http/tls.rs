//! The server's TLS settings, from two PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is not the PEM that was expected.
    #[error("cannot read {what} from {}: {source}", path.display())]
    File {
        /// What the file should hold.
        what: &'static str,
        /// The file as it was named.
        path: PathBuf,
        /// What went wrong.
        source: pem::Error,
    },
    /// The certificate file holds no certificate.
    #[error("{} holds no certificate; it needs the server's certificate first, as PEM", .0.display())]
    NoCertificate(PathBuf),
    /// The key and the certificate are unusable, or do not belong together.
    #[error("the certificate and key cannot be used for TLS: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Settings for TLS 1.2 and 1.3, without client certificates, speaking HTTP/1.1.
///
/// `cert_pem` holds the server's certificate first, then its issuers; `key_pem` the private key.
pub fn tls_config(cert_pem: &Path, key_pem: &Path) -> Result<ServerConfig, TlsError> {
    let file = |what, path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { what, path, source }
    };
    let certificates = CertificateDer::pem_file_iter(cert_pem)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(file("the certificate chain", cert_pem))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate(cert_pem.to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key_pem).map_err(file("the private key", key_pem))?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The one place that names the cryptography behind TLS.
fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
