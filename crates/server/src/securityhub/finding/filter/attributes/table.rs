//! The attributes of findings by which GetFindings filters, and where they are in a finding.

use super::Attribute;
use super::Kind::{self, Address, Boolean, Date, Keyword, Map, Number, Text};

const fn row(name: &'static str, path: &'static str, kind: Kind) -> Attribute {
    Attribute { name, path, kind }
}

pub const ATTRIBUTES: &[Attribute] = &[
    row("AwsAccountId", "AwsAccountId", Text),
    row("AwsAccountName", "AwsAccountName", Text),
    row("CompanyName", "CompanyName", Text),
    row(
        "ComplianceAssociatedStandardsId",
        "Compliance.AssociatedStandards.StandardsId",
        Text,
    ),
    row(
        "ComplianceSecurityControlId",
        "Compliance.SecurityControlId",
        Text,
    ),
    row(
        "ComplianceSecurityControlParametersName",
        "Compliance.SecurityControlParameters.Name",
        Text,
    ),
    row(
        "ComplianceSecurityControlParametersValue",
        "Compliance.SecurityControlParameters.Value",
        Text,
    ),
    row("ComplianceStatus", "Compliance.Status", Text),
    row("Confidence", "Confidence", Number),
    row("CreatedAt", "CreatedAt", Date),
    row("Criticality", "Criticality", Number),
    row("Description", "Description", Text),
    row(
        "FindingProviderFieldsConfidence",
        "FindingProviderFields.Confidence",
        Number,
    ),
    row(
        "FindingProviderFieldsCriticality",
        "FindingProviderFields.Criticality",
        Number,
    ),
    row(
        "FindingProviderFieldsRelatedFindingsId",
        "FindingProviderFields.RelatedFindings.Id",
        Text,
    ),
    row(
        "FindingProviderFieldsRelatedFindingsProductArn",
        "FindingProviderFields.RelatedFindings.ProductArn",
        Text,
    ),
    row(
        "FindingProviderFieldsSeverityLabel",
        "FindingProviderFields.Severity.Label",
        Text,
    ),
    row(
        "FindingProviderFieldsSeverityOriginal",
        "FindingProviderFields.Severity.Original",
        Text,
    ),
    row(
        "FindingProviderFieldsTypes",
        "FindingProviderFields.Types",
        Text,
    ),
    row("FirstObservedAt", "FirstObservedAt", Date),
    row("GeneratorId", "GeneratorId", Text),
    row("Id", "Id", Text),
    row("Keyword", "", Keyword),
    row("LastObservedAt", "LastObservedAt", Date),
    row("MalwareName", "Malware.Name", Text),
    row("MalwarePath", "Malware.Path", Text),
    row("MalwareState", "Malware.State", Text),
    row("MalwareType", "Malware.Type", Text),
    row(
        "NetworkDestinationDomain",
        "Network.DestinationDomain",
        Text,
    ),
    row("NetworkDestinationIpV4", "Network.DestinationIpV4", Address),
    row("NetworkDestinationIpV6", "Network.DestinationIpV6", Address),
    row("NetworkDestinationPort", "Network.DestinationPort", Number),
    row("NetworkDirection", "Network.Direction", Text),
    row("NetworkProtocol", "Network.Protocol", Text),
    row("NetworkSourceDomain", "Network.SourceDomain", Text),
    row("NetworkSourceIpV4", "Network.SourceIpV4", Address),
    row("NetworkSourceIpV6", "Network.SourceIpV6", Address),
    row("NetworkSourceMac", "Network.SourceMac", Text),
    row("NetworkSourcePort", "Network.SourcePort", Number),
    row("NoteText", "Note.Text", Text),
    row("NoteUpdatedAt", "Note.UpdatedAt", Date),
    row("NoteUpdatedBy", "Note.UpdatedBy", Text),
    row("ProcessLaunchedAt", "Process.LaunchedAt", Date),
    row("ProcessName", "Process.Name", Text),
    row("ProcessParentPid", "Process.ParentPid", Number),
    row("ProcessPath", "Process.Path", Text),
    row("ProcessPid", "Process.Pid", Number),
    row("ProcessTerminatedAt", "Process.TerminatedAt", Date),
    row("ProductArn", "ProductArn", Text),
    row("ProductFields", "ProductFields", Map),
    row("ProductName", "ProductName", Text),
    row(
        "RecommendationText",
        "Remediation.Recommendation.Text",
        Text,
    ),
    row("RecordState", "RecordState", Text),
    row("Region", "Region", Text),
    row("RelatedFindingsId", "RelatedFindings.Id", Text),
    row(
        "RelatedFindingsProductArn",
        "RelatedFindings.ProductArn",
        Text,
    ),
    row("ResourceApplicationArn", "Resources.ApplicationArn", Text),
    row("ResourceApplicationName", "Resources.ApplicationName", Text),
    row(
        "ResourceAwsEc2InstanceIamInstanceProfileArn",
        "Resources.Details.AwsEc2Instance.IamInstanceProfileArn",
        Text,
    ),
    row(
        "ResourceAwsEc2InstanceImageId",
        "Resources.Details.AwsEc2Instance.ImageId",
        Text,
    ),
    row(
        "ResourceAwsEc2InstanceIpV4Addresses",
        "Resources.Details.AwsEc2Instance.IpV4Addresses",
        Address,
    ),
    row(
        "ResourceAwsEc2InstanceIpV6Addresses",
        "Resources.Details.AwsEc2Instance.IpV6Addresses",
        Address,
    ),
    row(
        "ResourceAwsEc2InstanceKeyName",
        "Resources.Details.AwsEc2Instance.KeyName",
        Text,
    ),
    row(
        "ResourceAwsEc2InstanceLaunchedAt",
        "Resources.Details.AwsEc2Instance.LaunchedAt",
        Date,
    ),
    row(
        "ResourceAwsEc2InstanceSubnetId",
        "Resources.Details.AwsEc2Instance.SubnetId",
        Text,
    ),
    row(
        "ResourceAwsEc2InstanceType",
        "Resources.Details.AwsEc2Instance.Type",
        Text,
    ),
    row(
        "ResourceAwsEc2InstanceVpcId",
        "Resources.Details.AwsEc2Instance.VpcId",
        Text,
    ),
    row(
        "ResourceAwsIamAccessKeyCreatedAt",
        "Resources.Details.AwsIamAccessKey.CreatedAt",
        Date,
    ),
    row(
        "ResourceAwsIamAccessKeyPrincipalName",
        "Resources.Details.AwsIamAccessKey.PrincipalName",
        Text,
    ),
    row(
        "ResourceAwsIamAccessKeyStatus",
        "Resources.Details.AwsIamAccessKey.Status",
        Text,
    ),
    row(
        "ResourceAwsIamAccessKeyUserName",
        "Resources.Details.AwsIamAccessKey.UserName",
        Text,
    ),
    row(
        "ResourceAwsIamUserUserName",
        "Resources.Details.AwsIamUser.UserName",
        Text,
    ),
    row(
        "ResourceAwsS3BucketOwnerId",
        "Resources.Details.AwsS3Bucket.OwnerId",
        Text,
    ),
    row(
        "ResourceAwsS3BucketOwnerName",
        "Resources.Details.AwsS3Bucket.OwnerName",
        Text,
    ),
    row(
        "ResourceContainerImageId",
        "Resources.Details.Container.ImageId",
        Text,
    ),
    row(
        "ResourceContainerImageName",
        "Resources.Details.Container.ImageName",
        Text,
    ),
    row(
        "ResourceContainerLaunchedAt",
        "Resources.Details.Container.LaunchedAt",
        Date,
    ),
    row(
        "ResourceContainerName",
        "Resources.Details.Container.Name",
        Text,
    ),
    row("ResourceDetailsOther", "Resources.Details.Other", Map),
    row("ResourceId", "Resources.Id", Text),
    row("ResourceOwnerAccountId", "Resources.Owner.AccountId", Text),
    row("ResourceOwnerOrgId", "Resources.Owner.OrgId", Text),
    row("ResourcePartition", "Resources.Partition", Text),
    row("ResourceProvider", "Resources.Provider", Text),
    row("ResourceRegion", "Resources.Region", Text),
    row("ResourceTags", "Resources.Tags", Map),
    row("ResourceType", "Resources.Type", Text),
    row("Sample", "Sample", Boolean),
    row("SeverityLabel", "Severity.Label", Text),
    row("SeverityNormalized", "Severity.Normalized", Number),
    row("SeverityProduct", "Severity.Product", Number),
    row("SourceUrl", "SourceUrl", Text),
    row(
        "ThreatIntelIndicatorCategory",
        "ThreatIntelIndicators.Category",
        Text,
    ),
    row(
        "ThreatIntelIndicatorLastObservedAt",
        "ThreatIntelIndicators.LastObservedAt",
        Date,
    ),
    row(
        "ThreatIntelIndicatorSource",
        "ThreatIntelIndicators.Source",
        Text,
    ),
    row(
        "ThreatIntelIndicatorSourceUrl",
        "ThreatIntelIndicators.SourceUrl",
        Text,
    ),
    row(
        "ThreatIntelIndicatorType",
        "ThreatIntelIndicators.Type",
        Text,
    ),
    row(
        "ThreatIntelIndicatorValue",
        "ThreatIntelIndicators.Value",
        Text,
    ),
    row("Title", "Title", Text),
    row("Type", "Types", Text),
    row("UpdatedAt", "UpdatedAt", Date),
    row("UserDefinedFields", "UserDefinedFields", Map),
    row("VerificationState", "VerificationState", Text),
    row(
        "VulnerabilitiesExploitAvailable",
        "Vulnerabilities.ExploitAvailable",
        Text,
    ),
    row(
        "VulnerabilitiesFixAvailable",
        "Vulnerabilities.FixAvailable",
        Text,
    ),
    row("WorkflowState", "WorkflowState", Text),
    row("WorkflowStatus", "Workflow.Status", Text),
];

#[cfg(test)]
mod tests {
    use balefire_api::generated::securityhub::AWS_SECURITY_FINDING_FILTERS;
    use balefire_api::shape;

    use super::*;

    #[test]
    fn each_attribute_of_the_model_has_its_row() {
        let members = shape::structure(&AWS_SECURITY_FINDING_FILTERS).members;
        let modelled: Vec<&str> = members.iter().map(|member| member.name).collect();
        let known: Vec<&str> = ATTRIBUTES.iter().map(|attribute| attribute.name).collect();
        assert_eq!(known, modelled);
    }
}
