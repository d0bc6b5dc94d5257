//! Objects written in parts, to directories and to what speaks as S3 does.

use balefire_api::Timestamp;
use bytes::Bytes;
use tempfile::TempDir;

use super::{Exports, Obstacle, Target, Written};
use crate::configuration::Configuration;
use crate::testing::receiver::{Behaviour, Received, Receiver};

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn exports(text: &str) -> Exports {
    let configuration = Configuration::parse(text).unwrap();
    Exports::new(&configuration.export, &configuration.outside).unwrap()
}

fn directory() -> (TempDir, Exports) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().display();
    let exports = exports(&format!(
        "[export.buckets.b]\nto = \"directory\"\npath = \"{path}\"\n"
    ));
    (directory, exports)
}

async fn s3(behaviour: Behaviour, more: &str) -> (Receiver, Exports, TempDir) {
    let receiver = Receiver::start(behaviour).await;
    let directory = TempDir::new().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "s3-secret-key").unwrap();
    let text = format!(
        "[outside]\nallow = [\"127.0.0.0/8\"]\n[export.buckets.b]\nto = \"s3\"\nregion = \"eu-west-1\"\n\
         endpoint = \"{}\"\naccess_key_id = \"AKIAS3\"\nsecret_access_key = {{ file = \"{}\" }}\n{more}",
        receiver.url,
        secret.display()
    );
    (receiver, exports(&text), directory)
}

fn target(key: &str) -> Target {
    Target {
        account: "111111111111".into(),
        bucket: "b".into(),
        key: key.into(),
        kms_key_arn: "arn:aws:kms:eu-west-1:111111111111:key/1".into(),
    }
}

/// Writes the texts one after the other, the last as such.
async fn write_all(
    exports: &Exports,
    key: &str,
    texts: &[&'static str],
) -> Result<Written, Obstacle> {
    let mut written = Written::default();
    for (place, text) in texts.iter().enumerate() {
        let last = place + 1 == texts.len();
        written = next(exports, key, &written, (text, last)).await?;
    }
    Ok(written)
}

/// Writes a text behind what was written; with the flag, as the last.
async fn next(
    exports: &Exports,
    key: &str,
    written: &Written,
    (text, last): (&'static str, bool),
) -> Result<Written, Obstacle> {
    let bytes = Bytes::from_static(text.as_bytes());
    exports.write(&target(key), written, bytes, last, NOW).await
}

#[tokio::test]
async fn a_file_is_whole_or_not_there() {
    let (directory, exports) = directory();
    let whole = directory.path().join("x/a b.csv");
    let partial = directory.path().join("x/.a b.csv.partial");
    let first = next(&exports, "x/a b.csv", &Written::default(), ("one,", false))
        .await
        .unwrap();
    assert!(partial.exists() && !whole.exists());
    // What comes again is written again, and the end may come again too.
    for _ in 0..2 {
        let end = next(&exports, "x/a b.csv", &first, ("two", true));
        end.await.unwrap();
        assert_eq!(std::fs::read_to_string(&whole).unwrap(), "one,two");
        assert!(!partial.exists());
    }
    let more = next(&exports, "x/a b.csv", &first, ("other", true));
    assert!(matches!(more.await, Err(Obstacle::Lost(_))));
}

#[tokio::test]
async fn nothing_is_written_outside_of_the_directory() {
    let (directory, exports) = directory();
    let elsewhere = TempDir::new().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), directory.path().join("link")).unwrap();
    for key in ["../x", "a/../../x", "/etc/x", "link/x", "..", ""] {
        let written = write_all(&exports, key, &["text"]).await;
        assert!(
            matches!(written, Err(Obstacle::Denied(_))),
            "{key}: {written:?}"
        );
    }
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_small_object_is_one_signed_request() {
    let (receiver, exports, _directory) = s3(Behaviour::Answers(200, ""), "kms = true\n").await;
    write_all(&exports, "a b/ü.csv", &["text"]).await.unwrap();
    let sent = receiver.take();
    assert_eq!(asked(&sent), ["PUT /hook/b/a%20b/%C3%BC.csv"]);
    let authorization = sent[0].header("authorization");
    assert!(authorization.contains("AKIAS3/20260101/eu-west-1/s3/aws4_request"));
    assert!(
        authorization.contains("x-amz-content-sha256;x-amz-date;x-amz-server-side-encryption;")
    );
    assert_eq!(sent[0].header("x-amz-content-sha256").len(), 64);
    assert_eq!(sent[0].header("x-amz-server-side-encryption"), "aws:kms");
}

fn asked(sent: &[Received]) -> Vec<String> {
    let line = |sent: &Received| format!("{} {}", sent.parts.method, sent.parts.uri);
    sent.iter().map(line).collect()
}

const BEGINS: Behaviour = Behaviour::Answers(200, "<R><UploadId>u/1</UploadId></R>");

#[tokio::test]
async fn a_large_object_is_an_upload_in_parts() {
    let (receiver, exports, _directory) = s3(BEGINS, "").await;
    write_all(&exports, "k", &["one", "two", "three"])
        .await
        .unwrap();
    let sent = receiver.take();
    let expected = [
        "POST /hook/b/k?uploads=",
        "PUT /hook/b/k?partNumber=1&uploadId=u%2F1",
        "PUT /hook/b/k?partNumber=2&uploadId=u%2F1",
        "PUT /hook/b/k?partNumber=3&uploadId=u%2F1",
        "POST /hook/b/k?uploadId=u%2F1",
    ];
    assert_eq!(asked(&sent), expected);
    let end = String::from_utf8_lossy(&sent[4].body).into_owned();
    assert_eq!(end.matches("<Part>").count(), 3);
    assert!(
        end.contains("<PartNumber>3</PartNumber><ETag>\"tag\"</ETag>"),
        "{end}"
    );
    assert!(sent[0].header("x-amz-server-side-encryption").is_empty());
}

#[tokio::test]
async fn an_upload_that_is_given_up_is_aborted() {
    let (receiver, exports, _directory) = s3(BEGINS, "").await;
    let first = next(&exports, "k", &Written::default(), ("one", false))
        .await
        .unwrap();
    receiver.take();
    exports.discard(&target("k"), &first, NOW).await.unwrap();
    assert_eq!(asked(&receiver.take()), ["DELETE /hook/b/k?uploadId=u%2F1"]);

    const GONE: Behaviour = Behaviour::Answers(404, "<Error><Code>NoSuchUpload</Code></Error>");
    receiver.behave(GONE);
    let more = next(&exports, "k", &first, ("two", false)).await;
    assert!(matches!(more, Err(Obstacle::Lost(_))), "{more:?}");
    exports.discard(&target("k"), &first, NOW).await.unwrap();
}

#[tokio::test]
async fn an_upload_whose_first_part_fails_is_aborted_at_once() {
    let busy = Behaviour::Routes(&[
        ("POST /hook/b/k", 200, "<R><UploadId>u/1</UploadId></R>"),
        ("PUT /hook/b/k", 503, "<Error><Code>SlowDown</Code></Error>"),
        ("DELETE /hook/b/k", 204, ""),
    ]);
    let (receiver, exports, _directory) = s3(busy, "").await;
    let first = next(&exports, "k", &Written::default(), ("one", false)).await;
    assert!(matches!(first, Err(Obstacle::Passing(_))), "{first:?}");
    let asked = asked(&receiver.take());
    assert_eq!(asked.last().unwrap(), "DELETE /hook/b/k?uploadId=u%2F1");
}

#[tokio::test]
async fn an_upload_that_was_ended_before_is_whole() {
    let (receiver, exports, _directory) = s3(BEGINS, "").await;
    let first = next(&exports, "k", &Written::default(), ("one", false))
        .await
        .unwrap();
    receiver.behave(Behaviour::Routes(&[
        (
            "PUT /hook/b/k",
            404,
            "<Error><Code>NoSuchUpload</Code></Error>",
        ),
        ("HEAD /hook/b/k", 200, ""),
    ]));
    let end = next(&exports, "k", &first, ("two", true));
    end.await.unwrap();
}

#[tokio::test]
async fn an_end_that_s3_takes_back_is_tried_again() {
    let (receiver, exports, _directory) = s3(BEGINS, "").await;
    let first = next(&exports, "k", &Written::default(), ("one", false))
        .await
        .unwrap();
    receiver.behave(Behaviour::Answers(
        200,
        "<Error><Code>InternalError</Code></Error>",
    ));
    let end = next(&exports, "k", &first, ("two", true)).await;
    assert!(matches!(end, Err(Obstacle::Passing(_))), "{end:?}");
}
