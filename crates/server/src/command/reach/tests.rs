//! Calls through a server that has no time for them at first.

use balefire_api::own::{Feed, FinishFeed, FinishFeedInput};

use super::*;
use crate::signature::Secret;
use crate::testing::receiver::{Behaviour, Receiver};

fn remote(url: &str) -> Remote {
    Remote {
        client: Client::builder(TokioExecutor::new()).build(https::connector().unwrap()),
        endpoint: url.to_owned(),
        credentials: Credentials {
            access_key_id: "AKIATEST".into(),
            secret_access_key: Secret::new("secret"),
            session_token: None,
        },
        clock: Clock::system(),
        ids: Ids::random(),
    }
}

impl Reach {
    /// The way to a server at this address.
    pub fn to(url: &str) -> Reach {
        Reach {
            region: "us-east-1".into(),
            way: Way::Server(Box::new(remote(url))),
        }
    }
}

fn input() -> FinishFeedInput {
    FinishFeedInput {
        feed: Feed::Kev,
        generation: "g".into(),
        as_of: "2099-01-31".into(),
        row_count: 3,
    }
}

#[tokio::test]
async fn a_call_that_is_throttled_is_made_again() {
    let busy = Behaviour::Answers(429, r#"{"message": "Rate exceeded"}"#);
    let receiver = Receiver::start(busy).await;
    let remote = remote(&receiver.url);
    let calling = tokio::spawn(async move {
        let answer = remote.call::<FinishFeed>("us-east-1", input()).await;
        answer.map(|answer| answer.row_count)
    });
    let mut arrived = 0;
    while arrived == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        arrived += receiver.take().len();
    }
    receiver.behave(Behaviour::Answers(200, r#"{"RowCount": 3}"#));
    assert_eq!(calling.await.unwrap().unwrap(), 3);
    assert_eq!(receiver.take().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_refused_is_not() {
    let receiver = Receiver::start(Behaviour::Answers(400, r#"{"message": "no"}"#)).await;
    let answer = remote(&receiver.url)
        .call::<FinishFeed>("us-east-1", input())
        .await;
    let error = answer.err().unwrap().to_string();
    assert!(error.contains("400") && error.ends_with("no"), "{error}");
    assert_eq!(receiver.take().len(), 1);
}

#[test]
fn waits_double_and_differ() {
    for (tries, random, expected_ms) in [(1, 0, 100), (1, 255, 200), (2, 0, 200), (6, 0, 3200)] {
        let wait = wait_after(tries, [random; 16]);
        assert_eq!(wait, Duration::from_millis(expected_ms), "{tries} {random}");
    }
}
