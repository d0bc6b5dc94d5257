//! ASFF documents and customers' fields as they are kept.

use balefire_store::{Error, Kept, Record, Row, Table, Tx, Value};
use serde_json::{Map, Value as Json};

use super::super::Finding;
use super::super::packing::{Packed, Unpacker};
use crate::failure::Failure;
use crate::securityhub::asff;

/// The ASFF document of a finding, as its provider sent it bit by bit.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityFinding {
    pub uid: String,
    pub account: String,
    pub packed: Packed,
    /// The version of the finding's row that has the same in OCSF. Where it is another, this one is outdated.
    pub finding_version: i64,
}

impl Record for SecurityFinding {
    const TABLE: Table = Table {
        name: "security_finding",
        key: &["uid"],
        columns: &["account", "document", "dictionary", "finding_version"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            self.packed.bytes.clone().into(),
            self.packed.dictionary.into(),
            self.finding_version.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(SecurityFinding {
            uid: row.text(0)?.into(),
            account: row.text(1)?.into(),
            packed: Packed {
                bytes: row.blob(2)?.into(),
                dictionary: row.int(3)?,
            },
            finding_version: row.int(4)?,
        })
    }
}

/// What customers set and OCSF's edits have no place for, by ASFF's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerFields {
    pub uid: String,
    pub account: String,
    pub fields: Map<String, Json>,
}

impl Record for CustomerFields {
    const TABLE: Table = Table {
        name: "security_finding_edit",
        key: &["uid"],
        columns: &["account", "fields"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        let fields = Json::Object(self.fields.clone()).to_string();
        vec![(&self.account).into(), fields.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(CustomerFields {
            uid: row.text(0)?.into(),
            account: row.text(1)?.into(),
            fields: fields_of(row.text(2)?),
        })
    }
}

/// Reads the column of fields.
pub fn fields_of(text: &str) -> Map<String, Json> {
    // The column is written by this record alone.
    serde_json::from_str(text).unwrap_or_default()
}

/// The provider's document in ASFF: what it sent, or the OCSF that came since.
pub fn document(
    tx: &mut Tx<'_>,
    unpacker: &mut Unpacker,
    finding: &Kept<Finding>,
    asff: Option<&SecurityFinding>,
) -> Result<Json, Failure> {
    let own = asff.filter(|asff| asff.finding_version == finding.version);
    let packed = own.map_or(&finding.packed, |own| &own.packed);
    let text = unpacker.unpack(tx, &packed.bytes, packed.dictionary)?;
    let document: Json = serde_json::from_str(&text)?;
    Ok(match own {
        Some(_) => document,
        None => asff::to_asff(&document),
    })
}
