//! Records: typed rows with a key and a version, and the SQL that follows from their table.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

use parking_lot::RwLock;

use crate::Error;
use crate::value::{Row, Value};

/// A table of records. It has these columns and `version BIGINT NOT NULL`, nothing else is read.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    /// The primary key, in order. Text in it is declared `{{key}}` and compares bytewise.
    pub key: &'static [&'static str],
    /// The other columns.
    pub columns: &'static [&'static str],
}

/// A thing that is kept in a row of its own.
pub trait Record: Sized + 'static {
    const TABLE: Table;

    /// The values of `TABLE.key`, in its order.
    fn key(&self) -> Vec<Value>;

    /// The values of `TABLE.columns`, in its order.
    fn values(&self) -> Vec<Value>;

    /// Reads a row whose places are those of `TABLE.key`, then those of `TABLE.columns`.
    fn from_row(row: &Row) -> Result<Self, Error>;
}

/// A record and the version that was read, which `Tx::replace` compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<R> {
    pub record: R,
    pub version: i64,
}

impl<R> Deref for Kept<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.record
    }
}

impl<R> DerefMut for Kept<R> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.record
    }
}

impl<R: Record> Kept<R> {
    pub(crate) fn from_row(row: &Row) -> Result<Kept<R>, Error> {
        let version = row.int(R::TABLE.key.len() + R::TABLE.columns.len())?;
        Ok(Kept {
            record: R::from_row(row)?,
            version,
        })
    }
}

/// Which records to read, and in which order.
///
/// Invariant: `equal` and `order` together name the whole key, so that no two rows tie.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    /// Columns that must have these values.
    pub equal: &'a [(&'a str, Value)],
    /// Columns to sort by; none may hold NULL.
    pub order: &'a [&'a str],
    pub descending: bool,
    /// The values of `order` in the last row of the page before.
    pub after: Option<Vec<Value>>,
    pub limit: usize,
}

impl Page<'_> {
    /// The statement and its parameters.
    pub(crate) fn select(&self, table: &Table) -> Result<(String, Vec<Value>), Error> {
        self.check(table)?;
        let mut params: Vec<Value> = self.equal.iter().map(|(_, value)| value.clone()).collect();
        let mut conditions: Vec<String> = Vec::with_capacity(self.equal.len() + 1);
        conditions.extend(
            self.equal
                .iter()
                .enumerate()
                .map(|(i, (column, _))| format!("{column} = ${}", i + 1)),
        );
        if let Some(after) = &self.after {
            let compare = if self.descending { '<' } else { '>' };
            let columns = self.order.join(", ");
            conditions.push(format!(
                "({columns}) {compare} ({})",
                marks(params.len() + 1, after.len())
            ));
            params.extend(after.iter().cloned());
        }
        let mut sql = select_all(table);
        if !conditions.is_empty() {
            let _ = write!(sql, " WHERE {}", conditions.join(" AND "));
        }
        let direction = if self.descending { " DESC" } else { "" };
        for (i, column) in self.order.iter().enumerate() {
            let _ = write!(
                sql,
                "{}{column}{direction}",
                if i == 0 { " ORDER BY " } else { ", " }
            );
        }
        params.push(Value::Int(self.limit.try_into().unwrap_or(i64::MAX)));
        let _ = write!(sql, " LIMIT ${}", params.len());
        Ok((sql, params))
    }

    fn check(&self, table: &Table) -> Result<(), Error> {
        let invalid = |reason| {
            Err(Error::Invalid {
                what: "page",
                reason,
            })
        };
        let equal = || self.equal.iter().map(|(column, _)| *column);
        let mut named = equal().chain(self.order.iter().copied());
        if let Some(unknown) =
            named.find(|name| !table.key.contains(name) && !table.columns.contains(name))
        {
            return invalid(format!("table `{}` has no column `{unknown}`", table.name));
        }
        let is_fixed =
            |column: &&str| self.order.contains(column) || equal().any(|name| name == *column);
        if let Some(missing) = table.key.iter().find(|column| !is_fixed(column)) {
            return invalid(format!(
                "the order of `{}` must also name its key column `{missing}`",
                table.name
            ));
        }
        match &self.after {
            Some(after) if after.len() != self.order.len() || after.is_empty() => {
                let (found, wanted) = (after.len(), self.order.len());
                invalid(format!(
                    "`after` has {found} values and the order names {wanted} columns"
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The statements of one record type.
pub(crate) struct Statements {
    pub get: String,
    pub insert: String,
    pub replace: String,
    pub delete: String,
}

impl Statements {
    /// Built once for each type and kept for the life of the process.
    pub(crate) fn of<R: Record>() -> &'static Statements {
        static BUILT: LazyLock<RwLock<HashMap<TypeId, &'static Statements>>> =
            LazyLock::new(RwLock::default);
        let id = TypeId::of::<R>();
        if let Some(statements) = BUILT.read().get(&id) {
            return statements;
        }
        BUILT
            .write()
            .entry(id)
            .or_insert_with(|| Box::leak(Box::new(Statements::build(&R::TABLE))))
    }

    fn build(table: &Table) -> Statements {
        let Table { name, key, columns } = *table;
        let all: Vec<&str> = key.iter().chain(columns).copied().collect();
        let sets: String = columns
            .iter()
            .enumerate()
            .map(|(i, column)| format!("{column} = ${}, ", i + 1))
            .collect();
        let guard = columns.len() + key.len() + 1;
        Statements {
            get: format!("{} WHERE {}", select_all(table), equals(key, 1)),
            insert: format!(
                "INSERT INTO {name} ({}, version) VALUES ({}, 1) ON CONFLICT DO NOTHING",
                all.join(", "),
                marks(1, all.len()),
            ),
            replace: format!(
                "UPDATE {name} SET {sets}version = version + 1 WHERE {} AND version = ${guard}",
                equals(key, columns.len() + 1),
            ),
            delete: format!("DELETE FROM {name} WHERE {}", equals(key, 1)),
        }
    }
}

fn select_all(table: &Table) -> String {
    let mut sql = String::from("SELECT ");
    for column in table.key.iter().chain(table.columns) {
        let _ = write!(sql, "{column}, ");
    }
    let _ = write!(sql, "version FROM {}", table.name);
    sql
}

fn equals(columns: &[&str], first: usize) -> String {
    let terms: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| format!("{column} = ${}", first + i))
        .collect();
    terms.join(" AND ")
}

/// `$first, …`, `count` of them.
fn marks(first: usize, count: usize) -> String {
    let marks: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    marks.join(", ")
}

#[cfg(test)]
mod tests;
