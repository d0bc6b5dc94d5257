//! The end of complete reports: what they no longer name is closed.

use anyhow::Result;
use balefire_api::own::{CompleteImport, CompleteImportInput};

use super::summary::FileSummary;
use crate::command::reach::Reach;
use crate::context::Ids;
use crate::formats::Scope;

/// Why nothing is closed, and whether whoever asked for it has to say more.
type Reason = (&'static str, bool);

/// The files of a command by what they cover: those of one scope are one report in several parts, of which
/// the later closes nothing that an earlier one has brought in.
#[derive(Default)]
pub struct Wholes(Vec<Whole>);

struct Whole {
    scope: Scope,
    run: String,
    /// Places among the files.
    files: Vec<usize>,
}

impl Wholes {
    /// The run of the report that a file is a part of.
    pub fn run_of(&mut self, scope: &Scope, file: usize) -> String {
        // What does not say its scope is a part of nothing.
        let mut known = self.0.iter_mut();
        let known = known.find(|whole| whole.scope == *scope && *scope != Scope::Unknown);
        if let Some(whole) = known {
            whole.files.push(file);
            return whole.run.clone();
        }
        let run = new_run();
        self.0.push(Whole {
            scope: scope.clone(),
            run: run.clone(),
            files: vec![file],
        });
        run
    }

    /// Closes what the reports leave out, unless that cannot be told.
    pub async fn complete(
        self,
        reach: &Reach,
        files: &mut [FileSummary],
        lacks_files: bool,
    ) -> Result<()> {
        for whole in self.0 {
            match whole.kept_open(files, lacks_files) {
                Some((why, says_more)) => {
                    for file in whole.files {
                        files[file].keep_open(why, says_more);
                    }
                }
                None => whole.close(reach, files).await?,
            }
        }
        Ok(())
    }
}

impl Whole {
    fn kept_open(&self, files: &[FileSummary], lacks_files: bool) -> Option<Reason> {
        let parts = || self.files.iter().map(|file| &files[*file]);
        if lacks_files {
            // Nobody knows whose report it would have been.
            return Some((
                "a file of the command could not be read, or not to its end",
                false,
            ));
        }
        if parts().any(|part| part.refused() > 0) {
            return Some(("parts of the report were refused", false));
        }
        if parts().all(|part| part.taken() == 0) {
            return Some(("the report has no findings", false));
        }
        let unknown =
            "the report does not say what was scanned, or several things; name it with --scope";
        (self.scope == Scope::Unknown).then_some((unknown, true))
    }

    /// Closes in steps. They are told with the last file, after which they come.
    async fn close(self, reach: &Reach, files: &mut [FileSummary]) -> Result<()> {
        let scope = match self.scope {
            Scope::Resource(uid) => Some(uid),
            Scope::Product | Scope::Unknown => None,
        };
        let Some(last) = self.files.last().copied() else {
            return Ok(());
        };
        let mut after = None;
        loop {
            let input = CompleteImportInput {
                run: self.run.clone(),
                scope: scope.clone(),
                after,
            };
            let output = reach.call::<CompleteImport>(input).await;
            let output = output.map_err(|error| {
                files[last].stop(format!("{error:#}"));
                error.context(files[last].file().to_owned())
            })?;
            files[last].close(output.closed);
            after = output.after;
            if after.is_none() {
                break;
            }
        }
        for file in self.files {
            files[file].keep_some_open();
        }
        Ok(())
    }
}

/// A name for one run.
fn new_run() -> String {
    uuid::Builder::from_random_bytes(Ids::random().bytes())
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use balefire_api::own::ImportFindingsOutput;

    use super::*;
    use crate::formats::Format;

    fn scope(uid: &str) -> Scope {
        Scope::Resource(uid.into())
    }

    #[test]
    fn files_of_one_scope_are_one_report() {
        let mut wholes = Wholes::default();
        let scopes = [
            scope("shop"),
            Scope::Product,
            scope("shop"),
            scope("till"),
            Scope::Unknown,
            Scope::Unknown,
            Scope::Product,
        ];
        let runs: Vec<String> = scopes
            .iter()
            .enumerate()
            .map(|(file, scope)| wholes.run_of(scope, file))
            .collect();
        assert_eq!((&runs[0], &runs[1]), (&runs[2], &runs[6]));
        let files: Vec<Vec<usize>> = wholes.0.into_iter().map(|whole| whole.files).collect();
        assert_eq!(files, [vec![0, 2], vec![1, 6], vec![3], vec![4], vec![5]]);
    }

    #[test]
    fn what_a_part_lacks_keeps_the_whole_open() {
        let taken = |created| {
            let mut file = FileSummary::new("a.sarif", Format::Sarif);
            file.count(&ImportFindingsOutput {
                created,
                ..ImportFindingsOutput::default()
            });
            file
        };
        let mut refused = taken(3);
        refused.refuse("line 1".into(), "it is odd".into());
        let files = [taken(0), taken(1), refused];
        for (of, parts, lacks_files, said) in [
            (scope("shop"), vec![1], false, None),
            (scope("shop"), vec![0, 1], false, None),
            (scope("shop"), vec![0], false, Some("has no findings")),
            (scope("shop"), vec![1, 2], false, Some("were refused")),
            (Scope::Unknown, vec![1], false, Some("--scope")),
            (scope("shop"), vec![1], true, Some("could not be read")),
        ] {
            let whole = Whole {
                scope: of,
                run: "r".into(),
                files: parts.clone(),
            };
            let why = whole.kept_open(&files, lacks_files).map(|(why, _)| why);
            assert_eq!(why.is_some(), said.is_some(), "{parts:?}: {why:?}");
            assert!(
                why.unwrap_or_default().contains(said.unwrap_or_default()),
                "{why:?}"
            );
        }
    }
}
