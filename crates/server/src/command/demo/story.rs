//! The demo's story: calls of operations at times before now, told through the pipeline itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result, anyhow};
use balefire_api::{Timestamp, json};
use serde::Deserialize;
use serde_json::Value;

use crate::command::open::{Opened, readable};
use crate::configuration::Configuration;
use crate::engine::Engine;
use crate::outside::Outside;

pub const REGION: &str = "us-east-1";

const STORY: &str = include_str!("../../../demo/story.json");
const FILES: [(&str, &str); 5] = [
    (
        "advisories.json",
        include_str!("../../../demo/advisories.json"),
    ),
    ("epss.json", include_str!("../../../demo/epss.json")),
    ("findings.json", include_str!("../../../demo/findings.json")),
    ("kev.json", include_str!("../../../demo/kev.json")),
    ("sbom.json", include_str!("../../../demo/sbom.json")),
];

/// One call.
#[derive(Deserialize)]
struct Step {
    /// Seconds before now.
    ago_s: i64,
    service: String,
    operation: String,
    input: Value,
    /// Members of the output that later steps name.
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

/// What the story left to talk about.
pub struct Told(BTreeMap<String, String>);

impl Told {
    pub fn kept(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Calls every step at its time; afterwards the clock is right again.
pub async fn tell(opened: &Opened, behind_ms: &AtomicI64) -> Result<Told> {
    let steps: Vec<Step> = serde_json::from_str(STORY)?;
    let caller = opened.administrator()?;
    let now_ms = opened.clock.now().0;
    let engine = Engine::new(
        (opened.store.clone(), Arc::clone(&opened.index)),
        opened.clock.clone(),
        opened.ids.clone(),
        opened.settings.clone(),
        Outside::new(&Configuration::default())?,
    );
    let mut kept = BTreeMap::from([("account".to_owned(), caller.account.clone())]);
    for step in steps {
        behind_ms.store(step.ago_s * 1000, Ordering::Relaxed);
        let handler = opened
            .pipeline
            .handler(&step.service, &step.operation)
            .with_context(|| format!("{} is not answered", step.operation))?;
        let input = filled(step.input, &kept, now_ms)?;
        let structure = handler.spec.input.unwrap_or(&balefire_api::shape::UNIT);
        let node = json::read_members(structure, &input)
            .map_err(|rejection| anyhow!("{}: {}", step.operation, rejection.message()))?;
        let run = opened
            .pipeline
            .run(handler, Arc::clone(&caller), REGION, node)
            .await;
        let output = run
            .map_err(readable)
            .with_context(|| step.operation.clone())?;
        let mut body = Vec::new();
        if let Some(structure) = handler.spec.output {
            json::write_members(structure, &output, &mut body);
        }
        let output: Value = serde_json::from_slice(&body).unwrap_or_default();
        for (name, member) in step.keep {
            kept.insert(
                name,
                output[&member].as_str().unwrap_or_default().to_owned(),
            );
        }
        while engine.step().await? > 0 {}
    }
    behind_ms.store(0, Ordering::Relaxed);
    Ok(Told(kept))
}

/// Puts files, kept values and times in their places: `{"file": …}`, `{name}`, `{s:-60}`,
/// `{ms:-60}`, `{day:-1}`.
fn filled(value: Value, kept: &BTreeMap<String, String>, now_ms: i64) -> Result<Value> {
    Ok(match value {
        Value::Object(members) => match members.get("file").and_then(Value::as_str) {
            Some(name) => {
                let file = FILES.iter().find(|(known, _)| *known == name);
                let (_, text) = file.with_context(|| format!("the demo has no file {name}"))?;
                filled(serde_json::from_str(text)?, kept, now_ms)?
            }
            None => {
                let members = members
                    .into_iter()
                    .map(|(key, value)| Ok((key, filled(value, kept, now_ms)?)));
                Value::Object(members.collect::<Result<_>>()?)
            }
        },
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| filled(item, kept, now_ms))
                .collect::<Result<_>>()?,
        ),
        Value::String(text) => filled_text(text, kept, now_ms)?,
        other => other,
    })
}

fn filled_text(text: String, kept: &BTreeMap<String, String>, now_ms: i64) -> Result<Value> {
    let time = |prefix: &str| {
        text.strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix('}'))
    };
    if let Some(seconds) = time("{ms:") {
        return Ok((now_ms + seconds.parse::<i64>()? * 1000).into());
    }
    if let Some(seconds) = time("{s:") {
        return Ok((now_ms / 1000 + seconds.parse::<i64>()?).into());
    }
    if let Some((before, rest)) = text.split_once("{day:")
        && let Some((days, after)) = rest.split_once('}')
    {
        let at = Timestamp(now_ms + days.parse::<i64>()? * 86_400_000).date_time();
        let day = at.split('T').next().unwrap_or_default();
        return Ok(Value::String(format!("{before}{day}{after}")));
    }
    let replace = |text: String, (name, value): (&String, &String)| {
        text.replace(&format!("{{{name}}}"), value)
    };
    Ok(Value::String(kept.iter().fold(text, replace)))
}
