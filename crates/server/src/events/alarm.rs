//! Reads CloudWatch alarms out of their events: what was measured, and on which resources.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Event;
use super::arn;

/// Characters that the definition of a metric may have where Incident Manager keeps it.
const DEFINITION_LENGTH_MAX: usize = 4000;

/// An alarm whose state changed.
#[derive(Debug, PartialEq)]
pub struct Alarm {
    pub arn: String,
    pub name: String,
    /// Its metrics as a CloudWatch widget; `None` for an alarm over other alarms.
    pub widget: Option<String>,
    /// The ARNs of what its metrics measure, each once.
    pub resources: Vec<String>,
}

impl Event {
    /// `None` where the event is of something else. The detail type decides, whatever the source, so that
    /// alarms may be forwarded under another name.
    pub fn alarm(&self) -> Option<Alarm> {
        if self.detail_type != "CloudWatch Alarm State Change" {
            return None;
        }
        let text = self.resources.first()?;
        let arn = arn::parse(text).filter(|arn| arn.service == "cloudwatch")?;
        let name = arn.resource.strip_prefix("alarm:")?;
        let metrics = self.detail.pointer("/configuration/metrics");
        let metrics = metrics
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let mut seen = HashSet::new();
        let resources = metrics.iter().flat_map(|metric| measured(&arn, metric));
        let resources = resources.filter(|resource| seen.insert(resource.clone()));
        let resources = resources.collect();
        Some(Alarm {
            arn: text.clone(),
            name: name.to_owned(),
            widget: widget(text, name, arn.region, metrics),
            resources,
        })
    }
}

/// A widget that shows the metrics or, where they are too many, the alarm.
fn widget(alarm: &str, name: &str, region: &str, metrics: &[Value]) -> Option<String> {
    if metrics.is_empty() {
        return None;
    }
    let mut widget = json!({"title": name, "region": region, "view": "timeSeries"});
    let drawn: Vec<Value> = metrics.iter().filter_map(drawn).collect();
    if drawn.len() == metrics.len() {
        let mut whole = widget.clone();
        whole["metrics"] = Value::Array(drawn);
        let text = whole.to_string();
        if text.chars().count() <= DEFINITION_LENGTH_MAX {
            return Some(text);
        }
    }
    widget["annotations"] = json!({"alarms": [alarm]});
    Some(widget.to_string())
}

/// A metric as a widget has it: namespace, name, names and values of dimensions, and how it is drawn.
fn drawn(metric: &Value) -> Option<Value> {
    let mut options = Map::new();
    let mut keep = |name: &str, value: Option<&Value>| {
        options.extend(value.map(|value| (name.to_owned(), value.clone())));
    };
    keep("id", metric.get("id"));
    keep("visible", metric.get("returnData"));
    if let Some(expression) = metric.get("expression") {
        keep("expression", Some(expression));
        keep("label", metric.get("label"));
        keep("period", metric.get("period"));
        return Some(json!([options]));
    }
    let stat = metric.get("metricStat")?;
    keep("stat", stat.get("stat"));
    keep("period", stat.get("period"));
    keep("accountId", metric.get("accountId"));
    let metric = stat.get("metric")?;
    let mut parts = vec![
        metric.get("namespace")?.clone(),
        metric.get("name")?.clone(),
    ];
    for (name, value) in metric.get("dimensions").and_then(Value::as_object)? {
        parts.extend([json!(name), value.clone()]);
    }
    parts.push(Value::Object(options));
    Some(Value::Array(parts))
}

/// The resources in a metric's dimensions, in the region of the alarm and the metric's account.
fn measured(alarm: &arn::Parts<'_>, metric: &Value) -> Vec<String> {
    let Some(of) = metric.pointer("/metricStat/metric") else {
        return Vec::new();
    };
    let dimension = |name: &str| {
        let value = of.get("dimensions")?.get(name)?.as_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    let account = metric.get("accountId").and_then(Value::as_str);
    let account = account.unwrap_or(alarm.account);
    let (partition, region) = (alarm.partition, alarm.region);
    let arn = |service: &str, resource: String| {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    };
    let found = match of.get("namespace").and_then(Value::as_str) {
        Some("AWS/EC2" | "CWAgent") => [
            dimension("InstanceId").map(|id| arn("ec2", format!("instance/{id}"))),
            // Images are everyone's.
            dimension("ImageId").map(|id| format!("arn:{partition}:ec2:{region}::image/{id}")),
        ],
        Some("AWS/DynamoDB") => [table(&dimension).map(|table| arn("dynamodb", table)), None],
        Some("AWS/Lambda") => [
            function(&dimension).map(|function| arn("lambda", function)),
            None,
        ],
        Some("AWS/RDS") => [
            dimension("DBInstanceIdentifier").map(|id| arn("rds", format!("db:{id}"))),
            dimension("DBClusterIdentifier").map(|id| arn("rds", format!("cluster:{id}"))),
        ],
        Some("AWS/S3") => [
            dimension("BucketName").map(|name| format!("arn:{partition}:s3:::{name}")),
            None,
        ],
        _ => [None, None],
    };
    found.into_iter().flatten().collect()
}

/// A table, or the index or stream of it that is measured.
fn table(dimension: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let table = dimension("TableName")?;
    let index = dimension("GlobalSecondaryIndexName").map(|name| format!("/index/{name}"));
    let part = index.or_else(|| dimension("StreamLabel").map(|label| format!("/stream/{label}")));
    Some(format!("table/{table}{}", part.unwrap_or_default()))
}

/// A function, or the alias or version of it that is measured.
fn function(dimension: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let name = dimension("FunctionName")?;
    let resource = dimension("Resource");
    let alias = resource
        .as_deref()
        .and_then(|resource| resource.split_once(':'));
    let qualifier =
        dimension("ExecutedVersion").or_else(|| alias.map(|(_, alias)| alias.to_owned()));
    let qualifier = qualifier.map(|qualifier| format!(":{qualifier}"));
    Some(format!("function:{name}{}", qualifier.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
