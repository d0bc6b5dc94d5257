//! Answers to those who post: JSON that says what was done, or what was wrong.

use balefire_api::own::Outcome;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::action::words;
use super::credentials::Refused;
use crate::failure::Failure;
use crate::http::{Body, full};

/// The member of calls that comes from the configuration and not from the sender.
const PLAN_PATH: &str = "/ResponsePlanArn";

/// An answer on its way.
pub struct Reply {
    status: StatusCode,
    header: Option<(HeaderName, &'static str)>,
    body: Value,
}

impl Reply {
    pub fn done(outcome: Outcome, incident_arn: Option<&str>) -> Reply {
        let (done, why) = words(outcome);
        let mut body = json!({"done": done});
        if let Some(arn) = incident_arn {
            body["incident"] = json!(arn);
        }
        if let Some(why) = why {
            body["why"] = json!(why);
        }
        Reply {
            status: StatusCode::OK,
            header: None,
            body,
        }
    }

    /// What was posted is kept, and has its effect in a moment.
    pub fn accepted() -> Reply {
        Reply {
            status: StatusCode::OK,
            header: None,
            body: json!({"done": "accepted"}),
        }
    }

    /// What became of a report, of which all may have been refused.
    pub fn summary(body: Value, is_refused: bool) -> Reply {
        Reply {
            status: match is_refused {
                true => StatusCode::UNPROCESSABLE_ENTITY,
                false => StatusCode::OK,
            },
            header: None,
            body,
        }
    }

    /// Says how many related items the incident had no room for.
    pub fn leaving_out(mut self, items: i32) -> Reply {
        if items > 0 {
            self.body["related_items_left_out"] = json!(items);
        }
        self
    }

    pub fn malformed(wrong: &str) -> Reply {
        Reply::refusal(StatusCode::BAD_REQUEST, wrong)
    }

    pub fn unauthorized(refused: &Refused) -> Reply {
        Reply {
            header: Some((WWW_AUTHENTICATE, "Bearer")),
            ..Reply::refusal(StatusCode::UNAUTHORIZED, &refused.message())
        }
    }

    pub fn not_allowed() -> Reply {
        Reply {
            header: Some((ALLOW, "POST")),
            ..Reply::refusal(StatusCode::METHOD_NOT_ALLOWED, "Hooks take POST only.")
        }
    }

    /// What senders can mend is a 4xx. What the operator has to mend is a 5xx, so that senders try again.
    pub fn failure(failure: &Failure, request_id: &str) -> Reply {
        let message = failure.message();
        match failure {
            // No sender can mend it.
            Failure::Invalid(wrong) if wrong.iter().any(|one| one.path == PLAN_PATH) => {
                Reply::misconfigured(&message)
            }
            Failure::Invalid(_) | Failure::Pattern(_) => Reply::malformed(&message),
            Failure::Conflict { .. } => Reply::refusal(
                StatusCode::CONFLICT,
                "Another message had this id before; each needs an id of its own.",
            ),
            Failure::NotFound { .. }
            | Failure::Denied(_)
            | Failure::NotSubscribed(_)
            | Failure::Limit { .. } => Reply::misconfigured(&message),
            Failure::Throttled
            | Failure::Reading
            | Failure::Unsettled(_)
            | Failure::RateExceeded { .. } => Reply {
                header: Some((RETRY_AFTER, "1")),
                ..Reply::refusal(StatusCode::SERVICE_UNAVAILABLE, &message)
            },
            Failure::Internal(_) | Failure::Store(_) => {
                tracing::error!(request = request_id, "a webhook: {failure:?}");
                Reply::refusal(StatusCode::INTERNAL_SERVER_ERROR, &message)
            }
        }
    }

    fn misconfigured(message: &str) -> Reply {
        let message = format!("{message} See the plan and the account that [hooks.NAME] sets.");
        Reply::refusal(StatusCode::SERVICE_UNAVAILABLE, &message)
    }

    fn refusal(status: StatusCode, message: &str) -> Reply {
        Reply {
            status,
            header: None,
            body: json!({"error": message}),
        }
    }

    pub fn is_refusal(&self) -> bool {
        !self.status.is_success()
    }

    pub fn text(&self) -> String {
        self.body.to_string()
    }

    pub fn into_response(self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(full(self.body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, value)) = self.header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(value) = HeaderValue::try_from(request_id) {
            headers.insert("x-amzn-requestid", value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_sender_can_mend_is_tried_again() {
        for (path, status) in [
            ("/ResponsePlanArn", StatusCode::SERVICE_UNAVAILABLE),
            ("/Title", StatusCode::BAD_REQUEST),
        ] {
            let reply = Reply::failure(&Failure::invalid(path, "Member must be"), "request-1");
            assert_eq!(reply.status, status, "{path}");
            let names_section = reply.text().contains("[hooks.NAME]");
            assert_eq!(names_section, status.is_server_error(), "{path}");
        }
    }
}
