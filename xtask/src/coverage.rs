//! Writes the coverage table of `ARCHITECTURE.md` from the generated tables and `not_yet.txt`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

const DOCUMENT: &str = "ARCHITECTURE.md";
const NOT_YET: &str = "crates/server/not_yet.txt";
const GENERATED: &str = "crates/api/src/generated";
const BEGIN: &str = "<!-- coverage -->";
const END: &str = "<!-- /coverage -->";

/// Of these services only what is generated is in the plan.
const IN_PART: &[&str] = &["events", "sts"];

/// A service of the generated tables.
struct Service {
    name: String,
    operations: BTreeSet<String>,
}

/// Writes the table, or with `check` fails where it is stale.
pub fn run(root: &Path, check: bool) -> Result<()> {
    let path = root.join(DOCUMENT);
    let old = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if !check => format!("# Architecture\n\n{BEGIN}\n{END}\n"),
        Err(error) => return Err(error).with_context(|| format!("reading {DOCUMENT}")),
    };
    let new = replaced(&old, &table(root)?)?;
    if old == new {
        return Ok(());
    }
    if check {
        bail!("the coverage table of {DOCUMENT} is stale: run `cargo xtask coverage`");
    }
    fs::write(&path, new).with_context(|| format!("writing {DOCUMENT}"))
}

fn replaced(document: &str, table: &str) -> Result<String> {
    let parts = document.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        bail!("{DOCUMENT} must have a line `{BEGIN}` and, after it, a line `{END}`");
    };
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

fn table(root: &Path) -> Result<String> {
    let not_yet = read(root, NOT_YET)?;
    let not_yet: BTreeSet<&str> = not_yet
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let mut rows = String::from("| service | answered | operations |\n|---|---:|---|\n");
    let (mut answered_count, mut count) = (0, 0);
    for service in services(root)? {
        let missing =
            |name: &&String| not_yet.contains(format!("{}:{name}", service.name).as_str());
        let answered: Vec<&str> = service
            .operations
            .iter()
            .filter(|name| !missing(name))
            .map(String::as_str)
            .collect();
        let listed = match answered.is_empty() {
            true => "–".to_owned(),
            false => answered.join(", "),
        };
        rows.push_str(&format!(
            "| `{}` | {} of {} | {listed} |\n",
            service.name,
            answered.len(),
            service.operations.len()
        ));
        answered_count += answered.len();
        count += service.operations.len();
    }
    rows.push_str(&format!("| all | {answered_count} of {count} | |\n"));
    Ok(rows)
}

fn services(root: &Path) -> Result<Vec<Service>> {
    let modules = read(root, &format!("{GENERATED}/mod.rs"))?;
    let modules = modules.lines().filter_map(|line| {
        let line = line.trim().strip_prefix('&')?;
        line.strip_suffix("::operations::SERVICE,")
    });
    let services: Vec<Service> = modules
        .map(|module| {
            let path = format!("{GENERATED}/{module}/operations.rs");
            service(&read(root, &path)?).with_context(|| format!("{path} is not as expected"))
        })
        .collect::<Result<_>>()?;
    if services.is_empty() {
        bail!("{GENERATED}/mod.rs names no service");
    }
    Ok(services)
}

/// Reads a service's name and operations out of its generated table.
fn service(text: &str) -> Result<Service> {
    let (_, table) = text
        .split_once("pub static SERVICE")
        .context("no SERVICE")?;
    let name = quoted(table.split("name:").nth(1).unwrap_or_default());
    let name = name.context("no name")?.to_owned();
    let generated = text.lines().filter_map(|line| {
        let mut words = line.strip_prefix("operation! { ")?.split(' ');
        words.nth(1)
    });
    let (_, named) = table.split_once("named_only:").context("no named_only")?;
    // Each entry is a name, a method and a URI; entries may be broken over lines.
    let named = named.split('(').skip(1).filter_map(quoted);
    let named = named.filter(|_| !IN_PART.contains(&name.as_str()));
    let operations = generated.chain(named).map(str::to_owned).collect();
    Ok(Service { name, operations })
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_fresh() {
        run(&crate::root(), true).unwrap();
    }

    #[test]
    fn services_are_read_from_the_tables() {
        let services = services(&crate::root()).unwrap();
        let count = |name: &str| {
            let service = services.iter().find(|service| service.name == name);
            service.unwrap().operations.len()
        };
        // The numbers of the models.
        assert_eq!(count("ssm-incidents"), 31);
        assert_eq!(count("ssm-contacts"), 39);
        assert_eq!(count("securityhub"), 126);
        assert_eq!(count("inspector2"), 84);
        assert_eq!(count("inspector-scan"), 1);
        assert_eq!((count("events"), count("sts")), (15, 1));
    }

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = replaced(&document, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert_eq!(replaced(&new, "new\n").unwrap(), new);
        assert!(replaced("no markers", "new").is_err());
    }
}
