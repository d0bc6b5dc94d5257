//! A file that is replaced as a whole, or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// What is written before it is brought to the disk: all at once would hold up the commits of the store.
const UNSYNCED_BYTES_MAX: usize = 16 << 20;

/// Puts what `write` writes in the place of a file. Where another process does the same at this moment,
/// nothing is done, and false is given.
pub fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut Paced) -> Result<(), E>,
) -> Result<bool, E> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = Path::new(&name);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(new)?;
    if file.try_lock().is_err() || !is_at(&file, new) {
        return Ok(false);
    }
    file.set_len(0)?;
    let mut paced = Paced { file, unsynced: 0 };
    let written = write(&mut paced).and_then(|()| {
        paced.file.sync_all()?;
        std::fs::rename(new, path)?;
        Ok(())
    });
    if let Err(error) = written {
        // It may have filled the disk. That it cannot be removed says no more than the error does.
        let _ = std::fs::remove_file(new);
        return Err(error);
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()?;
    Ok(true)
}

/// Whether the file was not renamed by another process since it was opened.
fn is_at(file: &File, path: &Path) -> bool {
    let same = |one: std::fs::Metadata, other: std::fs::Metadata| {
        (one.dev(), one.ino()) == (other.dev(), other.ino())
    };
    file.metadata()
        .and_then(|one| Ok(same(one, std::fs::metadata(path)?)))
        .unwrap_or(false)
}

/// A file that is brought to the disk as it is written.
pub struct Paced {
    pub file: File,
    unsynced: usize,
}

impl Write for Paced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsynced += written;
        if self.unsynced >= UNSYNCED_BYTES_MAX {
            self.file.sync_data()?;
            self.unsynced = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
