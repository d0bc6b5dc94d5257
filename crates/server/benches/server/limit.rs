//! The disk's own rate: append and fdatasync, one after the other.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Appends of so many bytes, each made durable before the next, in a second.
pub fn appends_per_second(directory: &Path, bytes: usize, length: Duration) -> Result<f64> {
    let path = directory.join("limit");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let block = vec![b'x'; bytes];
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < length {
        file.write_all(&block)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
