//! An account: whose data is whose.

use balefire_store::{Error, Record, Row, Table, Tx, Value};

use crate::failure::Failure;

/// An account of the store. All accounts are one organization; the first administers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    pub name: String,
    pub administrator: bool,
    pub created_ms: i64,
}

impl Record for Account {
    const TABLE: Table = Table {
        name: "account",
        key: &["id"],
        columns: &["name", "administrator", "created_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            self.administrator.into(),
            self.created_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Account {
            id: row.text(0)?.into(),
            name: row.text(1)?.into(),
            administrator: row.flag(2)?,
            created_ms: row.int(3)?,
        })
    }
}

impl Account {
    /// Whether a text is an account id.
    pub fn is_id(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
    }

    /// Makes sure that an account is known, as a member of the organization.
    pub fn ensure_member(tx: &mut Tx<'_>, id: &str, now_ms: i64) -> Result<(), Failure> {
        if tx.get::<Account>(&[id.into()])?.is_some() {
            return Ok(());
        }
        let member = Account {
            id: id.into(),
            name: String::new(),
            administrator: false,
            created_ms: now_ms,
        };
        match tx.insert(&member) {
            Ok(()) | Err(Error::Exists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
