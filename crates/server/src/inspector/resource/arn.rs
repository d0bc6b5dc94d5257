//! ARNs of resources that can be scanned.

use balefire_api::generated::inspector2::{ResourceScanType, ResourceType};

use crate::access::Account;

/// What is accepted, for messages.
const ACCEPTED: &str = "arn:aws:ec2:REGION:ACCOUNT:instance/i-…, arn:aws:ec2:REGION:ACCOUNT:image/ami-…, \
                        arn:aws:ecr:REGION:ACCOUNT:repository/NAME/sha256:…, \
                        arn:aws:lambda:REGION:ACCOUNT:function:NAME or \
                        arn:aws:inspector2:REGION:ACCOUNT:codesecurity-integration/ID/project-ID";

/// The ARN of a resource, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceArn {
    /// The whole text.
    pub text: String,
    pub partition: String,
    /// Empty where the ARN has none.
    pub region: String,
    /// Empty where the ARN has none.
    pub account: String,
    pub kind: Kind,
}

/// The kinds of resources that can be scanned, by what their ARNs tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Instance {
        id: String,
    },
    MachineImage {
        id: String,
    },
    ContainerImage {
        repository: String,
        digest: String,
    },
    Function {
        name: String,
        version: Option<String>,
    },
    CodeRepository {
        integration: String,
    },
}

impl ResourceArn {
    /// Reads an ARN; the error says what would be right.
    pub fn parse(text: &str) -> Result<ResourceArn, String> {
        let wrong = |why: &str| format!("{text:?} {why}. Accepted are {ACCEPTED}");
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (scheme, partition, service, region, account) =
            (next(), next(), next(), next(), next());
        let rest = next();
        if scheme != "arn" || rest.is_empty() {
            return Err(wrong("is not an ARN"));
        }
        let suffix = partition.strip_prefix("aws").unwrap_or("?");
        if !suffix.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
            return Err(wrong("is not of a partition of AWS"));
        }
        if !account.is_empty() && !Account::is_id(account) {
            return Err(wrong("has an account that is not twelve digits"));
        }
        if !region.is_empty() && !is_region(region) {
            return Err(wrong("has no region such as eu-central-1"));
        }
        let kind = Kind::parse(service, rest, text)
            .ok_or_else(|| wrong("is not of a kind that is scanned"))?;
        Ok(ResourceArn {
            text: text.into(),
            partition: partition.into(),
            region: region.into(),
            account: account.into(),
            kind,
        })
    }
}

/// Whether findings can have ARNs in this region: the model's pattern is narrower than AWS is.
pub fn is_region(text: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let mut parts = text.split('-');
    let (Some(first), Some(mut second)) = (parts.next(), parts.next()) else {
        return false;
    };
    let mut third = parts.next().unwrap_or_default();
    let mut fourth = parts.next();
    if let (Some(number), "gov") = (fourth, second) {
        (second, third, fourth) = (third, number, None);
    }
    let digit = third.len() == 1 && third.bytes().all(|b| b.is_ascii_digit());
    first.len() == 2
        && lower(first)
        && lower(second)
        && digit
        && fourth.is_none()
        && parts.next().is_none()
}

impl Kind {
    fn parse(service: &str, rest: &str, whole: &str) -> Option<Kind> {
        match service {
            "ec2" => Kind::parse_ec2(rest),
            "ecr" => {
                let (repository, digest) = rest.strip_prefix("repository/")?.rsplit_once('/')?;
                let hash = digest.strip_prefix("sha256:")?;
                let fits = hash.len() == 64
                    && hash
                        .bytes()
                        .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
                    && !repository.is_empty()
                    && repository
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b));
                fits.then(|| Kind::ContainerImage {
                    repository: repository.into(),
                    digest: digest.into(),
                })
            }
            "lambda" => {
                let mut parts = rest.strip_prefix("function:")?.split(':');
                let (name, version) = (parts.next()?, parts.next());
                let word = |text: &str, also: &[u8]| {
                    !text.is_empty()
                        && text.bytes().all(|b| {
                            b.is_ascii_alphanumeric() || b"-_".contains(&b) || also.contains(&b)
                        })
                };
                let fits = word(name, b".") && version.is_none_or(|version| word(version, b"$"));
                (fits && parts.next().is_none()).then(|| Kind::Function {
                    name: name.into(),
                    version: version.map(str::to_owned),
                })
            }
            "inspector2" => {
                let (id, project) = rest
                    .strip_prefix("codesecurity-integration/")?
                    .split_once('/')?;
                let project = project.strip_prefix("project-")?;
                let integration = whole.strip_suffix(&format!("/project-{project}"))?;
                let uuids = [id, project]
                    .iter()
                    .all(|id| uuid::Uuid::try_parse(id).is_ok());
                uuids.then(|| Kind::CodeRepository {
                    integration: integration.into(),
                })
            }
            _ => None,
        }
    }

    fn parse_ec2(rest: &str) -> Option<Kind> {
        let (noun, id) = rest.split_once('/')?;
        let (_, code) = id.split_once('-')?;
        let fits = matches!(code.len(), 8 | 17)
            && code
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
        match noun {
            "instance" if fits && id.starts_with("i-") => Some(Kind::Instance { id: id.into() }),
            "image" if fits && id.starts_with("ami-") => Some(Kind::MachineImage { id: id.into() }),
            _ => None,
        }
    }

    pub fn resource_type(&self) -> ResourceType {
        match self {
            Kind::Instance { .. } => ResourceType::AwsEc2Instance,
            Kind::MachineImage { .. } => ResourceType::MachineImage,
            Kind::ContainerImage { .. } => ResourceType::AwsEcrContainerImage,
            Kind::Function { .. } => ResourceType::AwsLambdaFunction,
            Kind::CodeRepository { .. } => ResourceType::CodeRepository,
        }
    }

    /// What an account enables to have it scanned.
    pub fn scan_type(&self) -> ResourceScanType {
        match self {
            Kind::Instance { .. } | Kind::MachineImage { .. } => ResourceScanType::Ec2,
            Kind::ContainerImage { .. } => ResourceScanType::Ecr,
            Kind::Function { .. } => ResourceScanType::Lambda,
            Kind::CodeRepository { .. } => ResourceScanType::CodeRepository,
        }
    }

    /// The id by which findings call the resource: EC2's own ids are short, all others are ARNs.
    pub fn resource_id<'a>(&'a self, arn: &'a str) -> &'a str {
        match self {
            Kind::Instance { id } | Kind::MachineImage { id } => id,
            _ => arn,
        }
    }

    /// The repository of an image, empty for anything else.
    pub fn repository(&self) -> &str {
        match self {
            Kind::ContainerImage { repository, .. } => repository,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests;
