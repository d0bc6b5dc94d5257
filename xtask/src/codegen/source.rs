//! Brings the pinned models: the `botocore` package of PyPI, by pip, checked by sha256.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

/// The opened package.
pub struct Package {
    archive: ZipArchive<File>,
}

impl Package {
    /// Opens the package below `models` in the target folder, fetching it first where it is not there.
    pub fn open(root: &Path, version: &str, sha256: &str) -> Result<Package> {
        let folder = crate::target(root).join("models");
        let wheel = folder.join(format!("botocore-{version}-py3-none-any.whl"));
        if !wheel.exists() {
            fetch(&folder, version)?;
        }
        let bytes =
            std::fs::read(&wheel).with_context(|| format!("reading {}", wheel.display()))?;
        check(&bytes, sha256, &wheel.display().to_string())?;
        let archive = ZipArchive::new(File::open(&wheel)?)?;
        Ok(Package { archive })
    }

    /// The text of a service's model.
    pub fn model(&mut self, folder: &str, sha256: &str) -> Result<String> {
        let name = format!("botocore/data/{folder}/service-2.json.gz");
        let entry = self
            .archive
            .by_name(&name)
            .with_context(|| format!("no {name} in the package"))?;
        let mut text = String::new();
        GzDecoder::new(entry).read_to_string(&mut text)?;
        check(text.as_bytes(), sha256, &name)?;
        Ok(text)
    }
}

fn fetch(folder: &Path, version: &str) -> Result<()> {
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"])
        .arg(folder)
        .arg(format!("botocore=={version}"))
        .status()
        .context("running pip")?;
    if !status.success() {
        bail!("pip could not download botocore {version}, which holds the API models");
    }
    Ok(())
}

fn check(bytes: &[u8], expected: &str, name: &str) -> Result<()> {
    let actual: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if actual != expected {
        bail!("{name} has sha256 {actual}, and xtask/contract.json says {expected}");
    }
    Ok(())
}
