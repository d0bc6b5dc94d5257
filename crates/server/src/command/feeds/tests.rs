//! What is said of a feed that failed, and what becomes of refreshes that go on at once.

use super::*;
use crate::testing::receiver::{Behaviour, Receiver};

#[test]
fn a_failure_says_what_is_in_force() {
    for (feed, taken, expected) in [
        (Feed::Kev, 2000, "the previous one stays"),
        (Feed::Epss, 0, "the previous one stays"),
        (Feed::Osv, 0, "the previous one stays"),
        (
            Feed::Osv,
            2000,
            "2000 of its 2502 advisories were taken and hold",
        ),
    ] {
        let progress = Progress { taken, rows: 2502 };
        assert_eq!(progress.holds(feed), expected);
    }
}

#[tokio::test]
async fn what_others_overtake_is_sent_again_and_given_up_with_a_word() {
    let other = r#"{"message": "Another refresh of KEV overtook generation"}"#;
    let receiver = Receiver::start(Behaviour::Answers(409, other)).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let row = crate::intelligence::feed_store::fixture::kev("CVE-2099-0001");
    let catalogue = serde_json::json!({
        "catalogVersion": "2099.01.31", "dateReleased": "2099-01-31T00:00:00Z", "count": 1,
        "vulnerabilities": [row],
    });
    std::io::Write::write_all(&mut file, catalogue.to_string().as_bytes()).unwrap();
    let (reach, mut progress) = (Arc::new(Reach::to(&receiver.url)), Progress::default());
    let refreshed = refresh_feed(
        &reach,
        Feed::Kev,
        Source::Path(file.path().to_owned()),
        Format::Json,
        &mut progress,
    );
    let error = refreshed.await.err().unwrap();
    assert!(error.is::<Conflict>());
    let said = format!("{error:#}");
    for part in [
        "overtaken 3 times",
        "refresh it again",
        "overtook generation",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let sent = receiver.take();
    let with = |key: &str| {
        let having = sent.iter().filter(|sent| sent.json().get(key).is_some());
        having.count()
    };
    assert_eq!((with("Rows"), with("AsOf")), (3, 3));
}
