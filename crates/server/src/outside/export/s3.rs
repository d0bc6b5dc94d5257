//! S3, or what speaks as it does: one request for a small object, an upload in parts for a large one.

use anyhow::Result;
use balefire_api::Timestamp;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::super::aws::{KeySource, Signer, domain};
use super::super::channel::url;
use super::super::http::{self as client, Http};
use super::{Obstacle, Target, Written};
use crate::configuration::{SecretSource, Source};
use crate::hex;
use crate::signature::body_sha256;

/// What paths and queries keep as it is, as S3 signs it.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH_KEPT: &AsciiSet = &KEPT.remove(b'/');
/// Errors that another attempt may not meet, though their status says otherwise.
const PASSING: &[&str] = &[
    "RequestTimeout",
    "SlowDown",
    "OperationAborted",
    "InternalError",
    "ServiceUnavailable",
];

/// `to = "s3"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    region: String,
    access_key_id: Source,
    secret_access_key: SecretSource,
    session_token: Option<SecretSource>,
    /// By default Amazon's of the region.
    endpoint: Option<Source>,
    /// Whether objects are encrypted with the key that the export names. By default at Amazon only:
    /// few others have key management.
    kms: Option<bool>,
    #[serde(default)]
    pub accounts: Vec<String>,
}

pub struct S3 {
    /// Of the bucket, without a slash at its end.
    base: String,
    signer: Signer,
    kms: bool,
}

/// A request of the protocol.
struct Call<'a> {
    method: Method,
    query: String,
    body: Bytes,
    kms_key_arn: Option<&'a str>,
}

impl S3 {
    pub fn new(bucket: &str, section: &Section) -> Result<S3> {
        let region = &section.region;
        let endpoint: Uri = match &section.endpoint {
            Some(source) => url(&source.read()?, source)?,
            None => {
                let partition = if region.starts_with("cn-") {
                    "aws-cn"
                } else {
                    "aws"
                };
                format!("https://s3.{region}.{}/", domain(partition)).parse()?
            }
        };
        let key = KeySource {
            access_key_id: &section.access_key_id,
            secret_access_key: &section.secret_access_key,
            session_token: section.session_token.as_ref(),
        };
        Ok(S3 {
            base: format!("{}/{bucket}", endpoint.to_string().trim_end_matches('/')),
            signer: Signer::new("s3", region, &key)?,
            kms: section.kms.unwrap_or(section.endpoint.is_none()),
        })
    }

    pub async fn write(
        &self,
        http: &Http,
        target: &Target,
        written: &Written,
        bytes: Bytes,
        last: bool,
        now: Timestamp,
    ) -> Result<Written, Obstacle> {
        let mut after = written.clone();
        after.bytes += bytes.len() as u64;
        if last && written.upload_id.is_none() {
            let put = Call {
                kms_key_arn: self.kms.then_some(&target.kms_key_arn),
                ..Call::new(Method::PUT, String::new(), bytes)
            };
            self.call(http, target, put, now).await?;
            return Ok(after);
        }
        let upload_id = match &written.upload_id {
            Some(id) => id.clone(),
            None => self.begin(http, target, now).await?,
        };
        let part = self.put_part(
            http,
            target,
            &upload_id,
            written.parts.len() + 1,
            bytes,
            now,
        );
        let part = match part.await {
            // The upload was ended, and whoever did it came to no more.
            Err(Obstacle::Lost(_)) if last && self.is_there(http, target, now).await? => {
                return Ok(after);
            }
            Err(obstacle) => {
                if written.upload_id.is_none() {
                    self.forget(http, target, upload_id, now).await;
                }
                return Err(obstacle);
            }
            Ok(part) => part,
        };
        after.parts.push(part);
        if last {
            self.complete(http, target, &upload_id, &after.parts, now)
                .await?;
        }
        after.upload_id = Some(upload_id);
        Ok(after)
    }

    pub async fn discard(
        &self,
        http: &Http,
        target: &Target,
        written: &Written,
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        let Some(id) = &written.upload_id else {
            return Ok(());
        };
        let abort = Call::new(Method::DELETE, of_upload(id), Bytes::new());
        match self.call(http, target, abort, now).await {
            Ok(_) | Err(Obstacle::Lost(_)) => Ok(()),
            Err(obstacle) => Err(obstacle),
        }
    }

    /// Aborts an upload that was begun and holds nothing: another attempt begins another one.
    async fn forget(&self, http: &Http, target: &Target, upload_id: String, now: Timestamp) {
        let begun = Written {
            upload_id: Some(upload_id),
            ..Written::default()
        };
        if let Err(obstacle) = self.discard(http, target, &begun, now).await {
            tracing::warn!(key = target.key, "an empty upload may be left: {obstacle}");
        }
    }

    async fn begin(
        &self,
        http: &Http,
        target: &Target,
        now: Timestamp,
    ) -> Result<String, Obstacle> {
        let begin = Call {
            kms_key_arn: self.kms.then_some(&target.kms_key_arn),
            ..Call::new(Method::POST, "uploads=".into(), Bytes::new())
        };
        let answer = self.call(http, target, begin, now).await?;
        let answer = String::from_utf8_lossy(answer.body()).into_owned();
        let id = between(&answer, "<UploadId>", "</UploadId>");
        let id = id.map(str::to_owned);
        id.ok_or_else(|| Obstacle::Passing("S3 began an upload without an UploadId".into()))
    }

    async fn put_part(
        &self,
        http: &Http,
        target: &Target,
        upload_id: &str,
        number: usize,
        bytes: Bytes,
        now: Timestamp,
    ) -> Result<String, Obstacle> {
        let query = format!("partNumber={number}&{}", of_upload(upload_id));
        let answer = self
            .call(http, target, Call::new(Method::PUT, query, bytes), now)
            .await?;
        let tag = answer.headers().get(http::header::ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok());
        // It goes into a document, so it must be what it says it is.
        let tag = tag.filter(|tag| !tag.contains(['<', '>', '&']));
        let tag = tag.map(str::to_owned);
        tag.ok_or_else(|| Obstacle::Passing("S3 took a part and gave no ETag for it".into()))
    }

    async fn complete(
        &self,
        http: &Http,
        target: &Target,
        upload_id: &str,
        parts: &[String],
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        let part = |(number, tag): (usize, &String)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>")
        };
        let parts: String = (1..).zip(parts).map(part).collect();
        let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        let complete = Call::new(Method::POST, of_upload(upload_id), body.into());
        let answer = match self.call(http, target, complete, now).await {
            Err(Obstacle::Lost(_)) if self.is_there(http, target, now).await? => return Ok(()),
            answer => answer?,
        };
        // S3 answers 200 before it knows.
        let answer = String::from_utf8_lossy(answer.body()).into_owned();
        match between(&answer, "<Code>", "</Code>") {
            Some(code) => Err(Obstacle::Passing(format!(
                "S3 did not put the parts together: {code}"
            ))),
            None => Ok(()),
        }
    }

    async fn is_there(
        &self,
        http: &Http,
        target: &Target,
        now: Timestamp,
    ) -> Result<bool, Obstacle> {
        let head = Call::new(Method::HEAD, String::new(), Bytes::new());
        match self.call(http, target, head, now).await {
            Ok(_) => Ok(true),
            Err(Obstacle::Passing(reason)) => Err(Obstacle::Passing(reason)),
            Err(_) => Ok(false),
        }
    }

    async fn call(
        &self,
        http: &Http,
        target: &Target,
        call: Call<'_>,
        now: Timestamp,
    ) -> Result<Response<Bytes>, Obstacle> {
        let key = utf8_percent_encode(&target.key, PATH_KEPT);
        let mut uri = format!("{}/{key}", self.base);
        if !call.query.is_empty() {
            uri = format!("{uri}?{}", call.query);
        }
        let hash = hex::digits(body_sha256(&call.body));
        let mut request = Request::builder()
            .method(call.method)
            .uri(uri)
            .header("x-amz-content-sha256", hash);
        if let Some(arn) = call.kms_key_arn {
            request = request
                .header("x-amz-server-side-encryption", "aws:kms")
                .header("x-amz-server-side-encryption-aws-kms-key-id", arn);
        }
        let request = self.signer.signed(request, call.body, now);
        let request = request.map_err(|error| Obstacle::Broken(error.to_string()))?;
        let host = client::host(&request);
        let answer = http.ask(request, &self.signer.secrets()).await;
        let answer = answer.map_err(|fault| match fault.lasting {
            true => Obstacle::Broken(fault.reason),
            false => Obstacle::Passing(fault.reason),
        })?;
        judged(answer, &host, &target.bucket)
    }
}

impl Call<'_> {
    fn new(method: Method, query: String, body: Bytes) -> Call<'static> {
        Call {
            method,
            query,
            body,
            kms_key_arn: None,
        }
    }
}

fn of_upload(id: &str) -> String {
    format!("uploadId={}", utf8_percent_encode(id, KEPT))
}

fn judged(answer: Response<Bytes>, host: &str, bucket: &str) -> Result<Response<Bytes>, Obstacle> {
    let status = answer.status();
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    let code = between(&body, "<Code>", "</Code>").unwrap_or_default();
    let fault = match client::judged(answer, host) {
        Ok(answer) => return Ok(answer),
        Err(fault) => fault,
    };
    let reason = fault.reason;
    Err(match (code, status) {
        (code, _) if PASSING.contains(&code) => Obstacle::Passing(reason),
        ("NoSuchUpload", _) => Obstacle::Lost(format!("the upload begun at {bucket} is gone")),
        ("NoSuchBucket" | "KMS.NotFoundException", _) => Obstacle::NotFound(reason),
        (_, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => Obstacle::Denied(reason),
        (_, StatusCode::NOT_FOUND) => Obstacle::NotFound(reason),
        _ if fault.lasting => Obstacle::Broken(reason),
        _ => Obstacle::Passing(reason),
    })
}

/// The text between two marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let (inside, _) = rest.split_once(after)?;
    Some(inside.trim()).filter(|inside| !inside.is_empty())
}
