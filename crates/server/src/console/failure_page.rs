//! What is shown where a page cannot be.

use askama::Template;
use http::StatusCode;

use super::reply::{Reply, STYLE_HREF};
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "console/failure.html")]
struct FailurePage {
    frame: Frame,
    heading: &'static str,
    message: String,
}

/// For those who are not signed in, or when even the frame cannot be made.
#[derive(Template)]
#[template(path = "console/failure_apart.html")]
struct FailureApart {
    style: &'static str,
    heading: &'static str,
    message: String,
}

fn words(failure: &Failure) -> (StatusCode, &'static str) {
    match failure {
        Failure::NotFound { .. } => (StatusCode::NOT_FOUND, "Not found"),
        Failure::Denied(_) | Failure::NotSubscribed(_) => (StatusCode::FORBIDDEN, "Not allowed"),
        Failure::Invalid(_) | Failure::Pattern(_) => (
            StatusCode::BAD_REQUEST,
            "This address does not lead anywhere",
        ),
        Failure::Conflict { .. } | Failure::Unsettled(_) => {
            (StatusCode::CONFLICT, "Not possible now")
        }
        Failure::Limit { .. }
        | Failure::Throttled
        | Failure::Reading
        | Failure::RateExceeded { .. } => (StatusCode::TOO_MANY_REQUESTS, "Too much at once"),
        Failure::Internal(_) | Failure::Store(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here",
        ),
    }
}

/// The server's own faults go to its log; the page only says that they are there.
fn message(failure: &Failure) -> String {
    match failure {
        Failure::Internal(text) => tracing::error!("the console: {text}"),
        Failure::Store(error) => tracing::error!("the console: the store: {error}"),
        _ => return failure.message(),
    }
    "The page could not be made. The server's log says why.".into()
}

/// In the frame of someone who is signed in.
pub fn inside(visit: &Visit<'_>, failure: &Failure) -> Result<Reply, Failure> {
    let (status, heading) = words(failure);
    let page = FailurePage {
        frame: visit.frame(Section::Overview, heading),
        heading,
        message: message(failure),
    };
    Reply::page(status, &page)
}

pub fn no_such_page(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let heading = "Not found";
    let page = FailurePage {
        frame: visit.frame(Section::Overview, heading),
        heading,
        message: "The console has no page at this address.".into(),
    };
    Reply::page(StatusCode::NOT_FOUND, &page)
}

pub fn apart(failure: &Failure) -> Reply {
    let (status, heading) = words(failure);
    let page = FailureApart {
        style: &STYLE_HREF,
        heading,
        message: message(failure),
    };
    Reply::page(status, &page)
        .unwrap_or_else(|_| Reply::plain(status, "The page could not be made.\n"))
}
