//! Downloads a feed to a temporary file, since a zip can only be read from a file.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tempfile::NamedTempFile;

const REDIRECTS_MAX: usize = 5;
const FEED_BYTES_MAX: u64 = 4 << 30;
/// A download that brings nothing for so long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The file holds the whole download, or there is an error.
pub async fn download(url: &str) -> Result<NamedTempFile> {
    let client = Client::builder(TokioExecutor::new()).build(crate::https::connector()?);
    let mut uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
    for _ in 0..=REDIRECTS_MAX {
        let request = Request::get(uri.clone())
            .header(
                "user-agent",
                concat!("balefire/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::<Bytes>::new())?;
        let response = tokio::time::timeout(SILENCE_MAX, client.request(request)).await;
        let response = response
            .with_context(|| format!("{uri} did not answer"))?
            .with_context(|| format!("getting {uri}"))?;
        if response.status().is_redirection() {
            uri = redirected(&uri, response.headers())?;
            continue;
        }
        if !response.status().is_success() {
            bail!("{uri} answered {}", response.status());
        }
        return save(response.into_body(), &uri).await;
    }
    bail!("{url} redirects more than {REDIRECTS_MAX} times")
}

fn redirected(from: &Uri, headers: &http::HeaderMap) -> Result<Uri> {
    let target = headers
        .get("location")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let to: Uri = target
        .parse()
        .with_context(|| format!("{from} redirects to '{target}', which is no URL"))?;
    if to.host().is_none() {
        bail!("{from} redirects to '{target}', which names no host");
    }
    if from.scheme_str() == Some("https") && to.scheme_str() != Some("https") {
        bail!("{from} redirects to {to}, which is not https");
    }
    Ok(to)
}

async fn save(mut body: hyper::body::Incoming, uri: &Uri) -> Result<NamedTempFile> {
    let mut file = NamedTempFile::new().context("making a temporary file")?;
    let mut bytes = 0_u64;
    while let Some(frame) = tokio::time::timeout(SILENCE_MAX, body.frame())
        .await
        .with_context(|| format!("{uri} fell silent"))?
    {
        // A connection that ends too early is an error here, so half a file never passes for a whole.
        let frame = frame.with_context(|| format!("downloading {uri}"))?;
        if let Some(data) = frame.data_ref() {
            bytes += data.len() as u64;
            if bytes > FEED_BYTES_MAX {
                bail!("{uri} is larger than {FEED_BYTES_MAX} bytes");
            }
            file.write_all(data)?;
        }
    }
    file.flush()?;
    Ok(file)
}
