//! Prometheus Alertmanager's webhook: a group of alerts is a cause.

use std::collections::{BTreeMap, HashSet};

use balefire_api::generated::ssm_incidents::RelatedItem;
use balefire_api::json::Object;
use balefire_api::own::{ResolveCauseInput, TriggerIncidentInput};
use serde::Deserialize;

use super::Hook;
use super::action::{Action, Status};
use super::items::{TITLE_LENGTH_MAX, cause, cut, link, raw_data, sha256};
use crate::incidents::related_item;

const SOURCE: &str = "prometheus.alertmanager";
/// The version of the message that is read.
const VERSION: &str = "4";

/// The message. What is not read of it may come and go with Alertmanager's versions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    version: String,
    group_key: String,
    status: Status,
    receiver: String,
    /// What all alerts of the group have.
    #[serde(default, rename = "commonLabels")]
    shared_labels: BTreeMap<String, String>,
    #[serde(default, rename = "commonAnnotations")]
    shared_annotations: BTreeMap<String, String>,
    #[serde(default, rename = "externalURL")]
    external_url: String,
    alerts: Vec<Object<Alert>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    status: String,
    labels: BTreeMap<String, String>,
    starts_at: String,
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
}

pub fn read(hook: &Hook, body: &[u8]) -> Result<Action, String> {
    let Object(group): Object<Group> = serde_json::from_slice(body).map_err(|error| {
        format!("The body is not a message of Alertmanager's webhook, version {VERSION}: {error}.")
    })?;
    if group.version != VERSION {
        return Err(format!(
            "version is '{}'; this hook reads version '{VERSION}' of Alertmanager's webhook.",
            group.version
        ));
    }
    if group.group_key.is_empty() {
        return Err("groupKey is empty; it must name the group of alerts.".into());
    }
    let cause = cause(hook, &group.group_key);
    Ok(match group.status {
        Status::Firing => Action::Trigger(TriggerIncidentInput {
            response_plan_arn: hook.plan.clone(),
            source: SOURCE.into(),
            title: Some(group.title()),
            cause: Some(cause),
            fingerprint: Some(group.fingerprint()),
            raw_data: Some(raw_data(body)),
            related_items: Some(group.items()),
            ..TriggerIncidentInput::default()
        }),
        Status::Resolved => Action::Resolve(ResolveCauseInput {
            response_plan_arn: hook.plan.clone(),
            source: SOURCE.into(),
            cause,
            raw_data: Some(raw_data(body)),
            ..ResolveCauseInput::default()
        }),
    })
}

impl Group {
    fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().map(|Object(alert)| alert)
    }

    fn title(&self) -> String {
        let summary = self.shared_annotations.get("summary");
        let title = summary.or_else(|| self.shared_labels.get("alertname"));
        match title.filter(|title| !title.trim().is_empty()) {
            Some(title) => cut(title, TITLE_LENGTH_MAX),
            None => cut(&format!("Alerts of {}", self.receiver), TITLE_LENGTH_MAX),
        }
    }

    /// Which alerts there are, in which state and since when. Annotations hold values that change all
    /// the time, and are no news.
    fn fingerprint(&self) -> String {
        let said =
            |alert: &Alert| format!("{:?}", (&alert.labels, &alert.status, &alert.starts_at));
        let mut alerts: Vec<String> = self.alerts().map(said).collect();
        alerts.sort();
        sha256(alerts.concat())
    }

    /// The resources in labels, then the links, each once.
    fn items(&self) -> Vec<RelatedItem> {
        let labels = self.alerts().flat_map(|alert| alert.labels.values());
        let mut known = HashSet::new();
        let labels = labels.filter(|label| known.insert(label.as_str()));
        let resources: Vec<RelatedItem> = labels
            .filter_map(|label| related_item::involved_resource(label))
            .collect();
        let external = ("Alertmanager", self.external_url.as_str());
        let origins = self.alerts().map(|alert| {
            let name = alert.labels.get("alertname");
            (
                name.map_or("Alert", String::as_str),
                alert.generator_url.as_str(),
            )
        });
        let mut seen = HashSet::new();
        let links = [external].into_iter().chain(origins);
        let links = links.filter(|(_, url)| seen.insert(*url));
        let links = links.filter_map(|(title, url)| link(title, url));
        resources.into_iter().chain(links).collect()
    }
}
