//! Where an export goes: the bucket and key that a request names, and the object that follows from them.

use balefire_api::generated::securityhub::{FindingsExportFormat, S3ExportDestination};
use balefire_api::{Violation, rejection};

use super::record::ExportJob;
use crate::failure::Failure;

const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Whose export it is.
    pub account: String,
    pub bucket: String,
    pub key: String,
    pub kms_key_arn: String,
}

impl Object {
    /// The prefix that was asked for, then account, region and export, so that no two exports meet.
    pub fn of(
        job: &ExportJob,
        destination: &S3ExportDestination,
        format: FindingsExportFormat,
    ) -> Result<Object, Failure> {
        let bucket = bucket(&destination.bucket_arn);
        let bucket = bucket.ok_or_else(|| Failure::Internal("a stored bucket is none".into()))?;
        let extension = match format {
            FindingsExportFormat::Csv => "csv",
            FindingsExportFormat::OcsfJson => "ndjson",
        };
        let prefix = destination.object_prefix.as_deref().unwrap_or_default();
        let between = match prefix {
            "" => "",
            prefix if prefix.ends_with('/') => "",
            _ => "/",
        };
        let ExportJob {
            account,
            region,
            id,
            ..
        } = job;
        Ok(Object {
            account: account.clone(),
            bucket: bucket.to_owned(),
            key: format!("{prefix}{between}{account}/{region}/{id}.{extension}"),
            kms_key_arn: destination.kms_key_arn.clone(),
        })
    }
}

/// What is wrong with a destination, for an account in a region.
pub fn check(destination: &S3ExportDestination, account: &str, region: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut refuse = |member: &str, rule: String| {
        let at = format!("/Destination/S3/{member}");
        violations.push(rejection::violation(&at, rule));
    };
    if bucket(&destination.bucket_arn).is_none() {
        let rule = "Member must be the ARN of a bucket, such as arn:aws:s3:::findings";
        refuse("BucketArn", rule.into());
    }
    if !is_key(&destination.kms_key_arn, account, region) {
        let rule = format!(
            "Member must be the full ARN of a single-Region key of this account and Region: \
             arn:aws:kms:{region}:{account}:key/ID"
        );
        refuse("KmsKeyArn", rule);
    }
    let prefix = destination.object_prefix.as_deref().unwrap_or_default();
    if !is_prefix(prefix) {
        let rule = "Member must be names of letters, digits and !-_.*'() joined by /, none of them \
                    empty, . or .., such as exports/2026";
        refuse("ObjectPrefix", rule.into());
    }
    violations
}

/// The name in a bucket's ARN.
fn bucket(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.split(':').collect();
    let &["arn", partition, "s3", "", "", name] = parts.as_slice() else {
        return None;
    };
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.');
    let alphanumeric = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && alphanumeric(name.bytes().next())
        && alphanumeric(name.bytes().next_back())
        && !name.contains("..");
    (PARTITIONS.contains(&partition) && is_name).then_some(name)
}

fn is_key(arn: &str, account: &str, region: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let &["arn", partition, "kms", of_region, of_account, resource] = parts.as_slice() else {
        return false;
    };
    let id = resource.strip_prefix("key/").unwrap_or_default();
    let is_id = !id.is_empty() && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    PARTITIONS.contains(&partition)
        && (of_region, of_account) == (region, account)
        && is_id
        && !id.starts_with("mrk-")
}

/// Invariant: what passes is a path that goes down only, on every system.
fn is_prefix(prefix: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!-_.*'() ".contains(c);
    let is_name = |name: &str| {
        !matches!(name, "" | "." | "..") && name.chars().all(allowed) && name.trim() == name
    };
    let names = prefix.strip_suffix('/').unwrap_or(prefix);
    prefix.is_empty() || names.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_named_by_their_arn() {
        for (arn, name) in [
            ("arn:aws:s3:::findings", Some("findings")),
            ("arn:aws-cn:s3:::a.b-3", Some("a.b-3")),
            ("arn:aws:s3:::..", None),
            ("arn:aws:s3:::a..b", None),
            ("arn:aws:s3:::a/b", None),
            ("arn:aws:s3:::Findings", None),
            ("arn:aws:s3:::-findings", None),
            ("arn:aws:s3:eu-central-1::findings", None),
            ("arn:gcp:s3:::findings", None),
            ("findings", None),
        ] {
            assert_eq!(bucket(arn), name, "{arn}");
        }
    }

    #[test]
    fn keys_are_of_the_account_and_region() {
        for (arn, good) in [
            ("arn:aws:kms:eu-central-1:111111111111:key/ab-12", true),
            ("arn:aws:kms:eu-central-1:222222222222:key/ab-12", false),
            ("arn:aws:kms:eu-west-1:111111111111:key/ab-12", false),
            ("arn:aws:kms:eu-central-1:111111111111:key/mrk-12", false),
            ("arn:aws:kms:eu-central-1:111111111111:alias/ab", false),
            ("arn:aws:kms:eu-central-1:111111111111:key/", false),
            ("ab-12", false),
        ] {
            assert_eq!(is_key(arn, "111111111111", "eu-central-1"), good, "{arn}");
        }
    }

    #[test]
    fn prefixes_go_down_only() {
        for good in ["", "a", "a/", "a/b c/2026.01", "größe/x"] {
            assert!(is_prefix(good), "{good}");
        }
        for bad in [
            "/", "/a", "a//b", "..", "a/../b", "./a", "a\\b", "a\0", "a\n", "a/ b", "C:x",
        ] {
            assert!(!is_prefix(bad), "{bad:?}");
        }
    }
}
