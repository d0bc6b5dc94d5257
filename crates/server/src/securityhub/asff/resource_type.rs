//! Types of resources: `AwsS3Bucket` in ASFF, `AWS::S3::Bucket` in OCSF.

/// Types whose last part is written differently.
const TYPES: &[(&str, &str)] = &[
    ("AwsAccount", "AWS::::Account"),
    ("AwsEc2Eip", "AWS::EC2::EIP"),
    ("AwsEc2Vpc", "AWS::EC2::VPC"),
    ("AwsEventsEventbus", "AWS::Events::EventBus"),
    ("AwsRdsDbCluster", "AWS::RDS::DBCluster"),
    ("AwsRdsDbClusterSnapshot", "AWS::RDS::DBClusterSnapshot"),
    ("AwsRdsDbInstance", "AWS::RDS::DBInstance"),
    ("AwsRdsDbSecurityGroup", "AWS::RDS::DBSecurityGroup"),
    ("AwsRdsDbSnapshot", "AWS::RDS::DBSnapshot"),
    ("AwsWafv2WebAcl", "AWS::WAFv2::WebACL"),
];

/// Services whose names are written differently, or whose types other services' names begin like.
const SERVICES: &[(&str, &str)] = &[
    ("AmazonMq", "AmazonMQ"),
    ("ApiGateway", "ApiGateway"),
    ("ApiGatewayV2", "ApiGatewayV2"),
    ("AppSync", "AppSync"),
    ("Athena", "Athena"),
    ("AutoScaling", "AutoScaling"),
    ("Backup", "Backup"),
    ("CertificateManager", "CertificateManager"),
    ("CloudFormation", "CloudFormation"),
    ("CloudFront", "CloudFront"),
    ("CloudTrail", "CloudTrail"),
    ("CloudWatch", "CloudWatch"),
    ("CodeBuild", "CodeBuild"),
    ("Config", "Config"),
    ("Dms", "DMS"),
    ("DynamoDb", "DynamoDB"),
    ("Ec2", "EC2"),
    ("Ecr", "ECR"),
    ("Ecs", "ECS"),
    ("Efs", "EFS"),
    ("Eks", "EKS"),
    ("ElasticBeanstalk", "ElasticBeanstalk"),
    ("Elasticsearch", "Elasticsearch"),
    ("Elb", "ElasticLoadBalancing"),
    ("Elbv2", "ElasticLoadBalancingV2"),
    ("Events", "Events"),
    ("GuardDuty", "GuardDuty"),
    ("Iam", "IAM"),
    ("Kinesis", "Kinesis"),
    ("Kms", "KMS"),
    ("Lambda", "Lambda"),
    ("Logs", "Logs"),
    ("Msk", "MSK"),
    ("NetworkFirewall", "NetworkFirewall"),
    ("OpenSearchService", "OpenSearchService"),
    ("Rds", "RDS"),
    ("Redshift", "Redshift"),
    ("Route53", "Route53"),
    ("S3", "S3"),
    ("SageMaker", "SageMaker"),
    ("SecretsManager", "SecretsManager"),
    ("Sns", "SNS"),
    ("Sqs", "SQS"),
    ("Ssm", "SSM"),
    ("StepFunctions", "StepFunctions"),
    ("Waf", "WAF"),
    ("WafRegional", "WAFRegional"),
    ("Wafv2", "WAFv2"),
    ("Xray", "XRay"),
];

/// A type that is not known stays as it is, in either direction.
pub fn to_ocsf(asff: &str) -> String {
    if let Some((_, ocsf)) = TYPES.iter().find(|(known, _)| *known == asff) {
        return (*ocsf).to_owned();
    }
    let split = |(short, service): &(&str, &'static str)| {
        let rest = asff.strip_prefix("Aws")?.strip_prefix(*short)?;
        let is_whole = rest.starts_with(|c: char| c.is_ascii_uppercase());
        is_whole.then_some((short.len(), *service, rest))
    };
    let longest = SERVICES
        .iter()
        .filter_map(split)
        .max_by_key(|(len, ..)| *len);
    match longest {
        Some((_, service, rest)) => format!("AWS::{service}::{rest}"),
        None => asff.to_owned(),
    }
}

pub fn to_asff(ocsf: &str) -> String {
    if let Some((asff, _)) = TYPES.iter().find(|(_, known)| *known == ocsf) {
        return (*asff).to_owned();
    }
    let parts: Vec<&str> = ocsf.split("::").collect();
    let ["AWS", service, rest] = parts[..] else {
        return ocsf.to_owned();
    };
    match SERVICES.iter().find(|(_, known)| *known == service) {
        Some((short, _)) => format!("Aws{short}{rest}"),
        None => ocsf.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_there_and_back() {
        let cases = [
            ("AwsS3Bucket", "AWS::S3::Bucket"),
            ("AwsEc2SecurityGroup", "AWS::EC2::SecurityGroup"),
            ("AwsRdsDbInstance", "AWS::RDS::DBInstance"),
            ("AwsRdsEventSubscription", "AWS::RDS::EventSubscription"),
            (
                "AwsElbLoadBalancer",
                "AWS::ElasticLoadBalancing::LoadBalancer",
            ),
            (
                "AwsElbv2LoadBalancer",
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
            ),
            ("AwsApiGatewayRestApi", "AWS::ApiGateway::RestApi"),
            ("AwsApiGatewayV2Api", "AWS::ApiGatewayV2::Api"),
            ("AwsAccount", "AWS::::Account"),
            ("AwsNovelThing", "AwsNovelThing"),
            ("AwsS3", "AwsS3"),
            ("Container", "Container"),
            ("Other", "Other"),
        ];
        for (asff, ocsf) in cases {
            assert_eq!(to_ocsf(asff), ocsf);
            assert_eq!(to_asff(ocsf), asff);
        }
        assert_eq!(to_asff("AWS::Novel::Thing"), "AWS::Novel::Thing");
    }
}
