//! Access keys: made once, shown once, kept sealed.

use balefire_store::{Error, Record, Row, Table, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

/// An access key as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessKey {
    pub id: String,
    pub account: String,
    pub user_name: String,
    pub sealed_secret: Vec<u8>,
    pub active: bool,
    pub created_ms: i64,
}

/// A key that was just made: the only time its secret is in the clear.
pub struct NewKey {
    pub id: String,
    pub secret: String,
}

impl Record for AccessKey {
    const TABLE: Table = Table {
        name: "access_key",
        key: &["id"],
        columns: &[
            "account",
            "user_name",
            "sealed_secret",
            "active",
            "created_ms",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.user_name).into(),
            self.sealed_secret.clone().into(),
            self.active.into(),
            self.created_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(AccessKey {
            id: row.text(0)?.into(),
            account: row.text(1)?.into(),
            user_name: row.text(2)?.into(),
            sealed_secret: row.blob(3)?.into(),
            active: row.flag(4)?,
            created_ms: row.int(5)?,
        })
    }
}

impl NewKey {
    /// A key with a secret of 240 random bits, in the form that AWS keys have.
    pub fn random() -> anyhow::Result<NewKey> {
        let (mut id, mut secret) = ([0_u8; 16], [0_u8; 30]);
        let random = SystemRandom::new();
        random
            .fill(&mut id)
            .and_then(|()| random.fill(&mut secret))
            .map_err(|_| anyhow::anyhow!("the operating system gives no random numbers"))?;
        // Base32 digits, as in AWS key ids.
        const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let id: String = id
            .iter()
            .map(|byte| char::from(DIGITS[usize::from(byte % 32)]))
            .collect();
        Ok(NewKey {
            id: format!("AKIA{id}"),
            secret: STANDARD_NO_PAD.encode(secret),
        })
    }
}
