//! How many findings a second are imported, updated and scanned; run by hand, in release.

use std::sync::Arc;
use std::time::Instant;

use balefire_api::Document;
use balefire_api::generated::securityhub::operations::{BatchUpdateFindingsV2, GetFindingsV2};
use balefire_api::generated::securityhub::{BatchUpdateFindingsV2Request, GetFindingsV2Request};
use balefire_api::own::{ImportFindings, ImportFindingsInput};

use super::*;
use crate::context::Caller;
use crate::testing::REGION;

const ROUNDS: usize = 10;

/// Prowler's findings again and again, each with an account and id of its own.
fn batches(documents: &[Value]) -> Vec<ImportFindingsInput> {
    let varied = (0..ROUNDS).flat_map(|round| {
        documents.iter().map(move |document| {
            let text = document.to_string();
            let text = text.replace("123456789012", &format!("{:012}", 100_000_000_000 + round));
            let uid = format!(r#""uid":"prowler-{round}-"#);
            Document::from_text(text.replace(r#""uid":"prowler-"#, &uid)).unwrap()
        })
    });
    let varied: Vec<Document> = varied.collect();
    let batch = |findings: &[Document]| ImportFindingsInput {
        findings: findings.to_vec(),
        ..ImportFindingsInput::default()
    };
    varied.chunks(500).map(batch).collect()
}

#[test]
#[ignore = "prints a rate that only a release build on a quiet machine shows"]
fn rates() {
    let Some(documents) = real_data::lines("ocsf/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    let t = enabled();
    let batches = batches(&documents);
    let count = batches
        .iter()
        .map(|batch| batch.findings.len())
        .sum::<usize>();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let caller = Arc::new(Caller {
        account: ADMINISTRATOR.into(),
        arn: "arn".into(),
        user_id: "id".into(),
        administrator: true,
    });
    let report = |what: &str, count: usize, start: Instant| {
        let rate = count as f64 / start.elapsed().as_secs_f64();
        println!("{what}: {count} findings, {rate:.0} a second");
    };
    for what in ["created", "unchanged"] {
        let start = Instant::now();
        runtime.block_on(async {
            for batch in &batches {
                let call = t
                    .pipeline
                    .call::<ImportFindings>(caller.clone(), REGION, batch.clone());
                let output = call.await.unwrap();
                assert_eq!(output.failed, []);
            }
        });
        report(what, count, start);
    }
    let start = Instant::now();
    let get =
        t.pipeline
            .call::<GetFindingsV2>(caller.clone(), REGION, GetFindingsV2Request::default());
    let page = runtime.block_on(get).unwrap().findings.unwrap();
    report("scanned", count, start);
    let uids = page.iter().map(|document| {
        document.value().unwrap()["metadata"]["uid"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    let uids: Vec<String> = uids.collect();
    let start = Instant::now();
    for round in 0..100 {
        let input = BatchUpdateFindingsV2Request {
            metadata_uids: Some(uids.clone()),
            comment: Some(format!("round {round}")),
            ..BatchUpdateFindingsV2Request::default()
        };
        let call = t
            .pipeline
            .call::<BatchUpdateFindingsV2>(caller.clone(), REGION, input);
        runtime.block_on(call).unwrap();
    }
    report("updated", uids.len() * 100, start);
}
