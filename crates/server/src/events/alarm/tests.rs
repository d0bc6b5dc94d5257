//! Alarms as CloudWatch sends them.

use serde_json::{Value, json};

use crate::events::Event;

const ALARM: &str = "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:Checkout";

fn event(detail: Value) -> Event {
    Event {
        id: "1".into(),
        account: "111111111111".into(),
        region: "eu-central-1".into(),
        source: "aws.cloudwatch".into(),
        detail_type: "CloudWatch Alarm State Change".into(),
        resources: vec![ALARM.into()],
        at_ms: 0,
        is_dated: true,
        detail,
    }
}

fn metric(namespace: &str, dimensions: Value) -> Value {
    let metric = json!({"namespace": namespace, "name": "Errors", "dimensions": dimensions});
    json!({"id": "m1", "metricStat": {"metric": metric, "period": 300, "stat": "Sum"}, "returnData": true})
}

fn of_metrics(metrics: Value) -> Event {
    event(json!({"configuration": {"metrics": metrics}}))
}

#[test]
fn dimensions_become_resources() {
    for (namespace, dimensions, expected) in [
        (
            "AWS/EC2",
            json!({"InstanceId": "i-1"}),
            vec!["arn:aws:ec2:eu-west-1:444455556666:instance/i-1"],
        ),
        (
            "CWAgent",
            json!({"InstanceId": "i-1", "ImageId": "ami-2"}),
            vec![
                "arn:aws:ec2:eu-west-1:444455556666:instance/i-1",
                "arn:aws:ec2:eu-west-1::image/ami-2",
            ],
        ),
        (
            "AWS/DynamoDB",
            json!({"TableName": "t", "Operation": "Query"}),
            vec!["arn:aws:dynamodb:eu-west-1:444455556666:table/t"],
        ),
        (
            "AWS/DynamoDB",
            json!({"TableName": "t", "GlobalSecondaryIndexName": "g"}),
            vec!["arn:aws:dynamodb:eu-west-1:444455556666:table/t/index/g"],
        ),
        (
            "AWS/DynamoDB",
            json!({"TableName": "t", "StreamLabel": "2020"}),
            vec!["arn:aws:dynamodb:eu-west-1:444455556666:table/t/stream/2020"],
        ),
        (
            "AWS/Lambda",
            json!({"FunctionName": "f"}),
            vec!["arn:aws:lambda:eu-west-1:444455556666:function:f"],
        ),
        (
            "AWS/Lambda",
            json!({"FunctionName": "f", "Resource": "f:live"}),
            vec!["arn:aws:lambda:eu-west-1:444455556666:function:f:live"],
        ),
        (
            "AWS/Lambda",
            json!({"FunctionName": "f", "Resource": "f:live", "ExecutedVersion": "3"}),
            vec!["arn:aws:lambda:eu-west-1:444455556666:function:f:3"],
        ),
        (
            "AWS/Lambda",
            json!({"FunctionName": "f", "Resource": "f"}),
            vec!["arn:aws:lambda:eu-west-1:444455556666:function:f"],
        ),
        (
            "AWS/RDS",
            json!({"DBInstanceIdentifier": "db"}),
            vec!["arn:aws:rds:eu-west-1:444455556666:db:db"],
        ),
        (
            "AWS/RDS",
            json!({"DBClusterIdentifier": "c", "Role": "WRITER"}),
            vec!["arn:aws:rds:eu-west-1:444455556666:cluster:c"],
        ),
        (
            "AWS/S3",
            json!({"BucketName": "b", "StorageType": "x"}),
            vec!["arn:aws:s3:::b"],
        ),
        ("AWS/Connect", json!({"InstanceId": "1"}), vec![]),
        ("AWS/EC2", json!({"InstanceId": ""}), vec![]),
        ("AWS/EC2", json!({"InstanceId": 5}), vec![]),
    ] {
        let twice = json!([
            metric(namespace, dimensions.clone()),
            metric(namespace, dimensions)
        ]);
        let alarm = of_metrics(twice).alarm().unwrap();
        assert_eq!(alarm.resources, expected, "{namespace}");
    }
}

#[test]
fn a_metric_of_another_account_measures_there() {
    let mut metric = metric("AWS/S3", json!({"BucketName": "b"}));
    metric["metricStat"]["metric"] = json!({
        "namespace": "AWS/Lambda", "name": "Errors", "dimensions": {"FunctionName": "f"},
    });
    metric["accountId"] = json!("777788889999");
    let alarm = of_metrics(json!([metric])).alarm().unwrap();
    assert_eq!(
        alarm.resources,
        ["arn:aws:lambda:eu-west-1:777788889999:function:f"]
    );
}

#[test]
fn a_widget_shows_what_is_measured() {
    let expression = json!({
        "id": "e1", "expression": "SUM(METRICS())", "label": "All", "returnData": false, "period": 60,
    });
    let metrics = json!([metric("AWS/S3", json!({"BucketName": "b"})), expression]);
    let alarm = of_metrics(metrics).alarm().unwrap();
    assert_eq!(
        (alarm.arn.as_str(), alarm.name.as_str()),
        (ALARM, "Checkout")
    );
    let widget: Value = serde_json::from_str(&alarm.widget.unwrap()).unwrap();
    let bucket = json!({"id": "m1", "visible": true, "stat": "Sum", "period": 300});
    let expected = json!({
        "title": "Checkout", "region": "eu-west-1", "view": "timeSeries",
        "metrics": [
            ["AWS/S3", "Errors", "BucketName", "b", bucket],
            [{"id": "e1", "visible": false, "expression": "SUM(METRICS())", "label": "All", "period": 60}],
        ],
    });
    assert_eq!(widget, expected);
    let many = vec![metric("AWS/S3", json!({"BucketName": "b"})); 60];
    let alarm = of_metrics(json!(many)).alarm().unwrap();
    let widget: Value = serde_json::from_str(&alarm.widget.unwrap()).unwrap();
    assert_eq!(
        widget["annotations"]["alarms"],
        json!([ALARM]),
        "too many to be kept"
    );
    assert_eq!(widget.get("metrics"), None);
}

#[test]
fn what_is_no_alarm_is_none() {
    assert_eq!(of_metrics(json!("x")).alarm().unwrap().widget, None);
    let over_others = event(json!({"configuration": {"alarmRule": "ALARM(a)"}}));
    let alarm = over_others.alarm().unwrap();
    assert_eq!((alarm.widget, alarm.resources), (None, vec![]));
    for resources in [
        vec![],
        vec!["Checkout"],
        vec!["arn:aws:s3:::alarm:b"],
        vec!["arn:aws:cloudwatch:eu-west-1:444455556666:alarm:\u{0}"],
    ] {
        let resources = resources.into_iter().map(str::to_owned).collect();
        let event = Event {
            resources,
            ..event(json!({}))
        };
        assert_eq!(event.alarm(), None);
    }
    let other = Event {
        detail_type: "Other".into(),
        ..event(json!({}))
    };
    assert_eq!(other.alarm(), None);
}

/// Every alarm event that was collected is read.
#[test]
fn collected_events() {
    let Some(folder) = std::env::var_os("BALEFIRE_SHARED") else {
        return;
    };
    let path = std::path::Path::new(&folder).join("data/events/eventbridge_aws_events.jsonl");
    let text = std::fs::read_to_string(path).expect("the collected events");
    let mut count = 0;
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("a row");
        let data = &row["data"];
        if data["detail-type"] != "CloudWatch Alarm State Change" {
            continue;
        }
        let resource = data["resources"][0].as_str().unwrap_or_default().to_owned();
        let event = Event {
            resources: vec![resource],
            ..event(data["detail"].clone())
        };
        let alarm = event.alarm();
        let metrics = data["detail"]["configuration"].get("metrics").is_some();
        let read = alarm.as_ref().map(|alarm| alarm.widget.is_some());
        assert_eq!(read, Some(metrics), "{data}");
        count += 1;
    }
    assert!(count > 5, "{count}");
}
