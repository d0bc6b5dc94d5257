//! A directory of this machine: files appear in it whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, ensure};
use bytes::Bytes;
use serde::Deserialize;

use super::{Obstacle, Target, Written};

/// Findings are not for everybody on the machine.
const MODE: u32 = 0o640;

/// `to = "directory"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    path: PathBuf,
    #[serde(default)]
    pub accounts: Vec<String>,
}

pub struct Directory {
    root: PathBuf,
}

impl Directory {
    pub fn new(section: &Section) -> Result<Directory> {
        ensure!(section.path.is_absolute(), "path must be absolute");
        Ok(Directory {
            root: section.path.clone(),
        })
    }

    /// Why nothing could be written now. It may be there, or mounted, when an export begins.
    pub fn obstacle(&self) -> Option<String> {
        let path = self.root.display();
        (!self.root.is_dir())
            .then(|| format!("{path} is no directory: make it, exports go below it"))
    }

    pub async fn write(
        &self,
        target: &Target,
        written: &Written,
        bytes: Bytes,
        last: bool,
    ) -> Result<Written, Obstacle> {
        let offset = written.bytes;
        let end = offset + bytes.len() as u64;
        let write = move |files: &Files| files.write(offset, &bytes, last);
        self.work(target, write).await?;
        Ok(Written {
            bytes: end,
            ..Written::default()
        })
    }

    pub async fn discard(&self, target: &Target) -> Result<(), Obstacle> {
        let remove = |files: &Files| match fs::remove_file(&files.partial) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Trouble::Io(error)),
            _ => Ok(()),
        };
        self.work(target, remove).await
    }

    /// Works on the files of a target, apart from the threads that serve.
    async fn work(
        &self,
        target: &Target,
        work: impl FnOnce(&Files) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), Obstacle> {
        let (root, bucket, key) = (self.root.clone(), target.bucket.clone(), target.key.clone());
        let run = move || {
            if !root.is_dir() {
                return Err(Obstacle::NotFound(format!(
                    "The directory of the bucket {bucket} is not there: make it, or set another in \
                     [export.buckets.\"{bucket}\"]."
                )));
            }
            let files = Files::of(&root, &key).map_err(|trouble| trouble.obstacle(&bucket))?;
            work(&files).map_err(|trouble| trouble.obstacle(&bucket))
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(done) => done,
            Err(error) => Err(Obstacle::Broken(error.to_string())),
        }
    }
}

enum Trouble {
    Io(io::Error),
    /// The key leads out of the directory.
    Outside,
    /// The file that was begun is gone, or shorter than it was.
    Lost,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Io(error)
    }
}

impl Trouble {
    /// Paths of the machine are nothing to tell an account.
    fn obstacle(self, bucket: &str) -> Obstacle {
        let error = match self {
            Trouble::Lost => {
                return Obstacle::Lost(format!("the file begun in the bucket {bucket} is gone"));
            }
            Trouble::Outside => {
                return Obstacle::Denied(format!("The key leads out of the bucket {bucket}."));
            }
            Trouble::Io(error) => error,
        };
        let message = format!("The bucket {bucket} could not be written to: {error}.");
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Obstacle::Denied(message)
            }
            ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::InvalidFilename => {
                Obstacle::Broken(message)
            }
            _ => Obstacle::Passing(message),
        }
    }
}

/// The file of an object, and the one that it is until it is whole.
struct Files {
    directory: PathBuf,
    whole: PathBuf,
    partial: PathBuf,
}

impl Files {
    /// Invariant: both lie under the root, whatever the key and the links there are.
    fn of(root: &Path, key: &str) -> Result<Files, Trouble> {
        let key = Path::new(key);
        let goes_down = |part: Component<'_>| matches!(part, Component::Normal(_));
        let name = key.file_name().and_then(|name| name.to_str());
        let (Some(name), true) = (name, key.components().all(goes_down)) else {
            return Err(Trouble::Outside);
        };
        let whole = root.join(key);
        let directory = whole.parent().unwrap_or(root).to_owned();
        fs::create_dir_all(&directory)?;
        if !directory.canonicalize()?.starts_with(root.canonicalize()?) {
            return Err(Trouble::Outside);
        }
        let partial = directory.join(format!(".{name}.partial"));
        Ok(Files {
            directory,
            whole,
            partial,
        })
    }

    fn write(&self, offset: u64, bytes: &[u8], last: bool) -> Result<(), Trouble> {
        let mut file = match self.begun(offset)? {
            Some(file) => file,
            // It was renamed, and whoever did it came to no more.
            None if last && self.is_whole(offset + bytes.len() as u64) => return Ok(()),
            None => return Err(Trouble::Lost),
        };
        file.set_len(offset)?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        if last {
            fs::rename(&self.partial, &self.whole)?;
            File::open(&self.directory)?.sync_all()?;
        }
        Ok(())
    }

    /// The file with what was written; nothing, where less is there.
    fn begun(&self, offset: u64) -> Result<Option<File>, Trouble> {
        let mut options = OpenOptions::new();
        options.write(true).create(offset == 0).mode(MODE);
        match options.open(&self.partial) {
            Ok(file) if file.metadata()?.len() >= offset => Ok(Some(file)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound && offset > 0 => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_whole(&self, len: u64) -> bool {
        fs::metadata(&self.whole).is_ok_and(|found| found.len() == len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_not_there_is_told_before_it_is_needed() {
        let there = tempfile::TempDir::new().expect("a directory");
        let file = there.path().join("file");
        fs::write(&file, "").expect("a write");
        for (path, is_told) in [
            (there.path().to_owned(), false),
            (there.path().join("nope"), true),
            (file, true),
        ] {
            let section = Section {
                path: path.clone(),
                accounts: Vec::new(),
            };
            let obstacle = Directory::new(&section).expect("a directory").obstacle();
            assert_eq!(obstacle.is_some(), is_told, "{}", path.display());
        }
    }
}
