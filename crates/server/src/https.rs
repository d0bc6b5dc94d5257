//! HTTPS for calls that go out: which authorities are trusted.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The file of authorities that the AWS CLI and SDKs read too.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The authorities that are trusted: the public ones, and those of a PEM file.
pub fn trust(ca_bundle: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = ca_bundle {
        let reading = || format!("reading the authorities in {}", path.display());
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(path).with_context(reading)? {
            roots
                .add(certificate.with_context(reading)?)
                .with_context(reading)?;
        }
        if roots.len() == before {
            bail!("{} holds no certificate", path.display());
        }
    }
    Ok(ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Connects to whatever a URL names, as commands do on behalf of the person who runs them.
pub fn connector() -> Result<HttpsConnector<HttpConnector>> {
    let bundle = std::env::var_os(CA_BUNDLE).filter(|path| !path.is_empty());
    let tls = trust(bundle.map(PathBuf::from).as_deref())?;
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_must_hold_certificates() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let error = trust(Some(file.path())).expect_err("an empty file");
        assert!(
            error.to_string().contains("holds no certificate"),
            "{error}"
        );
        let missing = trust(Some(Path::new("no/such.pem"))).expect_err("no file");
        assert!(missing.to_string().contains("no/such.pem"), "{missing}");
        assert!(trust(None).is_ok());
    }
}
