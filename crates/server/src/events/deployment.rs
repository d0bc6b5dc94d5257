//! Reads deployments out of events: CodeDeploy's, CloudFormation's, and the plain form of any pipeline.

mod form;
#[cfg(test)]
mod tests;

use super::Event;
use super::arn;

/// The detail type of the plain form.
pub const DEPLOYMENT: &str = "Deployment State Change";

/// Bytes of an ARN that is a key together with others.
const ARN_BYTES_MAX: usize = 1000;
/// Characters of a deployment's id, as the model of findings says.
const ID_LENGTH_MAX: usize = 128;

/// What an event says of a deployment.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub kind: Kind,
    /// The ARN of the deployment group or the stack.
    pub resource: String,
    /// Tells the deployments of one resource apart. Empty where a stack's update has no token.
    pub id: String,
    /// What else it touched, as ARNs.
    pub resources: Vec<String>,
    /// The state in the sender's word.
    pub status: String,
    pub ended: bool,
    pub at_ms: i64,
    /// The sender has told that time; else it is when the event came.
    pub is_dated: bool,
    /// Where to read of it.
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    CodeDeploy,
    CloudFormation,
}

impl Told {
    /// Whether this is the beginning, in the words of CodeDeploy, CloudFormation or the form.
    pub fn begins(&self) -> bool {
        let beginnings = [
            "START",
            "CREATE_IN_PROGRESS",
            "UPDATE_IN_PROGRESS",
            "started",
        ];
        beginnings.contains(&&*self.status)
    }
}

impl Event {
    /// `None` where the event is of something else; an error says which member is wrong, and what would be
    /// right. The detail type decides, whatever the source, so that a pipeline may send under its own name.
    pub fn deployment(&self) -> Result<Option<Told>, String> {
        match self.detail_type.as_str() {
            DEPLOYMENT => form::read(self).map(Some),
            "CodeDeploy Deployment State-change Notification" => self.code_deploy().transpose(),
            "CloudFormation Stack Status Change" => self.cloud_formation().transpose(),
            _ => Ok(None),
        }
    }

    fn code_deploy(&self) -> Option<Result<Told, String>> {
        let status = self.text(&["state"])?;
        let ended = match status {
            "START" | "READY" => false,
            "SUCCESS" | "FAILURE" | "STOP" => true,
            _ => return None,
        };
        let group = self
            .resources
            .iter()
            .find(|arn| arn.contains(":deploymentgroup:"));
        let group_arn = match group {
            Some(arn) => arn.clone(),
            None => group_arn(
                self.text(&["region"]).unwrap_or(&self.region),
                &self.account,
                self.text(&["application"])?,
                self.text(&["deploymentGroup"])?,
            ),
        };
        let id = self.text(&["deploymentId"])?;
        Some(self.told(Kind::CodeDeploy, group_arn, id, status, ended))
    }

    fn cloud_formation(&self) -> Option<Result<Told, String>> {
        let status = self.text(&["status-details", "status"])?;
        // Only creating and updating change what runs; importing and deleting are no deployments.
        if !(status.starts_with("CREATE_")
            || status.starts_with("UPDATE_")
            || status.starts_with("ROLLBACK_"))
        {
            return None;
        }
        // The clean-up after an update goes on behind its end.
        let ended =
            !status.ends_with("_IN_PROGRESS") || status.ends_with("COMPLETE_CLEANUP_IN_PROGRESS");
        let stack_arn = self.text(&["stack-id"])?.to_owned();
        let token = self.text(&["client-request-token"]).unwrap_or_default();
        Some(self.told(Kind::CloudFormation, stack_arn, token, status, ended))
    }

    fn told(
        &self,
        kind: Kind,
        resource: String,
        id: &str,
        status: &str,
        ended: bool,
    ) -> Result<Told, String> {
        if !is_key(&resource) {
            return Err(format!("'{resource}' {ARN_RULE}"));
        }
        if !(is_visible(id) && id.len() <= ID_LENGTH_MAX) {
            return Err(format!("'{id}' {ID_RULE}"));
        }
        let others = self.resources.iter().filter(|arn| is_key(arn));
        Ok(Told {
            kind,
            resource,
            id: id.to_owned(),
            resources: others.cloned().collect(),
            status: status.to_owned(),
            ended,
            at_ms: self.at_ms,
            is_dated: self.is_dated,
            url: None,
        })
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter()
            .try_fold(&self.detail, |value, key| value.get(key))?
            .as_str()
    }
}

const ARN_RULE: &str =
    "must be an ARN of at most 1000 bytes, such as arn:aws:ecs:eu-west-1:111122223333:service/a/b";
const ID_RULE: &str = "must have at most 128 characters, all of them ASCII and visible";

fn group_arn(region: &str, account: &str, application: &str, group: &str) -> String {
    format!("arn:aws:codedeploy:{region}:{account}:deploymentgroup:{application}/{group}")
}

/// Whether a text is an ARN that can be a key.
fn is_key(text: &str) -> bool {
    text.len() <= ARN_BYTES_MAX && arn::parse(text).is_some()
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
