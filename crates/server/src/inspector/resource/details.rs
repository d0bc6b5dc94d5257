//! The details of a resource that its ARN alone tells.

use balefire_api::generated::inspector2::{
    AwsEc2InstanceDetails, AwsEcrContainerImageDetails, CodeRepositoryDetails, Image,
    MachineImageDetails, ResourceDetails, ServerlessFunction, Vm,
};

use super::Kind;

impl Kind {
    /// The details that findings give: those of AWS and the neutral ones side by side.
    pub fn details(&self, account: &str) -> ResourceDetails {
        let none = ResourceDetails::default();
        match self {
            Kind::Instance { .. } => ResourceDetails {
                aws_ec2_instance: Some(AwsEc2InstanceDetails::default()),
                vm: Some(Vm::default()),
                ..none
            },
            Kind::MachineImage { id } => ResourceDetails {
                machine_image: Some(MachineImageDetails {
                    machine_image_id: id.clone(),
                    ..MachineImageDetails::default()
                }),
                ..none
            },
            Kind::ContainerImage { repository, digest } => ResourceDetails {
                aws_ecr_container_image: Some(AwsEcrContainerImageDetails {
                    image_hash: digest.clone(),
                    registry: account.into(),
                    repository_name: repository.clone(),
                    ..AwsEcrContainerImageDetails::default()
                }),
                image: Some(Image {
                    image_digest: Some(digest.clone()),
                    registry: Some(account.into()),
                    repository_name: Some(repository.clone()),
                    ..Image::default()
                }),
                ..none
            },
            // AWS's own details require a role, a runtime and a hash, which an ARN does not tell.
            Kind::Function { name, version } => ResourceDetails {
                serverless_function: Some(ServerlessFunction {
                    serverless_function_name: Some(name.clone()),
                    version: version.clone(),
                    ..ServerlessFunction::default()
                }),
                ..none
            },
            Kind::CodeRepository { integration } => ResourceDetails {
                code_repository: Some(CodeRepositoryDetails {
                    integration_arn: Some(integration.clone()),
                    ..CodeRepositoryDetails::default()
                }),
                ..none
            },
        }
    }
}
