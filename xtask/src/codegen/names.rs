//! Turns the model's names into Rust's.

/// `StartIncident` → `start_incident`; `OCSFFinding` → `ocsf_finding`.
pub fn snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, c) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|i| characters[i]);
        let after = characters.get(index + 1);
        let starts_word = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || (b.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    out
}

/// The name of a shape's table.
pub fn table(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// The name of a shape's type.
pub fn type_name(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(characters)
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// A member as a field.
pub fn field(name: &str) -> String {
    let name = snake(name);
    // The strict keywords that the models use or may come to use.
    let keyword = [
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum",
        "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
        "mut", "pub", "ref", "return", "static", "struct", "trait", "true", "type", "unsafe",
        "use", "where", "while", "yield",
    ]
    .contains(&name.as_str());
    if keyword { format!("r#{name}") } else { name }
}

/// A value of an enumeration as a variant: `CVSS_V3` → `CvssV3`.
pub fn variant(value: &str) -> String {
    let mut out = String::new();
    for word in value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let shouts = !word.chars().any(|c| c.is_ascii_lowercase());
        let mut characters = word.chars();
        out.extend(characters.next().map(|c| c.to_ascii_uppercase()));
        out.extend(characters.map(|c| if shouts { c.to_ascii_lowercase() } else { c }));
    }
    match out.as_str() {
        "" => "Blank".into(),
        "Self" => "Self_".into(),
        _ if out.starts_with(|c: char| c.is_ascii_digit()) => format!("V{out}"),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust() {
        for (model, expected) in [
            ("StartIncident", "start_incident"),
            ("clientToken", "client_token"),
            ("OCSFFinding", "ocsf_finding"),
            ("GetFindingsV2", "get_findings_v2"),
            ("CloudFormationStackUpdate", "cloud_formation_stack_update"),
        ] {
            assert_eq!(snake(model), expected);
        }
        assert_eq!(variant("AWS_EC2_INSTANCE"), "AwsEc2Instance");
        assert_eq!(variant("metadata.product.uid"), "MetadataProductUid");
        assert_eq!(variant("7_DAYS"), "V7Days");
    }
}
