//! What a target is given: the event, a part of it, or a text of the target's own.

use balefire_api::generated::events::Target;
use serde_json::Value;

/// Why the target's input cannot be made.
pub fn check(target: &Target) -> Result<(), String> {
    if target.input.is_some() && target.input_path.is_some() {
        return Err("Only one of Input and InputPath may be given.".into());
    }
    if let Some(input) = &target.input
        && let Err(error) = serde_json::from_str::<Value>(input)
    {
        return Err(format!("Input must be JSON: {error}."));
    }
    match target.input_path.as_deref().map(steps) {
        Some(None) => {
            Err("InputPath must be a path such as $.detail.state or $.resources[0].".into())
        }
        _ => Ok(()),
    }
}

/// The input as JSON; `null` where there is nothing at the path.
pub fn of(target: &Target, event: &Value) -> String {
    match (&target.input, target.input_path.as_deref().and_then(steps)) {
        (Some(input), _) => input.clone(),
        (None, Some(steps)) => {
            let part = steps.iter().try_fold(event, |value, step| match step {
                Step::Name(name) => value.get(name),
                Step::Place(place) => value.get(place),
            });
            part.unwrap_or(&Value::Null).to_string()
        }
        (None, None) => event.to_string(),
    }
}

#[derive(Debug, PartialEq)]
enum Step {
    Name(String),
    Place(usize),
}

/// Reads `$`, `.name`, `['name']` and `[0]`; `None` where the path has another form.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, left) = after.split_at(end);
            let plain = !name.is_empty() && !name.contains(['*', '@', ' ', ']', '\'']);
            steps.push(Step::Name(plain.then(|| name.to_owned())?));
            rest = left;
            continue;
        }
        let (inside, left) = rest.strip_prefix('[')?.split_once(']')?;
        let quoted = inside
            .strip_prefix('\'')
            .and_then(|name| name.strip_suffix('\''));
        steps.push(match quoted {
            Some(name) => Step::Name(name.to_owned()),
            None => Step::Place(inside.parse().ok()?),
        });
        rest = left;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_input_is_what_the_target_asks_for() {
        let event = json!({"detail-type": "t", "resources": ["a"], "detail": {"a": {"b": 1}}});
        for (path, expected) in [
            ("$", event.clone()),
            ("$.detail-type", json!("t")),
            ("$.detail.a", json!({"b": 1})),
            ("$.detail['a'].b", json!(1)),
            ("$['resources'][0]", json!("a")),
            ("$.resources[1]", json!(null)),
            ("$.nothing.there", json!(null)),
        ] {
            let target = Target {
                input_path: Some(path.into()),
                ..Target::default()
            };
            assert_eq!(check(&target), Ok(()), "{path}");
            assert_eq!(of(&target, &event), expected.to_string(), "{path}");
        }
        let target = Target {
            input: Some(r#"{"fixed": 1}"#.into()),
            ..Target::default()
        };
        assert_eq!(of(&target, &event), r#"{"fixed": 1}"#);
        assert_eq!(of(&Target::default(), &event), event.to_string());
    }

    #[test]
    fn other_paths_and_texts_are_refused() {
        for path in [
            "", "detail", "$detail", "$.", "$..a", "$.a[*]", "$.a[", "$.a[x]", "$.*", "$ ",
        ] {
            let input_path = Some(path.into());
            let target = Target {
                input_path,
                ..Target::default()
            };
            assert!(check(&target).is_err(), "{path}");
        }
        let both = Target {
            input: Some("1".into()),
            input_path: Some("$".into()),
            ..Target::default()
        };
        let no_json = Target {
            input: Some("{".into()),
            ..Target::default()
        };
        assert!(check(&both).is_err() && check(&no_json).is_err());
    }
}
