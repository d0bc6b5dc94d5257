//! Reads deployments out of events: CodeDeploy's and CloudFormation's, from AWS or a source of one's own.

use super::Event;

/// What an event says of a deployment.
#[derive(Debug, PartialEq)]
pub enum Told {
    CodeDeploy {
        group_arn: String,
        deployment_id: String,
        ended: bool,
    },
    CloudFormation {
        stack_arn: String,
        token: String,
        ended: bool,
    },
}

impl Event {
    /// `None` where the event is of something else. The detail type decides, whatever the source, so that
    /// a pipeline may send the same events under its own name.
    pub fn deployment(&self) -> Option<Told> {
        match self.detail_type.as_str() {
            "CodeDeploy Deployment State-change Notification" => self.code_deploy(),
            "CloudFormation Stack Status Change" => self.cloud_formation(),
            _ => None,
        }
    }

    fn code_deploy(&self) -> Option<Told> {
        let ended = match self.text(&["state"])? {
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
            None => format!(
                "arn:aws:codedeploy:{}:{}:deploymentgroup:{}/{}",
                self.text(&["region"]).unwrap_or(&self.region),
                self.account,
                self.text(&["application"])?,
                self.text(&["deploymentGroup"])?
            ),
        };
        let deployment_id = self.text(&["deploymentId"])?.to_owned();
        Some(Told::CodeDeploy {
            group_arn,
            deployment_id,
            ended,
        })
    }

    fn cloud_formation(&self) -> Option<Told> {
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
        let token = self
            .text(&["client-request-token"])
            .unwrap_or_default()
            .to_owned();
        Some(Told::CloudFormation {
            stack_arn,
            token,
            ended,
        })
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter()
            .try_fold(&self.detail, |value, key| value.get(key))?
            .as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(detail_type: &str, resources: &[&str], detail: serde_json::Value) -> Event {
        Event {
            id: "1".into(),
            account: "111111111111".into(),
            region: "eu-central-1".into(),
            source: "my.pipeline".into(),
            detail_type: detail_type.into(),
            resources: resources.iter().map(|arn| (*arn).to_owned()).collect(),
            at_ms: 0,
            detail,
        }
    }

    #[test]
    fn code_deploy_states() {
        let kind = "CodeDeploy Deployment State-change Notification";
        for (state, ended) in [
            ("START", Some(false)),
            ("SUCCESS", Some(true)),
            ("FAILURE", Some(true)),
            ("X", None),
        ] {
            let detail = json!({"deploymentId": "d-1", "application": "shop", "deploymentGroup": "blue", "state": state});
            let expected = ended.map(|ended| Told::CodeDeploy {
                group_arn: "arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue"
                    .into(),
                deployment_id: "d-1".into(),
                ended,
            });
            assert_eq!(event(kind, &[], detail).deployment(), expected, "{state}");
        }
    }

    #[test]
    fn stack_statuses() {
        for (status, ended) in [
            ("UPDATE_IN_PROGRESS", Some(false)),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Some(true)),
            ("UPDATE_ROLLBACK_IN_PROGRESS", Some(false)),
            ("ROLLBACK_COMPLETE", Some(true)),
            ("CREATE_FAILED", Some(true)),
            ("DELETE_IN_PROGRESS", None),
        ] {
            let detail = json!({"stack-id": "arn:aws:cloudformation:r:1:stack/a/b", "status-details": {"status": status}});
            let told = event("CloudFormation Stack Status Change", &[], detail).deployment();
            let told = told.map(|told| matches!(told, Told::CloudFormation { ended: true, .. }));
            assert_eq!(told, ended, "{status}");
        }
        assert_eq!(event("Something Else", &[], json!({})).deployment(), None);
    }
}
