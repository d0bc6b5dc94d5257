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

fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "x"]
fn parts() {
    use super::super::packing::*;
    use super::super::provider;
    let documents = real_data::lines("ocsf/prowler_moto_sample.jsonl.gz").unwrap();
    let t = enabled();
    for batch in documents.chunks(500) { import(&t, batch); }
    let texts: Vec<String> = documents.iter().map(|d| d.to_string().replace("prowler-aws", "prowler-x")).collect();
    t.store.write_blocking("x", move |tx| {
        for _ in 0..3 {
        let n = texts.len() as u64;
        let s = cpu_ns();
        for t in &texts { super::super::provider::sound_check(t); }
        println!("sound {}", (cpu_ns() - s) / n);
        let s = cpu_ns();
        let acc: Vec<_> = texts.iter().map(|t| provider::accept(t, "123456789012").unwrap()).collect();
        println!("accept {}", (cpu_ns() - s) / n);
        let s = cpu_ns();
        let uids: Vec<&str> = acc.iter().map(|a| a.uid.as_str()).collect();
        let k: std::collections::HashMap<_, balefire_store::Kept<super::super::Finding>> = super::super::records_of(tx, &uids).unwrap();
        println!("lookup {} {}", (cpu_ns() - s) / n, k.len());
        let mut p = Packer::newest(tx).unwrap();
        let s = cpu_ns();
        let packed: Vec<_> = acc.iter().map(|a| p.pack(&a.text).unwrap()).collect();
        println!("pack {} bytes {}", (cpu_ns() - s) / n, packed.iter().map(|p| p.bytes.len()).sum::<usize>() as u64 / n);
        let mut u = Unpacker::default();
        let s = cpu_ns();
        for p in &packed { u.unpack(tx, &p.bytes, p.dictionary).unwrap(); }
        println!("unpack {}", (cpu_ns() - s) / n);
        let s = cpu_ns();
        for a in &acc { std::hint::black_box(serde_json::from_str::<Value>(&a.text).unwrap()); }
        println!("value {}", (cpu_ns() - s) / n);
        let s = cpu_ns();
        for (a, p) in acc.iter().zip(&packed) {
            let f = super::super::Finding { uid: a.uid.clone(), account: a.account.clone(), packed: p.clone(), imported_ms: 1, updated_ms: 1 };
            let _ = tx.insert(&f);
        }
        println!("insert {}", (cpu_ns() - s) / n);
        tx.execute("DELETE FROM finding WHERE account = $1 AND imported_ms = 1", &["123456789012".into()]).unwrap();
        }
        let s = cpu_ns();
        train_if_due(tx, 3999, 1).unwrap();
        println!("train us {}", (cpu_ns() - s) / 1000);
        Ok::<_, Failure>(())
    }).unwrap().unwrap();
}
