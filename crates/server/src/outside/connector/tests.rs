//! What operators set for connectors, well and badly.

use super::{Connectors, Section};
use crate::configuration::SecretSource;

fn new(url: &str, user: &str, secret: &str) -> anyhow::Result<Connectors> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), secret).expect("a write");
    let section = Section {
        url: url.into(),
        user: user.into(),
        secret: SecretSource::File(file.path().to_owned()),
        issue_type: "Task".into(),
    };
    Connectors::new(&[("tickets".to_owned(), section)].into())
}

#[test]
fn a_section_that_cannot_work_is_named_without_its_secret() {
    for (url, user, secret) in [
        ("nowhere", "bot", "hunter2"),
        ("ftp://shop.example", "bot", "hunter2"),
        ("https://", "bot", "hunter2"),
        ("https://shop.example?a=b", "bot", "hunter2"),
        ("https://shop.example", "", "hunter2"),
        ("https://shop.example", "bot:hunter2", "hunter2"),
        ("https://shop.example", "bot", ""),
    ] {
        let error = new(url, user, secret).err().expect(url);
        let error = format!("{error:#}");
        assert!(error.contains("connectors.\"tickets\""), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let site = new("https://shop.example/", "bot", "hunter2").expect("a site");
    assert_eq!(site.0["tickets"].url, "https://shop.example");
    assert_eq!(site.0["tickets"].host, "shop.example");
}
