//! One incident's story on a clock of its own: told in one process, and with `kill -9` between any two steps.

mod listener;
mod node;
mod steps;

use std::path::Path;
use std::process::Command;

use listener::Listener;
use node::Node;
use steps::STEPS;

/// What is left when the story is over.
#[derive(Debug, PartialEq)]
struct Outcome {
    report: String,
    /// Id and text of each message, once, however often it came.
    messages: Vec<(String, String)>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, directory, url, first, last] = arguments.as_slice()
        && mode == "steps"
    {
        let place = |text: &String| text.parse::<usize>().expect("a step's place");
        return tell(Path::new(directory), url, place(first)..=place(last));
    }
    let listener = Listener::start();
    let whole = story(&listener, &[]);
    check(&whole);
    let last = STEPS.len() - 1;
    for (kill_after, step) in STEPS.iter().enumerate().take(last) {
        let broken = story(&listener, &[kill_after]);
        assert_eq!(broken, whole, "killed after '{}'", step.name);
    }
    let everywhere: Vec<usize> = (0..last).collect();
    assert_eq!(
        story(&listener, &everywhere),
        whole,
        "killed after every step"
    );
    println!(
        "the story ends the same after {} kills",
        last + everywhere.len()
    );
}

/// Tells the story in as many processes as it has kills and one more.
fn story(listener: &Listener, kill_after: &[usize]) -> Outcome {
    let directory = tempfile::TempDir::new().expect("a directory");
    let mut first = 0;
    for last in kill_after.iter().copied().chain([STEPS.len() - 1]) {
        // A child ends itself by SIGKILL, which no code of its own can soften.
        let ended = Command::new(std::env::current_exe().expect("this program"))
            .arg("steps")
            .arg(directory.path())
            .args([&listener.url, &first.to_string(), &last.to_string()])
            .status()
            .expect("a child");
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(ended.signal(), Some(9), "steps {first} to {last}: {ended}");
        first = last + 1;
    }
    let report = Node::open(directory.path(), &listener.url).report();
    Outcome {
        report,
        messages: listener.take(),
    }
}

/// Takes some steps and is killed.
fn tell(directory: &Path, url: &str, places: std::ops::RangeInclusive<usize>) {
    let node = Node::open(directory, url);
    for place in places {
        node.begin(place);
        (STEPS[place].take)(&node);
    }
    let own = std::process::id().to_string();
    let _ = Command::new("kill").args(["-9", &own]).status();
    unreachable!("the process was killed");
}

/// What the story must have come to, whoever told it.
fn check(outcome: &Outcome) {
    for line in [
        "# Checkout is failing",
        "| Triggered | 2026-01-01 00:05:00 UTC (detected in 5s) |",
        "| Resolved | 2026-01-01 00:30:00 UTC (24m 55s after the start) |",
        "| 2026-01-01 00:00:00 UTC (5m 5s before) | 2026-01-01 00:20:00 UTC | d-ABC123 of \
         arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue |",
        "| 2026-01-01 00:12:00 UTC | ada | summary is now Rolled back by hand. |",
        "| 2026-01-01 00:30:00 UTC | ada | status is now RESOLVED |",
    ] {
        let report = &outcome.report;
        assert!(
            report.contains(&format!("{line}\n")),
            "{line}\nis missing in\n{report}"
        );
    }
    let types = [
        "SSM Incident Start",
        "SSM Incident Record Update",
        "SSM Incident Record Update",
    ];
    let told: Vec<serde_json::Value> = outcome
        .messages
        .iter()
        .map(|(_, text)| serde_json::from_str(text).expect("a JSON message"))
        .collect();
    let told: Vec<&str> = told
        .iter()
        .filter_map(|event| event["detail-type"].as_str())
        .collect();
    assert_eq!(told, types);
}
