//! The buckets that exports are written to: directories of this machine, or S3 and what speaks as it does.

mod directory;
mod s3;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::http::{self, Http};
use directory::Directory;
use s3::S3;

/// A part is several megabytes, and lines may be slow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// `[export]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// By the bucket's name.
    buckets: BTreeMap<String, BucketSection>,
}

/// `[export.buckets.NAME]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase")]
enum BucketSection {
    Directory(directory::Section),
    S3(s3::Section),
}

/// An object of a bucket, whole or being written.
#[derive(Clone, Debug)]
pub struct Target {
    /// Who writes it.
    pub account: String,
    pub bucket: String,
    pub key: String,
    pub kms_key_arn: String,
}

/// Where the output lies that was written so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Written {
    bytes: u64,
    /// Of S3, where there is more than one part.
    upload_id: Option<String>,
    /// The tags that S3 gave to the parts.
    parts: Vec<String>,
}

/// Why an object was not written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Obstacle {
    /// Another attempt may succeed.
    #[error("{0}")]
    Passing(String),
    /// What was written before is gone.
    #[error("{0}")]
    Lost(String),
    /// There is no such bucket, or none is set.
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Denied(String),
    #[error("{0}")]
    Broken(String),
}

/// Everything that can be written to.
pub struct Exports {
    http: Http,
    buckets: BTreeMap<String, Bucket>,
}

struct Bucket {
    /// Who may write to it; nobody named is everybody.
    accounts: Vec<String>,
    place: Place,
}

enum Place {
    Directory(Directory),
    S3(Box<S3>),
}

impl Exports {
    pub fn new(section: &Section, outside: &http::Section) -> Result<Exports> {
        let bucket = |(name, section): (&String, &BucketSection)| {
            let bucket = Bucket::new(name, section);
            let bucket = bucket.with_context(|| format!("export.buckets.\"{name}\""))?;
            anyhow::Ok((name.clone(), bucket))
        };
        Ok(Exports {
            http: Http::new(outside)?.within(TIMEOUT),
            buckets: section.buckets.iter().map(bucket).collect::<Result<_>>()?,
        })
    }

    /// Writes the next bytes of an object, behind those that were written; with the last ones, the
    /// object is there, whole. Each write may be repeated. But the last, all have several megabytes.
    pub async fn write(
        &self,
        target: &Target,
        written: &Written,
        bytes: Bytes,
        last: bool,
        now: Timestamp,
    ) -> Result<Written, Obstacle> {
        match &self.bucket(target)?.place {
            Place::Directory(directory) => directory.write(target, written, bytes, last).await,
            Place::S3(s3) => {
                s3.write(&self.http, target, written, bytes, last, now)
                    .await
            }
        }
    }

    /// Removes what was written of an object that will not be whole.
    pub async fn discard(
        &self,
        target: &Target,
        written: &Written,
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        match &self.bucket(target)?.place {
            Place::Directory(directory) => directory.discard(target).await,
            Place::S3(s3) => s3.discard(&self.http, target, written, now).await,
        }
    }

    fn bucket(&self, target: &Target) -> Result<&Bucket, Obstacle> {
        let Target {
            bucket, account, ..
        } = target;
        let Some(found) = self.buckets.get(bucket) else {
            return Err(Obstacle::NotFound(format!(
                "The bucket {bucket} is not set: add [export.buckets.\"{bucket}\"] to balefire.toml."
            )));
        };
        if !found.accounts.is_empty() && !found.accounts.contains(account) {
            return Err(Obstacle::Denied(format!(
                "The bucket {bucket} is not for account {account}: name it in accounts of \
                 [export.buckets.\"{bucket}\"] in balefire.toml."
            )));
        }
        Ok(found)
    }
}

impl Bucket {
    fn new(name: &str, section: &BucketSection) -> Result<Bucket> {
        Ok(match section {
            BucketSection::Directory(section) => {
                let directory = Directory::new(section)?;
                if let Some(obstacle) = directory.obstacle() {
                    tracing::warn!("export.buckets.\"{name}\": {obstacle}");
                }
                Bucket {
                    accounts: section.accounts.clone(),
                    place: Place::Directory(directory),
                }
            }
            BucketSection::S3(section) => Bucket {
                accounts: section.accounts.clone(),
                place: Place::S3(Box::new(S3::new(name, section)?)),
            },
        })
    }
}
