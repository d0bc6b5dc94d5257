//! The systems that a connector may lead to, as requests give them and answers show them.

pub use balefire_api::generated::securityhub::ProviderDetail as Detail;
use balefire_api::generated::securityhub::{
    ConnectorAuthStatus, ConnectorProviderName, JiraCloudDetail, ProviderConfiguration,
    ProviderUpdateConfiguration, ServiceNowDetail,
};

use crate::failure::Failure;

const INSTANCE_CHARS_MAX: usize = 63;
const PROJECT_KEY_CHARS_MAX: usize = 50;

/// What CreateConnectorV2 is given, as it is kept.
pub fn created(given: ProviderConfiguration) -> Result<Detail, Failure> {
    match given {
        ProviderConfiguration::JiraCloud(jira) => {
            check_project_key(jira.project_key.as_deref())?;
            Ok(Detail::JiraCloud(JiraCloudDetail {
                project_key: jira.project_key,
                ..JiraCloudDetail::default()
            }))
        }
        ProviderConfiguration::ServiceNow(now) => {
            check_instance(&now.instance_name)?;
            check_secret(&now.secret_arn)?;
            Ok(Detail::ServiceNow(ServiceNowDetail {
                auth_status: ConnectorAuthStatus::Failed,
                instance_name: Some(now.instance_name),
                secret_arn: now.secret_arn,
            }))
        }
        ProviderConfiguration::Azure(_) => Err(no_cloud("Azure")),
        ProviderConfiguration::GCP(_) => Err(no_cloud("GCP")),
    }
}

/// What UpdateConnectorV2 is given, put into what is kept.
pub fn updated(detail: &mut Detail, given: ProviderUpdateConfiguration) -> Result<(), Failure> {
    match (detail, given) {
        (Detail::JiraCloud(kept), ProviderUpdateConfiguration::JiraCloud(jira)) => {
            check_project_key(jira.project_key.as_deref())?;
            if jira.project_key.is_some() {
                kept.project_key = jira.project_key;
            }
            Ok(())
        }
        (Detail::ServiceNow(kept), ProviderUpdateConfiguration::ServiceNow(now)) => {
            if let Some(secret) = now.secret_arn {
                check_secret(&secret)?;
                kept.secret_arn = secret;
            }
            Ok(())
        }
        (detail, _) => {
            let rule = format!(
                "Member must be of the connector's own provider, {}",
                name(detail).as_str()
            );
            Err(Failure::invalid("/Provider", rule))
        }
    }
}

pub fn name(detail: &Detail) -> ConnectorProviderName {
    match detail {
        Detail::Azure(_) => ConnectorProviderName::Azure,
        Detail::GCP(_) => ConnectorProviderName::Gcp,
        Detail::JiraCloud(_) => ConnectorProviderName::JiraCloud,
        Detail::ServiceNow(_) => ConnectorProviderName::Servicenow,
    }
}

/// The system took the credentials, at this host.
pub fn authorized(detail: &mut Detail, host: String) {
    if let Detail::JiraCloud(jira) = detail {
        jira.domain = Some(host);
    }
    set_auth_status(detail, ConnectorAuthStatus::Active);
}

/// The system did not take the credentials.
pub fn refused(detail: &mut Detail) {
    set_auth_status(detail, ConnectorAuthStatus::Failed);
}

fn set_auth_status(detail: &mut Detail, status: ConnectorAuthStatus) {
    match detail {
        Detail::JiraCloud(jira) => jira.auth_status = Some(status),
        Detail::ServiceNow(now) => now.auth_status = status,
        Detail::Azure(_) | Detail::GCP(_) => {}
    }
}

/// A cloud's connector reads that cloud's own configuration through AWS Config, which is not here.
fn no_cloud(member: &str) -> Failure {
    let rule = "Member must not be given: connectors of clouds are not offered here, since there is no \
                AWS Config to read them with. JiraCloud and ServiceNow are";
    Failure::invalid(&format!("/Provider/{member}"), rule)
}

/// It goes into paths and queries of the system.
fn check_project_key(key: Option<&str>) -> Result<(), Failure> {
    let is_key = |key: &str| {
        (2..=PROJECT_KEY_CHARS_MAX).contains(&key.len())
            && key.starts_with(|first: char| first.is_ascii_uppercase())
            && key
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    match key {
        Some(key) if !is_key(key) => {
            let rule = "Member must be the key of a project, such as OPS: upper-case letters, digits and _";
            Err(Failure::invalid("/Provider/JiraCloud/ProjectKey", rule))
        }
        _ => Ok(()),
    }
}

fn check_instance(name: &str) -> Result<(), Failure> {
    let is_label = (1..=INSTANCE_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_label {
        return Ok(());
    }
    let rule = "Member must be the name of an instance, which is the first part of its host name";
    Err(Failure::invalid("/Provider/ServiceNow/InstanceName", rule))
}

fn check_secret(arn: &str) -> Result<(), Failure> {
    if arn.starts_with("arn:aws:secretsmanager:") {
        return Ok(());
    }
    let rule = "Member must be the ARN of a secret of Secrets Manager";
    Err(Failure::invalid("/Provider/ServiceNow/SecretArn", rule))
}
