//! Which group a type of resources is of.

use balefire_api::generated::securityhub::{
    DiscoveryType, ResourceCategory as Category, ResourceSubCategory as SubCategory,
};

const SELF_HOSTED: &str = "SelfHosted::";
const SELF_HOSTED_AI: &str = "SelfHosted::AI::";
const AWS: &str = "AWS";

/// Types whose service's group is not theirs; a type begins with one of these.
const TYPES: &[(&str, Category)] = &[
    ("AWS::EC2::Host", Category::Compute),
    ("AWS::EC2::Image", Category::Compute),
    ("AWS::EC2::Instance", Category::Compute),
    ("AWS::EC2::LaunchTemplate", Category::Compute),
    ("AWS::EC2::Snapshot", Category::Storage),
    ("AWS::EC2::Volume", Category::Storage),
    ("AWS::Events::", Category::Messaging),
    ("AWS::KinesisFirehose::", Category::Messaging),
    ("AWS::OpenSearchServerless::", Category::Database),
    ("AWS::S3::AccessPoint", Category::Storage),
    ("AWS::SSM::ManagedInstance", Category::Compute),
];

/// The group of all other types of a service of AWS.
const SERVICES: &[(&str, Category)] = &[
    ("AmazonMQ", Category::Messaging),
    ("ApiGateway", Category::Network),
    ("ApiGatewayV2", Category::Network),
    ("AppRunner", Category::Compute),
    ("AutoScaling", Category::Compute),
    ("Backup", Category::Storage),
    ("Batch", Category::Compute),
    ("Bedrock", Category::AiMl),
    ("BedrockAgentCore", Category::AiMl),
    ("CloudFront", Category::Network),
    ("CodeArtifact", Category::Code),
    ("CodeBuild", Category::Code),
    ("CodeCommit", Category::Code),
    ("CodeDeploy", Category::Code),
    ("CodePipeline", Category::Code),
    ("Cognito", Category::Identity),
    ("Comprehend", Category::AiMl),
    ("DAX", Category::Database),
    ("DocDB", Category::Database),
    ("DynamoDB", Category::Database),
    ("EC2", Category::Network),
    ("ECR", Category::Code),
    ("ECS", Category::Compute),
    ("EFS", Category::Storage),
    ("EKS", Category::Compute),
    ("EMR", Category::Compute),
    ("ElastiCache", Category::Database),
    ("ElasticBeanstalk", Category::Compute),
    ("ElasticLoadBalancing", Category::Network),
    ("ElasticLoadBalancingV2", Category::Network),
    ("Elasticsearch", Category::Database),
    ("FSx", Category::Storage),
    ("Glacier", Category::Storage),
    ("IAM", Category::Identity),
    ("IdentityStore", Category::Identity),
    ("Kendra", Category::AiMl),
    ("Kinesis", Category::Messaging),
    ("Lambda", Category::Compute),
    ("Lex", Category::AiMl),
    ("Lightsail", Category::Compute),
    ("MSK", Category::Messaging),
    ("MemoryDB", Category::Database),
    ("Neptune", Category::Database),
    ("NetworkFirewall", Category::Network),
    ("OpenSearchService", Category::Database),
    ("QBusiness", Category::AiMl),
    ("RDS", Category::Database),
    ("Redshift", Category::Database),
    ("RedshiftServerless", Category::Database),
    ("Rekognition", Category::AiMl),
    ("Route53", Category::Network),
    ("S3", Category::Storage),
    ("S3Express", Category::Storage),
    ("SNS", Category::Messaging),
    ("SQS", Category::Messaging),
    ("SSO", Category::Identity),
    ("SageMaker", Category::AiMl),
    ("Timestream", Category::Database),
    ("WAF", Category::Network),
    ("WAFRegional", Category::Network),
    ("WAFv2", Category::Network),
];

/// Groups inside of AI, by what a type begins with.
const OF_AI: &[(&str, SubCategory)] = &[
    ("AWS::Bedrock::AgentAlias", SubCategory::Agent),
    ("AWS::Bedrock::Agent", SubCategory::Agent),
    ("AWS::Bedrock::CustomModel", SubCategory::Model),
    ("AWS::Bedrock::DataSource", SubCategory::KnowledgeAndData),
    ("AWS::Bedrock::Flow", SubCategory::OrchestrationAndPipeline),
    ("AWS::Bedrock::Guardrail", SubCategory::SafetyAndGuardrail),
    ("AWS::Bedrock::ImportedModel", SubCategory::Model),
    ("AWS::Bedrock::KnowledgeBase", SubCategory::KnowledgeAndData),
    ("AWS::Bedrock::Prompt", SubCategory::Development),
    ("AWS::Bedrock::ProvisionedModel", SubCategory::ModelServing),
    ("AWS::BedrockAgentCore::Runtime", SubCategory::Agent),
    (
        "AWS::BedrockAgentCore::",
        SubCategory::AgentToolsAndIdentity,
    ),
    ("AWS::Kendra::", SubCategory::KnowledgeAndData),
    ("AWS::Lex::", SubCategory::Agent),
    ("AWS::SageMaker::Endpoint", SubCategory::ModelServing),
    (
        "AWS::SageMaker::FeatureGroup",
        SubCategory::KnowledgeAndData,
    ),
    ("AWS::SageMaker::Model", SubCategory::Model),
    ("AWS::SageMaker::Notebook", SubCategory::Development),
    (
        "AWS::SageMaker::Pipeline",
        SubCategory::OrchestrationAndPipeline,
    ),
    ("AWS::SageMaker::Space", SubCategory::Development),
    (
        "SelfHosted::AI::AgentFramework",
        SubCategory::AgentFramework,
    ),
    (
        "SelfHosted::AI::AgentTool",
        SubCategory::AgentToolsAndIdentity,
    ),
    ("SelfHosted::AI::Agent", SubCategory::Agent),
    ("SelfHosted::AI::Development", SubCategory::Development),
    (
        "SelfHosted::AI::ExternalEndpoint",
        SubCategory::ExternalEndpoint,
    ),
    (
        "SelfHosted::AI::InferenceEndpoint",
        SubCategory::ModelServing,
    ),
    ("SelfHosted::AI::ModelServing", SubCategory::ModelServing),
    ("SelfHosted::AI::Model", SubCategory::Model),
];

pub fn category(r#type: &str) -> Category {
    if r#type.starts_with(SELF_HOSTED_AI) {
        return Category::AiMl;
    }
    let of_type = TYPES.iter().find(|(start, _)| r#type.starts_with(start));
    if let Some((_, category)) = of_type {
        return *category;
    }
    let mut parts = r#type.split("::");
    let service = parts.next().filter(|cloud| *cloud == AWS);
    let service = service.and_then(|_| parts.next());
    let known = SERVICES.iter().find(|(known, _)| Some(*known) == service);
    known.map_or(Category::Other, |(_, category)| *category)
}

/// Only resources of AI have one.
pub fn sub_category(r#type: &str) -> Option<SubCategory> {
    if category(r#type) != Category::AiMl {
        return None;
    }
    let known = OF_AI.iter().find(|(start, _)| r#type.starts_with(start));
    Some(known.map_or(SubCategory::Other, |(_, of_ai)| *of_ai))
}

/// `None` where the type is neither a cloud's nor said to be hosted by the customer.
pub fn discovery(r#type: &str) -> Option<DiscoveryType> {
    if r#type.starts_with(SELF_HOSTED) {
        return Some(DiscoveryType::SelfHosted);
    }
    let is_cloud = r#type.starts_with("AWS::") || r#type.starts_with("Microsoft.");
    is_cloud.then_some(DiscoveryType::Managed)
}

/// The clouds that are known are spelt in one way. What names none is taken for AWS's, whose account it is
/// recorded in.
pub fn provider(named: Option<&str>) -> &str {
    let known = |name: &&str| named.is_some_and(|named| named.eq_ignore_ascii_case(name));
    match [AWS, "Azure", "GCP"].into_iter().find(known) {
        Some(known) => known,
        None => named.unwrap_or(AWS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_groups() {
        let cases = [
            ("AWS::EC2::Instance", Category::Compute, None),
            ("AWS::EC2::SecurityGroup", Category::Network, None),
            ("AWS::EC2::Volume", Category::Storage, None),
            ("AWS::S3::Bucket", Category::Storage, None),
            ("AWS::RDS::DBInstance", Category::Database, None),
            ("AWS::IAM::Role", Category::Identity, None),
            ("AWS::SQS::Queue", Category::Messaging, None),
            ("AWS::ECR::Repository", Category::Code, None),
            ("AWS::KMS::Key", Category::Other, None),
            ("AWS::::Account", Category::Other, None),
            ("Container", Category::Other, None),
            ("EC2::Instance", Category::Other, None),
            (
                "AWS::SageMaker::Model",
                Category::AiMl,
                Some(SubCategory::Model),
            ),
            (
                "AWS::SageMaker::Domain",
                Category::AiMl,
                Some(SubCategory::Other),
            ),
            (
                "SelfHosted::AI::Model",
                Category::AiMl,
                Some(SubCategory::Model),
            ),
            (
                "SelfHosted::AI::ModelServing",
                Category::AiMl,
                Some(SubCategory::ModelServing),
            ),
            (
                "SelfHosted::AI::AgentFramework",
                Category::AiMl,
                Some(SubCategory::AgentFramework),
            ),
        ];
        for (of, group, of_ai) in cases {
            assert_eq!((category(of), sub_category(of)), (group, of_ai), "{of}");
        }
        assert_eq!(
            discovery("SelfHosted::AI::Agent"),
            Some(DiscoveryType::SelfHosted)
        );
        assert_eq!(discovery("AWS::S3::Bucket"), Some(DiscoveryType::Managed));
        assert_eq!(discovery("Container"), None);
    }

    #[test]
    fn clouds_are_spelt_in_one_way() {
        let cases = [
            (Some("aws"), "AWS"),
            (Some("azure"), "Azure"),
            (Some("Kubernetes"), "Kubernetes"),
            (None, "AWS"),
        ];
        for (named, spelt) in cases {
            assert_eq!(provider(named), spelt);
        }
    }
}
