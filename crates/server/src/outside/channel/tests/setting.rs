//! What is set wrongly is named before anything runs.

use super::{TOPIC, channel, secret, sns_at};
use crate::configuration::Configuration;

#[test]
fn what_is_set_wrongly_is_named_at_the_start() {
    let key = secret("k");
    let file = format!("{{ file = \"{}\" }}", key.path().display());
    let mail = "to = \"email\"\nhost = \"mail.example.com\"\nfrom = \"a@example.com\"\n";
    for (topic, section, said) in [
        (
            TOPIC,
            "to = \"slack\"\nurl = \"https://hooks.slack.com/x\"".to_owned(),
            "no secret is kept in this file",
        ),
        (
            TOPIC,
            format!("to = \"slack\"\nurl = {file}"),
            "holds no URL",
        ),
        (
            "on-call",
            sns_at("https://sns.example.com", &key),
            "no ARN of a topic",
        ),
        (
            "on-call",
            format!("{mail}recipients = [\"a@b.example\"]"),
            "no ARN of a topic",
        ),
        (
            "arn:aws:sns:eu-central-1:111111111111:",
            format!("to = \"slack\"\nurl = {file}"),
            "lacks its region or name",
        ),
        (TOPIC, sns_at("ftp://sns.example.com", &key), "holds no URL"),
        (TOPIC, format!("{mail}recipients = []"), "names nobody"),
        (
            TOPIC,
            format!("{mail}recipients = [\"nobody\"]"),
            "'nobody' is no address",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@bücher.example\"]"),
            "xn--",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@b.example\"]\nuser = \"a\""),
            "together",
        ),
        (
            TOPIC,
            format!(
                "{mail}recipients = [\"a@b.example\"]\ntls = \"none\"\nuser = \"a\"\npassword = {file}"
            ),
            "without encryption",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@b.example\"]\nretries = 3"),
            "retries",
        ),
    ] {
        let error = channel(topic, &section).err().expect(said);
        assert!(format!("{error:#}").contains(said), "{section}: {error:#}");
    }
}

#[test]
fn the_examples_of_the_documentation_can_be_read() {
    let text = include_str!("../../../../../../docs/notifications.md");
    let blocks: Vec<&str> = text.split("```toml\n").skip(1).collect();
    let example = |block: &&str| block.split("```").next().unwrap_or_default().to_owned();
    let examples: String = blocks.iter().map(example).collect();
    let read = Configuration::parse(&examples).expect("a configuration");
    assert_eq!((read.topics.len(), read.outside.allow.len()), (4, 2));
}
