//! ARNs that are read and ARNs that are refused.

use balefire_api::generated::inspector2::{ResourceScanType, ResourceType};

use super::*;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn arns_tell_the_kind_and_the_id() {
    let image = format!("arn:aws:ecr:eu-central-1:111111111111:repository/team/shop/{DIGEST}");
    let project = "arn:aws:inspector2:eu-central-1:111111111111:codesecurity-integration/\
                   00000000-0000-4000-8000-000000000001/project-00000000-0000-4000-8000-000000000002";
    let function = "arn:aws:lambda:eu-central-1:111111111111:function:pay:$LATEST";
    for (arn, resource_type, id, scan_type) in [
        (
            "arn:aws:ec2:eu-central-1:111111111111:instance/i-0123456789abcdef0",
            ResourceType::AwsEc2Instance,
            "i-0123456789abcdef0",
            ResourceScanType::Ec2,
        ),
        (
            "arn:aws-us-gov:ec2:us-gov-west-1::image/ami-01234567",
            ResourceType::MachineImage,
            "ami-01234567",
            ResourceScanType::Ec2,
        ),
        (
            &image,
            ResourceType::AwsEcrContainerImage,
            &image,
            ResourceScanType::Ecr,
        ),
        (
            function,
            ResourceType::AwsLambdaFunction,
            function,
            ResourceScanType::Lambda,
        ),
        (
            project,
            ResourceType::CodeRepository,
            project,
            ResourceScanType::CodeRepository,
        ),
    ] {
        let parsed = ResourceArn::parse(arn).unwrap();
        assert_eq!(parsed.kind.resource_type(), resource_type, "{arn}");
        assert_eq!(parsed.kind.resource_id(arn), id, "{arn}");
        assert_eq!(parsed.kind.scan_type(), scan_type, "{arn}");
    }
    let parsed = ResourceArn::parse(&image).unwrap();
    assert_eq!(
        parsed.kind,
        Kind::ContainerImage {
            repository: "team/shop".into(),
            digest: DIGEST.into()
        }
    );
    let parsed = ResourceArn::parse(function).unwrap();
    let Kind::Function { name, version } = parsed.kind else {
        panic!("{parsed:?}")
    };
    assert_eq!(
        (name.as_str(), version.as_deref()),
        ("pay", Some("$LATEST"))
    );
}

#[test]
fn anything_else_is_refused_with_what_is_accepted() {
    for arn in [
        "",
        "web-1",
        "i-0123456789abcdef0",
        "arn:aws:ec2:eu-central-1:111111111111",
        "arn:aws:ec2:eu-central-1:111111111111:",
        "arn:aws:ec2:eu-central-1:111111111111:instance/i-xyz",
        "arn:aws:ec2:eu-central-1:111111111111:instance/ami-01234567",
        "arn:aws:ec2:eu-central-1:111111111111:volume/vol-01234567",
        "arn:aws:ec2:eu-central-1:1111:instance/i-01234567",
        "arn:aws:ec2:Frankfurt:111111111111:instance/i-01234567",
        "arn:gcp:ec2:eu-central-1:111111111111:instance/i-01234567",
        "arn:aws:ecr:eu-central-1:111111111111:repository/shop",
        "arn:aws:ecr:eu-central-1:111111111111:repository/shop/sha256:00",
        "arn:aws:ecr:eu-central-1:111111111111:repository/shop/tag:1",
        "arn:aws:lambda:eu-central-1:111111111111:layer:pay:1",
        "arn:aws:lambda:eu-central-1:111111111111:function:pay:1:2",
        "arn:aws:lambda:eu-central-1:111111111111:function:",
        "arn:aws:inspector2:eu-central-1:111111111111:codesecurity-integration/a/project-b",
        "arn:aws:s3:::bucket",
    ] {
        let error = ResourceArn::parse(arn).unwrap_err();
        assert!(
            error.contains("instance/i-…") && error.contains("function:NAME"),
            "{error}"
        );
    }
}

#[test]
fn regions_are_those_of_the_models_pattern() {
    for (text, is) in [
        ("eu-central-1", true),
        ("us-gov-west-1", true),
        ("gov-west-1", false),
        ("local", false),
        ("us-isob-east-1", false),
        ("eu-central-11", false),
        ("eu-central-1-a", false),
        ("us-gov-1", true),
        ("", false),
    ] {
        assert_eq!(is_region(text), is, "{text}");
    }
    // The pattern itself, asked through the model's check.
    for text in [
        "eu-central-1",
        "us-gov-west-1",
        "local",
        "us-isob-east-1",
        "us-gov-1",
    ] {
        let arn = format!(
            "arn:aws:inspector2:{text}:111111111111:finding/{}",
            "0".repeat(32)
        );
        let input = serde_json::json!({"findingArns": [arn]}).to_string();
        let structure = balefire_api::shape::structure(
            &balefire_api::generated::inspector2::BATCH_GET_FINDING_DETAILS_REQUEST,
        );
        let node = balefire_api::json::read(structure, input.as_bytes()).unwrap();
        assert_eq!(
            balefire_api::check::check(structure, &node).is_empty(),
            is_region(text),
            "{text}"
        );
    }
}
