//! What a question about resources needs besides them: the names of accounts, and their findings.

use std::collections::HashMap;
use std::sync::Arc;

use balefire_columns::Key;
use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::index::Inventory;
use super::summary::Summaries;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::finding::filter::Places;
use crate::securityhub::finding::index::{Current, Fields as FindingFields, key_of};

const NAMES: &str = "SELECT id, name FROM account WHERE name <> ''";

/// The columns of resources, and what is joined to them.
pub struct Joined<'j> {
    fields: &'j Fields,
    pub summaries: Arc<Summaries>,
    pub names: Names,
}

/// The names of those accounts that have one, by the account as a number.
#[derive(Default)]
pub struct Names(HashMap<u64, String>);

impl Names {
    /// Names of accounts that the caller may see.
    pub fn read(ctx: &mut Ctx<'_, '_>) -> Result<Names, Failure> {
        let visible = ctx.caller.visible();
        let mut names = HashMap::new();
        for row in ctx.tx.query(NAMES, &[])? {
            let (account, name) = (row.text(0)?, row.text(1)?);
            let number = account.parse().ok().filter(|_| visible.includes(account));
            if let Some(number) = number.filter(|_| !name.trim().is_empty()) {
                names.insert(number, name.to_owned());
            }
        }
        Ok(Names(names))
    }

    /// That of the account that a resource belongs to.
    pub fn of(&self, key: &Key) -> Option<&String> {
        let account = key.first_chunk().copied().map(u64::from_be_bytes)?;
        self.0.get(&account)
    }
}

impl<'j> Joined<'j> {
    /// Nothing is known but the resources themselves.
    pub fn none(fields: &'j Fields) -> Joined<'j> {
        Joined {
            fields,
            summaries: Arc::default(),
            names: Names::default(),
        }
    }

    /// Reads what is asked for, and no more; `names` says whether a field is whose name is as asked.
    pub fn read(
        ctx: &mut Ctx<'_, '_>,
        inventory: &'j Inventory,
        findings: (&Current<'_>, &FindingFields),
        names: impl Fn(fn(&str) -> bool) -> bool,
    ) -> Result<Joined<'j>, Failure> {
        let visible: Visible<'_> = ctx.caller.visible();
        let summaries = match names(fields::is_summary) {
            true => {
                let (findings, columns) = findings;
                inventory
                    .remembered()
                    .summaries(findings, visible, columns)?
            }
            false => Arc::default(),
        };
        let names = match names(|name| name == fields::ACCOUNT_NAME) {
            true => Names::read(ctx)?,
            false => Names::default(),
        };
        Ok(Joined {
            fields: inventory.fields(),
            summaries,
            names,
        })
    }

    /// What is joined to a resource, by the model's fields.
    pub fn document(&self, key: &Key) -> Value {
        json!({
            fields::ACCOUNT_NAME: self.names.of(key),
            fields::SUMMARY: self.summaries.document(key),
        })
    }
}

impl Places for Joined<'_> {
    fn text(&self, name: &str) -> Option<usize> {
        self.fields.text(name)
    }

    fn number(&self, _name: &str) -> Option<usize> {
        None
    }

    fn date(&self, name: &str) -> Option<usize> {
        self.fields.date(name)
    }

    fn key_of_joined(&self, name: &str) -> Option<usize> {
        fields::is_joined(name).then_some(self.fields.uid)
    }

    fn joined_by(&self, uid: &str) -> Value {
        key_of(uid).map_or(Value::Null, |key| self.document(&key))
    }
}
