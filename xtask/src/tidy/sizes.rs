//! Files, functions and lines stay small enough to be read.

use super::exceptions;
use super::rust;
use super::sources::{Source, Tree};
use super::{Fault, exceptions::Large};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARACTERS_MAX: usize = 110;

pub fn faults(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut large = Vec::new();
    for file in tree.written() {
        wide_lines(file, tree, &mut faults);
        // Tests are read too.
        let line_count = file.text.lines().count();
        if line_count > FILE_LINES_MAX {
            large.push((file.path.clone(), "", line_count));
        }
        for function in rust::functions(&file.code) {
            let tests = file.tests.get(function.line - 1).copied().unwrap_or(false);
            if !tests && function.line_count > FUNCTION_LINES_MAX {
                let name = function.name.leak();
                large.push((file.path.clone(), name, function.line_count));
            }
        }
    }
    faults.extend(grown(&large));
    faults.extend(shrunk(&large, tree));
    faults
}

fn wide_lines(file: &Source, tree: &Tree, faults: &mut Vec<Fault>) {
    let lines = file.text.lines().enumerate();
    let wide: Vec<(usize, usize)> = lines
        .map(|(at, line)| (at + 1, line.chars().count()))
        .filter(|(_, characters)| *characters > LINE_CHARACTERS_MAX)
        .collect();
    let known = exceptions::WIDE.iter().find(|(path, _)| *path == file.path);
    let known = known.map_or(0, |(_, count)| *count);
    if wide.len() < known && tree.is_ours() {
        faults.push(Fault {
            place: file.path.clone(),
            rule: format!(
                "{} wide lines are left of {known}: lower its exception",
                wide.len()
            ),
        });
    }
    if wide.len() > known {
        faults.extend(wide.into_iter().map(|(line, characters)| Fault {
            place: file.at(line),
            rule: format!("{characters} characters wide, above {LINE_CHARACTERS_MAX}"),
        }));
    }
}

/// What is too large and is no exception, or has outgrown it.
fn grown(large: &[(String, &str, usize)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, function, lines) in large {
        let known = exceptions::LARGE
            .iter()
            .find(|known| known.path == path && known.function == *function);
        let max = known.map_or_else(|| limit(function), |known| known.lines);
        if *lines > max {
            faults.push(Fault {
                place: place(path, function),
                rule: format!("{lines} lines, above {max}: split it"),
            });
        }
    }
    faults
}

/// Exceptions may only shrink: those no longer needed, or larger than needed, must go.
fn shrunk(large: &[(String, &str, usize)], tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !tree.is_ours() {
        return faults;
    }
    for Large {
        path,
        function,
        lines,
    } in exceptions::LARGE
    {
        let now = large.iter().find(|(p, f, _)| p == path && f == function);
        let now = now.map_or(0, |(_, _, lines)| *lines);
        if now < *lines {
            let rule = match now {
                0 => "no longer too large: take it out of the exceptions".into(),
                now => format!("has shrunk to {now} lines: lower its exception"),
            };
            faults.push(Fault {
                place: place(path, function),
                rule,
            });
        }
    }
    faults
}

fn limit(function: &str) -> usize {
    if function.is_empty() {
        FILE_LINES_MAX
    } else {
        FUNCTION_LINES_MAX
    }
}

fn place(path: &str, function: &str) -> String {
    match function {
        "" => path.to_owned(),
        function => format!("{path} fn {function}"),
    }
}
