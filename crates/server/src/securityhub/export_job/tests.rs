//! Exports from their start to their end, through the operations.

mod asked;
mod output;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const HUB: &str = "securityhub";

/// A server with hubs, and a bucket that is a directory.
struct Exporting {
    t: Testing,
    configuration: Configuration,
    directory: PathBuf,
}

impl Exporting {
    fn new() -> Exporting {
        let t = Testing::new();
        for account in [ADMINISTRATOR, MEMBER] {
            t.call_as(account, HUB, "EnableSecurityHubV2", json!({}))
                .unwrap();
        }
        let marker = t.file("marker", "");
        let directory = marker.parent().unwrap().join("exports");
        std::fs::create_dir(&directory).unwrap();
        let configuration = Configuration::parse(&format!(
            "[export.buckets.findings]\nto = \"directory\"\npath = \"{path}\"\n\
             [export.buckets.members-only]\nto = \"directory\"\npath = \"{path}\"\n\
             accounts = [\"{MEMBER}\"]\n\
             [export.buckets.gone]\nto = \"directory\"\npath = \"{path}/gone\"\n",
            path = directory.display()
        ));
        Exporting {
            t,
            configuration: configuration.unwrap(),
            directory,
        }
    }

    fn call_as(&self, account: &str, operation: &str, input: Value) -> Result<Value, Failure> {
        self.t.call_as(account, HUB, operation, input)
    }

    fn import(&self, account: &str, documents: &[Value]) {
        let input = json!({"Findings": documents});
        let output = self.t.call_as(account, "balefire", "ImportFindings", input);
        assert_eq!(output.unwrap()["Failed"], json!([]));
    }

    /// Starts an export, which must be taken.
    fn start(&self, account: &str, request: Value) -> String {
        let started = self.call_as(account, "StartExportJobV2", request).unwrap();
        started["ExportJobId"].as_str().unwrap().to_owned()
    }

    fn get(&self, account: &str, id: &str) -> Value {
        let input = json!({"ExportJobId": id});
        self.call_as(account, "GetExportJobV2", input).unwrap()
    }

    /// Starts an export and lets it run to its end; gives the export and what it wrote.
    fn export(&self, account: &str, request: Value) -> (Value, Option<String>) {
        let id = self.start(account, request);
        self.t.step_with(&self.configuration);
        let files = self.files();
        let own = files.iter().find(|(name, _)| name.contains(&id));
        (self.get(account, &id), own.map(|(_, text)| text.clone()))
    }

    /// All files of the bucket, by their path in it.
    fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut directories = vec![self.directory.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                    continue;
                }
                let name = path.strip_prefix(&self.directory).unwrap();
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((name.display().to_string(), text));
            }
        }
        files
    }
}

fn document(account: &str, uid: &str, set: Value) -> Value {
    let mut document = json!({
        "class_uid": 2004, "category_uid": 2, "activity_id": 1, "severity_id": 3, "status_id": 1,
        "time": 1_750_000_000_000_i64,
        "metadata": {"product": {"uid": "scanner", "name": "Scanner"}, "version": "1.6.0"},
        "finding_info": {"uid": uid, "title": format!("Finding {uid}")},
        "cloud": {"account": {"uid": account}, "provider": "AWS", "region": REGION},
    });
    for (name, value) in set.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

fn destination(account: &str, bucket: &str) -> Value {
    json!({"S3": {
        "BucketArn": format!("arn:aws:s3:::{bucket}"),
        "KmsKeyArn": format!("arn:aws:kms:{REGION}:{account}:key/1234abcd-12ab"),
    }})
}

/// A request for whole findings.
fn lines(account: &str) -> Value {
    json!({
        "Destination": destination(account, "findings"),
        "OutputConfiguration": {"Findings": {"Format": "OCSF_JSON"}},
    })
}

fn table(account: &str, fields: &[&str]) -> Value {
    json!({
        "Destination": destination(account, "findings"),
        "OutputConfiguration": {"Findings": {"Format": "CSV", "SelectedFields": fields}},
    })
}
