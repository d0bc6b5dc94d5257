//! Where a finding of Inspector comes from, and the resources that it is about.

use serde_json::{Value, json};

use super::super::draft::Members;
use super::{Finding, Resource};

/// What the ARN of a finding tells.
pub struct Origin<'a> {
    partition: &'a str,
    region: &'a str,
    account: &'a str,
}

impl<'a> Origin<'a> {
    pub fn of(finding: &'a Finding) -> Result<Origin<'a>, String> {
        let mut parts = finding.finding_arn.split(':');
        let mut next = || parts.next().unwrap_or_default();
        match (next(), next(), next(), next()) {
            ("arn", partition, "inspector2", region)
                if !partition.is_empty() && !region.is_empty() =>
            {
                Ok(Origin {
                    partition,
                    region,
                    account: &finding.aws_account_id,
                })
            }
            _ => Err(format!(
                "findingArn must be the ARN of a finding of inspector2; it is {:?}",
                finding.finding_arn
            )),
        }
    }

    /// The uid of the product, as Security Hub names it.
    pub fn product(&self) -> String {
        let Origin {
            partition, region, ..
        } = self;
        format!("arn:{partition}:securityhub:{region}::productv2/aws/inspector")
    }

    pub fn cloud(&self) -> Value {
        json!({
            "provider": "AWS",
            "account": {"uid": self.account},
            "region": self.region,
            "cloud_partition": self.partition,
        })
    }

    pub fn resource(&self, resource: &Resource) -> Value {
        let region = resource.region.as_deref().unwrap_or(self.region);
        let partition = resource.partition.as_deref().unwrap_or(self.partition);
        let tags = resource.tags.iter().flatten();
        let tags: Vec<Value> = tags
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        Members::default()
            .with("uid", self.uid(&resource.id, partition, region))
            .with("type", resource_type(&resource.r#type))
            .with("region", region)
            .with("cloud_partition", partition)
            .with("owner", json!({"account": {"uid": self.account}}))
            .with("tags", tags)
            .with("data", resource.details.clone().unwrap_or_default())
            .object()
    }

    /// Security Hub knows resources by their ARNs, where Inspector has EC2's own ids.
    fn uid(&self, id: &str, partition: &str, region: &str) -> String {
        let noun = match id.split_once('-') {
            Some(("i", _)) => "instance",
            Some(("ami", _)) => "image",
            _ => return id.to_owned(),
        };
        format!(
            "arn:{partition}:ec2:{region}:{account}:{noun}/{id}",
            account = self.account
        )
    }
}

/// The type of a resource in the words of Security Hub, for one in those of Inspector.
pub fn resource_type(kind: &str) -> &str {
    match kind {
        "AWS_EC2_INSTANCE" => "AWS::EC2::Instance",
        "MACHINE_IMAGE" => "AWS::EC2::Image",
        "AWS_ECR_CONTAINER_IMAGE" => "AWS::ECR::ContainerImage",
        "AWS_ECR_REPOSITORY" => "AWS::ECR::Repository",
        "AWS_LAMBDA_FUNCTION" => "AWS::Lambda::Function",
        "CODE_REPOSITORY" => "CodeRepository",
        other => other,
    }
}
