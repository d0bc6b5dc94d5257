//! The data directory: made for its owner alone, and open in one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Holds the lock on a data directory until it is dropped.
pub(crate) struct Directory {
    pub database: PathBuf,
    _lock: File,
}

impl Directory {
    /// Creates what is missing and takes the lock.
    pub(crate) fn open(path: &Path) -> Result<Directory, Error> {
        create(path).map_err(|e| failure(path, &e))?;
        let lock_path = path.join("lock");
        let mut lock = open_private(&lock_path).map_err(|e| failure(&lock_path, &e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::InUse {
                    pid: read_pid(&mut lock),
                    path: lock_path,
                });
            }
            Err(TryLockError::Error(error)) => return Err(failure(&lock_path, &error)),
        }
        write_pid(&mut lock).map_err(|e| failure(&lock_path, &e))?;
        let database = path.join("balefire.db");
        open_private(&database).map_err(|e| failure(&database, &e))?;
        // Otherwise a power failure could lose the new file's name together with what is in it.
        sync_directory(path).map_err(|e| failure(path, &e))?;
        Ok(Directory {
            database,
            _lock: lock,
        })
    }
}

fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    create(parent)?;
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => Err(error),
        _ => sync_directory(parent),
    }
}

/// Opens for reading and writing; a new file can be read by its owner only.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn write_pid(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn read_pid(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn failure(path: &Path, error: &io::Error) -> Error {
    Error::Directory {
        path: path.to_owned(),
        reason: error.to_string().into(),
    }
}
