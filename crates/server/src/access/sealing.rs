//! Seals secrets with a key that never enters the store: from the environment or a file beside it.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use tempfile::NamedTempFile;

/// ChaCha20-Poly1305 with a random nonce for each secret.
#[derive(Clone)]
pub struct SealingKey(Arc<LessSafeKey>);

impl SealingKey {
    /// From `BALEFIRE_SEALING_KEY` (base64 of 32 bytes), or else a file that is made at first use.
    pub fn load(file: &Path) -> Result<SealingKey> {
        if let Ok(text) = std::env::var("BALEFIRE_SEALING_KEY") {
            return SealingKey::from_text(&text).context("BALEFIRE_SEALING_KEY");
        }
        match fs::read_to_string(file) {
            Ok(text) => SealingKey::from_text(&text).with_context(|| file.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => SealingKey::make(file),
            Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
        }
    }

    /// Makes the file whole or not at all: a key of which a part is on the disk would open nothing, and a
    /// second process would go on with another key.
    fn make(file: &Path) -> Result<SealingKey> {
        let making = || format!("making {}", file.display());
        let directory = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let bytes = random_32()?;
        // Readable for its owner alone, and gone where a step fails.
        let mut fresh = NamedTempFile::new_in(directory).with_context(making)?;
        writeln!(fresh, "{}", STANDARD.encode(bytes)).with_context(making)?;
        fresh.as_file().sync_all().with_context(making)?;
        if let Err(refused) = fresh.persist_noclobber(file) {
            return match refused.error.kind() {
                // Another process was first.
                ErrorKind::AlreadyExists => SealingKey::load(file),
                _ => Err(refused.error).with_context(making),
            };
        }
        // The name is on the disk too, before anything is sealed.
        let directory = File::open(directory).and_then(|directory| directory.sync_all());
        directory.with_context(making)?;
        SealingKey::from_bytes(&bytes)
    }

    fn from_text(text: &str) -> Result<SealingKey> {
        let bytes = STANDARD.decode(text.trim()).context("it is not base64")?;
        SealingKey::from_bytes(&bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Result<SealingKey> {
        match UnboundKey::new(&CHACHA20_POLY1305, bytes) {
            Ok(key) => Ok(SealingKey(Arc::new(LessSafeKey::new(key)))),
            Err(_) => bail!("it holds {} bytes, and a sealing key has 32", bytes.len()),
        }
    }

    /// Seals a secret for one name; it opens under no other.
    pub fn seal(&self, name: &str, secret: &str) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| anyhow::anyhow!("no random numbers"))?;
        let mut sealed = secret.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name),
                &mut sealed,
            )
            .map_err(|_| anyhow::anyhow!("a secret of {} bytes cannot be sealed", secret.len()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The secret, or `None` where it was sealed otherwise.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let secret = self
            .0
            .open_in_place(nonce, Aad::from(name), &mut rest)
            .ok()?;
        String::from_utf8(secret.to_vec()).ok()
    }
}

/// 32 bytes of the operating system's randomness.
pub fn random_32() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("no random numbers"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::thread;

    use super::*;

    #[test]
    fn a_secret_opens_only_under_its_name_and_key() {
        let key = SealingKey::from_bytes(&[7; 32]).unwrap();
        let sealed = key.seal("AKIA1", "the secret").unwrap();
        assert!(!sealed.windows(10).any(|part| part == b"the secret"));
        assert_eq!(key.open("AKIA1", &sealed).as_deref(), Some("the secret"));
        assert_eq!(key.open("AKIA2", &sealed), None);
        assert_eq!(
            SealingKey::from_bytes(&[8; 32])
                .unwrap()
                .open("AKIA1", &sealed),
            None
        );
        assert!(SealingKey::from_bytes(&[7; 31]).is_err());
    }
    #[test]
    fn processes_that_make_the_key_at_once_go_on_with_the_same() {
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join("sealing.key");
        let sealed: Vec<Vec<u8>> = thread::scope(|scope| {
            let seal = || {
                SealingKey::load(&file)
                    .unwrap()
                    .seal("AKIA1", "secret")
                    .unwrap()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(seal)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let key = SealingKey::load(&file).unwrap();
        let opens = |sealed: &Vec<u8>| key.open("AKIA1", sealed).is_some();
        assert!(sealed.iter().all(opens));
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "nothing else is left"
        );
    }
}
