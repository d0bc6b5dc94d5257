//! Credentials, region and endpoint as the AWS CLI finds them: environment first, then the profile's files.

use std::path::Path;

use anyhow::{Result, ensure};
use configparser::ini::{Ini, IniDefault};

use crate::signature::{Credentials, Secret};

/// The profile that the environment names.
pub struct Profile {
    name: String,
    /// By a variable, and not because there is no other.
    is_asked_for: bool,
    credentials: Ini,
    config: Ini,
}

impl Profile {
    /// Reads its files where they are; a file that is not there holds no profile.
    pub fn read() -> Profile {
        let home = std::env::var("HOME").unwrap_or_default();
        let text = |variable: &str, default: &str| {
            let path = variable_text(variable).unwrap_or_else(|| format!("{home}/.aws/{default}"));
            std::fs::read_to_string(Path::new(&path)).unwrap_or_default()
        };
        let credentials = text("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let name = variable_text("AWS_PROFILE");
        Profile::of(name, credentials, text("AWS_CONFIG_FILE", "config"))
    }

    fn of(asked_for: Option<String>, credentials: String, config: String) -> Profile {
        Profile {
            is_asked_for: asked_for.is_some(),
            name: asked_for.unwrap_or_else(|| "default".into()),
            credentials: file(credentials),
            config: file(config),
        }
    }

    /// Fails as the AWS CLI does where a profile is named that is in no file.
    pub fn check(&self) -> Result<()> {
        let in_credentials = self.credentials.get_map_ref().contains_key(&self.name);
        let mut sections = self.config.get_map_ref().keys();
        let is_there =
            in_credentials || sections.any(|section| profile(section) == Some(&self.name));
        ensure!(
            is_there || !self.is_asked_for,
            "the config profile ({}) could not be found: see AWS_PROFILE, and the files that \
             AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name",
            self.name
        );
        Ok(())
    }

    pub fn region(&self) -> Option<String> {
        variable_text("AWS_REGION")
            .or_else(|| variable_text("AWS_DEFAULT_REGION"))
            .or_else(|| self.told("region"))
    }

    pub fn endpoint(&self) -> Option<String> {
        variable_text("AWS_ENDPOINT_URL").or_else(|| self.told("endpoint_url"))
    }

    pub fn credentials(&self) -> Option<Credentials> {
        let from_environment =
            variable_text("AWS_ACCESS_KEY_ID").zip(variable_text("AWS_SECRET_ACCESS_KEY"));
        let from_files = || {
            Some((
                self.told("aws_access_key_id")?,
                self.told("aws_secret_access_key")?,
            ))
        };
        let (access_key_id, secret) = from_environment.or_else(from_files)?;
        Some(Credentials {
            access_key_id,
            secret_access_key: Secret::new(secret),
            session_token: None,
        })
    }

    /// What the files say; what the one of credentials says goes first, whatever it is about.
    fn told(&self, key: &str) -> Option<String> {
        let of_credentials = value(&self.credentials, |section| section == self.name, key);
        let of_config = || {
            value(
                &self.config,
                |section| profile(section) == Some(&self.name),
                key,
            )
        };
        of_credentials.or_else(of_config)
    }
}

/// Reads a file by the rules of Python's configparser: lines that are indented more belong to the option
/// above them, and only a whole line is a comment.
fn file(text: String) -> Ini {
    let mut rules = IniDefault::default();
    rules.case_sensitive = true;
    rules.multiline = true;
    rules.enable_inline_comments = false;
    let mut ini = Ini::new_from_defaults(rules);
    // What cannot be read names no server and no key, and that is said where one is missing.
    let _ = ini.read(text);
    ini
}

/// The profile of a section of the configuration: `default`, `profile NAME` or `profile "A NAME"`.
fn profile(section: &str) -> Option<&str> {
    if section == "default" {
        return Some(section);
    }
    let rest = section.strip_prefix("profile")?;
    let name = rest.trim_start();
    if name.len() == rest.len() {
        return None;
    }
    for quote in ['"', '\''] {
        if let Some(quoted) = name.strip_prefix(quote) {
            return quoted.strip_suffix(quote);
        }
    }
    (!name.contains(char::is_whitespace)).then_some(name)
}

/// An option, whatever its case. One with options of its own, such as `s3`, has no value.
fn value(ini: &Ini, is_wanted: impl Fn(&str) -> bool, key: &str) -> Option<String> {
    let sections = ini.get_map_ref().iter();
    let options = sections
        .filter(|(section, _)| is_wanted(section))
        .flat_map(|(_, options)| options);
    let mut found = options.filter(|(option, _)| option.eq_ignore_ascii_case(key));
    let value = found.find_map(|(_, value)| value.clone());
    value.filter(|value| !value.is_empty() && !value.starts_with(['\n', '\r']))
}

fn variable_text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What botocore reads of the same files.
    #[test]
    fn files_are_read_as_the_aws_cli_reads_them() {
        let nested = "[default]\nendpoint_url = http://one\ns3 =\n  endpoint_url = http://two\n\
                      \n  # not this\nregion = eu-west-1\n";
        let comments = "[default]\n# aws_secret_access_key = no\n; region = no\n\
                        aws_secret_access_key = a#b;c d\nregion=x ; y\n";
        let named = "[profile one]\nregion = r1\n[profile \"two words\"]\nREGION: r2\n\
                     [three]\nregion = r3\n[profile four words]\nregion = r4\n[profilefive]\nregion = r5\n";
        for (name, config, key, expected) in [
            ("default", nested, "endpoint_url", Some("http://one")),
            ("default", nested, "region", Some("eu-west-1")),
            ("default", nested, "s3", None),
            (
                "default",
                comments,
                "aws_secret_access_key",
                Some("a#b;c d"),
            ),
            ("default", comments, "region", Some("x ; y")),
            ("one", named, "region", Some("r1")),
            ("two words", named, "region", Some("r2")),
            ("three", named, "region", None),
            ("four words", named, "region", None),
            ("five", named, "region", None),
            ("default", named, "region", None),
            ("default", "no section", "region", None),
        ] {
            let profile = Profile::of(Some(name.into()), String::new(), config.into());
            assert_eq!(profile.told(key).as_deref(), expected, "{name} {key}");
        }
    }

    #[test]
    fn the_file_of_credentials_goes_first() {
        let profile = |name: &str| {
            let credentials = "[default]\naws_access_key_id = K1\n[one]\nregion = r1\n";
            let config = "[default]\naws_access_key_id = K2\naws_secret_access_key = S2\n\
                          [profile one]\nregion = r2\nendpoint_url = http://two\n";
            Profile::of(Some(name.into()), credentials.into(), config.into())
        };
        let told = |name: &str, key: &str| profile(name).told(key);
        assert_eq!(told("default", "aws_access_key_id").as_deref(), Some("K1"));
        assert_eq!(
            told("default", "aws_secret_access_key").as_deref(),
            Some("S2")
        );
        assert_eq!(told("one", "region").as_deref(), Some("r1"));
        assert_eq!(told("one", "endpoint_url").as_deref(), Some("http://two"));
    }

    #[test]
    fn a_profile_that_is_named_must_be_there() {
        let (credentials, config) = ("[one]\n", "[profile two]\nregion = r\n[three]\n");
        for (name, found) in [
            (None, true),
            (Some("one"), true),
            (Some("two"), true),
            (Some("three"), false),
            (Some("default"), false),
        ] {
            let profile = Profile::of(name.map(Into::into), credentials.into(), config.into());
            assert_eq!(profile.check().is_ok(), found, "{name:?}");
        }
        let refused = Profile::of(Some("p9".into()), String::new(), String::new()).check();
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("(p9) could not be found"), "{refused}");
    }
}
