//! One account's things of every kind, all of which bear a mark in their text.

use serde_json::{Value, json};

use crate::server::{ADMINISTRATOR, NOW_MS, OTHER, OWNER, REGION, Server};

/// In every text that the owner gives; no other account may ever read it.
pub const MARK: &str = "owners-secret";

/// The rule of events that the owner has last made.
pub const RULE: &str = "alarms";
/// The run by which the findings came in.
pub const RUN: &str = "the-run";

/// The server, and the identifiers of what the owner has on it.
pub struct World {
    pub server: Server,
    pub plan: String,
    /// A policy that shares the plan with a third account.
    pub policy: String,
    pub replication_set: String,
    pub incident: String,
    pub timeline_event: String,
    /// An event that the owner wrote.
    pub note: String,
    /// The deployment that the incident has as its finding.
    pub deployment: String,
    /// The ARN of `RULE`.
    pub rule: String,
    /// The ARN of the owner's hub.
    pub hub: String,
    /// The ARN of the administrator's aggregator: no member has one.
    pub aggregator: String,
    /// The id of one of the administrator's connectors: no member has one.
    pub connector: String,
    /// A finding of Security Hub, by its `metadata.uid`.
    pub finding: String,
    /// The ARN of an automation rule of Security Hub.
    pub automation_rule: String,
    /// An insight of Security Hub.
    pub insight: String,
    /// An action target of Security Hub.
    pub action_target: String,
    /// A product whose findings the owner takes.
    pub subscription: String,
    /// An export that is running.
    pub export: String,
    /// The resource that was scanned.
    pub instance: String,
    /// A finding of Inspector.
    pub vulnerability: String,
    /// Messages that could not be delivered.
    pub dead_jobs: Vec<String>,
}

const SECOND_MS: i64 = 1000;

impl World {
    pub fn new() -> World {
        let server = Server::new();
        for account in [OWNER, OTHER] {
            let regions = json!({"regions": {REGION: {}}});
            server.done(account, "ssm-incidents:CreateReplicationSet", &regions);
            server.done(account, "securityhub:EnableSecurityHubV2", &json!({}));
            server.done(account, "securityhub:EnableSecurityHub", &json!({}));
        }
        let mut world = World {
            server,
            plan: String::new(),
            policy: String::new(),
            replication_set: String::new(),
            incident: String::new(),
            timeline_event: String::new(),
            note: String::new(),
            deployment: String::new(),
            rule: String::new(),
            hub: String::new(),
            aggregator: String::new(),
            connector: String::new(),
            finding: String::new(),
            automation_rule: String::new(),
            insight: String::new(),
            action_target: String::new(),
            subscription: String::new(),
            export: String::new(),
            instance: format!("arn:aws:ec2:{REGION}:{OWNER}:instance/i-0123456789abcdef0"),
            vulnerability: String::new(),
            dead_jobs: Vec::new(),
        };
        world.add_incident();
        world.add_rules();
        world.add_links();
        world.add_findings();
        world.add_software();
        world.add_automation_rules();
        world.add_security_findings();
        world.add_vulnerability();
        let started = world.done("securityhub:StartExportJobV2", export());
        world.export = text(&started["ExportJobId"]);
        world
    }

    fn done(&self, id: &str, input: Value) -> Value {
        self.server.done(OWNER, id, &input)
    }

    fn add_incident(&mut self) {
        let sets = self.done("ssm-incidents:ListReplicationSets", json!({}));
        self.replication_set = text(&sets["replicationSetArns"][0]);
        for number in 1..=2 {
            let plan = self.done("ssm-incidents:CreateResponsePlan", plan(number));
            self.plan = text(&plan["arn"]);
        }
        for account in [ADMINISTRATOR, "444444444444"] {
            let policy = json!({"resourceArn": self.plan, "policy": policy(&self.plan, account)});
            let policy = self.done("ssm-incidents:PutResourcePolicy", policy);
            self.policy = text(&policy["policyId"]);
        }
        self.deploy();
        for title in ["first", "second"] {
            let item = json!({"title": MARK, "identifier": link()});
            let start = json!({
                "responsePlanArn": self.plan, "title": format!("{MARK} {title}"), "relatedItems": [item],
            });
            let started = self.done("ssm-incidents:StartIncident", start);
            self.incident = text(&started["incidentRecordArn"]);
        }
        let record = json!({"incidentRecordArn": self.incident});
        let events = self.done("ssm-incidents:ListTimelineEvents", record.clone());
        self.timeline_event = text(&events["eventSummaries"][0]["eventId"]);
        let note = json!({
            "incidentRecordArn": self.incident, "eventType": "Note", "eventTime": 1, "eventData": MARK,
        });
        let note = self.done("ssm-incidents:CreateTimelineEvent", note);
        self.note = text(&note["eventId"]);
        let findings = self.done("ssm-incidents:ListIncidentFindings", record);
        self.deployment = text(&findings["findings"][0]["id"]);
        // Nothing is set for the topic, so its messages die.
        self.server.run_jobs();
        let dead = self.done("balefire:ListDeadJobs", json!({}));
        let dead = dead["DeadJobs"].as_array().expect("a list");
        self.dead_jobs = dead.iter().map(|job| text(&job["Id"])).collect();
    }

    /// Two, so that lists have pages.
    fn add_rules(&mut self) {
        for name in ["another", RULE] {
            let tags = json!([{"Key": "team", "Value": MARK}]);
            let pattern = r#"{"source": ["none"]}"#;
            let rule =
                json!({"Name": name, "EventPattern": pattern, "Description": MARK, "Tags": tags});
            self.rule = text(&self.done("events:PutRule", rule)["RuleArn"]);
            let targets = ["first", "second"]
                .map(|id| json!({"Id": id, "Arn": self.plan, "Input": format!("\"{MARK}\"")}));
            self.done(
                "events:PutTargets",
                json!({"Rule": name, "Targets": targets}),
            );
        }
    }

    /// What the owner's hub is called, and what the administrator has set up for the organization.
    fn add_links(&mut self) {
        let hub = self.done("securityhub:DescribeSecurityHubV2", json!({}));
        self.hub = text(&hub["HubV2Arn"]);
        let tags = json!({"ResourceArn": self.hub, "Tags": {"team": MARK}});
        self.done("securityhub:TagResource", tags);
        let administrator = |id: &str, input: Value| self.server.done(ADMINISTRATOR, id, &input);
        administrator("securityhub:EnableSecurityHubV2", json!({}));
        let all = json!({"RegionLinkingMode": "ALL_REGIONS", "Tags": {"team": MARK}});
        let aggregator = administrator("securityhub:CreateAggregatorV2", all);
        let made = ["first", "second"].map(|name| {
            let name = format!("{MARK}-{name}");
            let connector = json!({"Name": name, "Provider": {"JiraCloud": {}}});
            administrator("securityhub:CreateConnectorV2", connector)
        });
        self.aggregator = text(&aggregator["AggregatorV2Arn"]);
        self.connector = text(&made[1]["ConnectorId"]);
    }

    /// A stack that changes while the incident begins.
    fn deploy(&self) {
        let detail = json!({
            "stack-id": format!("arn:aws:cloudformation:{REGION}:{OWNER}:stack/{MARK}/1"),
            "status-details": {"status": "UPDATE_IN_PROGRESS"},
            "client-request-token": "token",
        });
        let entry = json!({
            "Source": "aws.cloudformation", "DetailType": "CloudFormation Stack Status Change",
            "Time": (NOW_MS - SECOND_MS) / 1000, "Detail": detail.to_string(),
        });
        self.done("events:PutEvents", json!({"Entries": [entry]}));
        self.server.run_jobs();
    }

    fn add_findings(&mut self) {
        let documents = [document("1"), document("2")];
        let imported = self.done(
            "balefire:ImportFindings",
            json!({"Findings": documents, "Run": RUN}),
        );
        assert_eq!(imported["Created"], 2, "{imported}");
        let found = self.done("securityhub:GetFindingsV2", json!({}));
        self.finding = text(&found["Findings"][0]["metadata"]["uid"]);
    }

    /// Two packages on two resources, so that lists have pages.
    fn add_software(&self) {
        let mut finding = document("software");
        finding["resources"] = json!([{"uid": MARK}, {"uid": format!("{MARK}-2")}]);
        let packages = json!([{"name": MARK, "version": "1"}, {"name": MARK, "version": "2"}]);
        finding["vulnerabilities"] = json!([{"affected_packages": packages}]);
        let imported = self.done("balefire:ImportFindings", json!({"Findings": [finding]}));
        assert_eq!(imported["Created"], 1, "{imported}");
    }

    /// Two, so that lists have pages.
    fn add_automation_rules(&mut self) {
        for _ in 0..2 {
            let made = self.done("securityhub:CreateAutomationRuleV2", automation_rule(MARK));
            self.automation_rule = text(&made["RuleArn"]);
        }
    }

    /// Two of each, so that lists have pages.
    fn add_security_findings(&mut self) {
        for number in ["1", "2"] {
            let findings = json!({"Findings": [security_finding(OWNER, number)]});
            let imported = self.done("securityhub:BatchImportFindings", findings);
            assert_eq!(imported["SuccessCount"], 1, "{imported}");
            let note = json!({"Text": MARK, "UpdatedBy": "me"});
            let update = json!({"FindingIdentifiers": [identifier(number)], "Note": note});
            self.done("securityhub:BatchUpdateFindings", update);
            let insight = json!({"Name": MARK, "Filters": {}, "GroupByAttribute": "Title"});
            let insight = self.done("securityhub:CreateInsight", insight);
            self.insight = text(&insight["InsightArn"]);
            let target = json!({"Id": format!("mark{number}"), "Name": MARK, "Description": MARK});
            let target = self.done("securityhub:CreateActionTarget", target);
            self.action_target = text(&target["ActionTargetArn"]);
            let product = format!("arn:aws:securityhub:{REGION}::product/lantern/p{number}");
            let product = json!({"ProductArn": product});
            let subscription = self.done("securityhub:EnableImportFindingsForProduct", product);
            self.subscription = text(&subscription["ProductSubscriptionArn"]);
        }
    }

    fn add_vulnerability(&mut self) {
        let rows = [advisory("GHSA-0001"), advisory("GHSA-0002")];
        let part = json!({"Feed": "OSV", "Generation": "first", "Rows": rows});
        let end =
            json!({"Feed": "OSV", "Generation": "first", "AsOf": "2025-12-31", "RowCount": 2});
        for (id, input) in [("PutFeedPart", part), ("FinishFeed", end)] {
            let id = format!("balefire:{id}");
            self.server.done(ADMINISTRATOR, &id, &input);
        }
        self.done("balefire:ScanResource", scan(&self.instance));
        let listed = self.done("inspector2:ListFindings", json!({}));
        self.vulnerability = text(&listed["findings"][0]["findingArn"]);
    }

    /// All that the owner can read, as the owner reads it.
    pub fn snapshot(&self) -> Vec<Value> {
        let incident = json!({"incidentRecordArn": self.incident});
        let reads = [
            (
                "ssm-incidents:GetReplicationSet",
                json!({"arn": self.replication_set}),
            ),
            ("ssm-incidents:ListResponsePlans", json!({})),
            ("ssm-incidents:GetResponsePlan", json!({"arn": self.plan})),
            (
                "ssm-incidents:GetResourcePolicies",
                json!({"resourceArn": self.plan}),
            ),
            ("ssm-incidents:ListIncidentRecords", json!({})),
            (
                "ssm-incidents:GetTimelineEvent",
                json!({"incidentRecordArn": self.incident, "eventId": self.note}),
            ),
            (
                "ssm-incidents:GetIncidentRecord",
                json!({"arn": self.incident}),
            ),
            ("ssm-incidents:ListTimelineEvents", incident.clone()),
            ("ssm-incidents:ListRelatedItems", incident.clone()),
            ("ssm-incidents:ListIncidentFindings", incident),
            (
                "ssm-incidents:ListTagsForResource",
                json!({"resourceArn": self.plan}),
            ),
            ("events:ListRules", json!({})),
            ("events:ListTargetsByRule", json!({"Rule": RULE})),
            (
                "events:ListTagsForResource",
                json!({"ResourceARN": self.rule}),
            ),
            ("securityhub:DescribeSecurityHubV2", json!({})),
            (
                "securityhub:ListTagsForResource",
                json!({"ResourceArn": self.hub}),
            ),
            ("securityhub:GetFindingsV2", json!({})),
            ("securityhub:GetResourcesV2", json!({})),
            ("securityhub:GetSoftwareV2", json!({})),
            ("securityhub:ListAutomationRulesV2", json!({})),
            (
                "securityhub:GetAutomationRuleV2",
                json!({"Identifier": self.automation_rule}),
            ),
            ("securityhub:DescribeHub", json!({})),
            ("securityhub:GetFindings", json!({})),
            (
                "securityhub:GetFindingHistory",
                json!({"FindingIdentifier": identifier("1")}),
            ),
            ("securityhub:GetInsights", json!({})),
            ("securityhub:DescribeActionTargets", json!({})),
            ("securityhub:ListEnabledProductsForImport", json!({})),
            ("securityhub:ListExportJobsV2", json!({})),
            ("inspector2:BatchGetAccountStatus", json!({})),
            ("inspector2:ListFindings", json!({})),
            ("balefire:ListDeadJobs", json!({})),
        ];
        let read = |(id, input): (&str, Value)| self.done(id, input);
        let mut read: Vec<Value> = reads.into_iter().map(read).collect();
        read.extend(self.administrators_snapshot());
        read
    }

    /// All that the administrator alone can set up.
    fn administrators_snapshot(&self) -> Vec<Value> {
        let reads = [
            (
                "securityhub:GetAggregatorV2",
                json!({"AggregatorV2Arn": self.aggregator}),
            ),
            (
                "securityhub:ListTagsForResource",
                json!({"ResourceArn": self.aggregator}),
            ),
            (
                "securityhub:GetConnectorV2",
                json!({"ConnectorId": self.connector}),
            ),
            ("securityhub:ListConnectorsV2", json!({})),
        ];
        let read = |(id, input): (&str, Value)| self.server.done(ADMINISTRATOR, id, &input);
        reads.into_iter().map(read).collect()
    }
}

fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// What identifies the item that each incident has.
pub fn link() -> Value {
    json!({"type": "OTHER", "value": {"url": "https://a.example"}})
}

/// A policy that shares a plan with an account.
pub fn policy(plan: &str, account: &str) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": {"AWS": account}, "Action": "ssm-incidents:GetResponsePlan",
        "Resource": plan,
    });
    json!({"Id": MARK, "Statement": statement}).to_string()
}

fn plan(number: u32) -> Value {
    json!({
        "name": format!("plan-{number}"),
        "displayName": MARK,
        "incidentTemplate": {
            "title": MARK,
            "impact": 2,
            "notificationTargets": [{"snsTopicArn": format!("arn:aws:sns:{REGION}:{OWNER}:{MARK}")}],
        },
        "tags": {"team": MARK},
    })
}

/// A whole document of the owner's.
pub fn document(uid: &str) -> Value {
    json!({
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
        "activity_id": 1, "activity_name": "Create", "severity_id": 3, "severity": "Medium",
        "status_id": 1, "status": "New", "time": NOW_MS,
        "metadata": {"product": {"uid": "scanner", "name": "Scanner"}, "version": "1.6.0"},
        "finding_info": {"uid": uid, "title": MARK},
        "cloud": {"account": {"uid": OWNER}, "provider": "AWS", "region": REGION},
        "resources": [{"uid": format!("{MARK}-{uid}"), "type": MARK}],
    })
}

/// A rule that matches nothing.
pub fn automation_rule(text: &str) -> Value {
    let filter = json!({"Comparison": "EQUALS", "Value": "nothing"});
    let filter = json!({"FieldName": "severity", "Filter": filter});
    let update = json!({"Comment": text});
    json!({
        "RuleName": text, "Description": text, "RuleOrder": 1.0, "Tags": {"team": text},
        "Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [filter]}]}},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}],
    })
}

/// A whole finding of an account in ASFF.
pub fn security_finding(account: &str, id: &str) -> Value {
    json!({
        "SchemaVersion": "2018-10-08", "Id": id, "ProductArn": own_product(account), "GeneratorId": "probe",
        "AwsAccountId": account, "Title": MARK, "Description": "Open.", "Severity": {"Label": "LOW"},
        "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-01T00:00:00Z",
        "Resources": [{"Type": "Other", "Id": "r"}],
    })
}

/// What names a finding of the owner's.
pub fn identifier(id: &str) -> Value {
    json!({"Id": id, "ProductArn": own_product(OWNER)})
}

fn own_product(account: &str) -> String {
    format!("arn:aws:securityhub:{REGION}:{account}:product/{account}/default")
}

/// A request for an export.
pub fn export() -> Value {
    let key = format!("arn:aws:kms:{REGION}:{OWNER}:key/1234abcd");
    json!({
        "Name": MARK,
        "Destination": {"S3": {"BucketArn": "arn:aws:s3:::findings", "KmsKeyArn": key}},
        "OutputConfiguration": {"Findings": {"Format": "OCSF_JSON"}},
    })
}

/// The bill of a resource with a vulnerable package.
pub fn scan(resource: &str) -> Value {
    let component = json!({
        "type": "library", "name": "anvil", "version": "1.0", "purl": "pkg:pypi/anvil@1.0",
    });
    let sbom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]});
    json!({"ResourceArn": resource, "Sbom": sbom, "Tags": {"team": MARK}})
}

fn advisory(id: &str) -> Value {
    json!({
        "id": id, "aliases": [id.replace("GHSA-", "CVE-2099-")],
        "modified": "2025-01-01T00:00:00Z", "published": "2025-01-01T00:00:00Z",
        "summary": "It drops.",
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": "anvil"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
        }],
    })
}
