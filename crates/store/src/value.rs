//! The three types that both engines keep alike, and the rows made of them.

use std::fmt::Display;
use std::sync::Arc;

use crate::Error;

/// A parameter or a field: TEXT, BIGINT, BLOB (BYTEA) or NULL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// UTF-8 without NUL, which PostgreSQL cannot keep.
    Text(String),
    Int(i64),
    Blob(Vec<u8>),
    Null,
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Int(_) => "int",
            Value::Blob(_) => "blob",
            Value::Null => "null",
        }
    }

    /// About how many bytes values take.
    pub(crate) fn weigh_all(values: &[Value]) -> usize {
        let held = values.iter().map(|value| match value {
            Value::Text(text) => text.len(),
            Value::Blob(blob) => blob.len(),
            Value::Int(_) | Value::Null => 0,
        });
        held.sum::<usize>() + size_of_val(values)
    }

    /// Refuses what one of the engines would refuse, so that both behave alike.
    pub(crate) fn check_all(values: &[Value]) -> Result<(), Error> {
        for (index, value) in values.iter().enumerate() {
            if let Value::Text(text) = value
                && text.as_bytes().contains(&0)
            {
                let reason = format!(
                    "${} has a NUL character, which text must not hold",
                    index + 1
                );
                return Err(Error::Invalid {
                    what: "parameter",
                    reason,
                });
            }
        }
        Ok(())
    }
}

macro_rules! value_from {
    ($($type:ty => |$from:ident| $value:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($from: $type) -> Value {
                $value
            }
        })*
    };
}

value_from! {
    &str => |text| Value::Text(text.to_owned());
    &String => |text| Value::Text(text.clone());
    String => |text| Value::Text(text);
    i64 => |int| Value::Int(int);
    i32 => |int| Value::Int(int.into());
    u32 => |int| Value::Int(int.into());
    bool => |flag| Value::Int(flag.into());
    Vec<u8> => |blob| Value::Blob(blob);
    &[u8] => |blob| Value::Blob(blob.to_vec());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// The names of a statement's columns, shared by its rows.
pub(crate) type ColumnNames = Arc<[Box<str>]>;

/// One row of an answer. Columns are found by place (fast) or by name.
#[derive(Debug, Clone)]
pub struct Row {
    names: ColumnNames,
    /// Shared, since an answer may be given to many.
    values: Arc<[Value]>,
}

/// A place (`usize`) or a name (`&str`) of a column.
pub trait Column: Copy + Display + sealed::Sealed {
    #[doc(hidden)]
    fn place(self, row: &Row) -> Option<usize>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for usize {}
    impl Sealed for &str {}
}

impl Column for usize {
    fn place(self, row: &Row) -> Option<usize> {
        (self < row.values.len()).then_some(self)
    }
}

impl Column for &str {
    fn place(self, row: &Row) -> Option<usize> {
        row.names.iter().position(|name| **name == *self)
    }
}

impl Row {
    pub(crate) fn new(names: ColumnNames, values: Vec<Value>) -> Row {
        let values = values.into();
        Row { names, values }
    }

    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        Value::weigh_all(&self.values)
    }

    /// The field as it is. Fails when there is no such column.
    pub fn value(&self, column: impl Column) -> Result<&Value, Error> {
        let missing = || Error::Column {
            column: column.to_string(),
            expected: "a column",
            found: "none",
        };
        column
            .place(self)
            .map(|place| &self.values[place])
            .ok_or_else(missing)
    }

    /// A TEXT field.
    pub fn text(&self, column: impl Column) -> Result<&str, Error> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            other => Err(mismatch(column, "text", other)),
        }
    }

    /// A BIGINT field.
    pub fn int(&self, column: impl Column) -> Result<i64, Error> {
        match self.value(column)? {
            Value::Int(int) => Ok(*int),
            other => Err(mismatch(column, "int", other)),
        }
    }

    /// A BLOB field.
    pub fn blob(&self, column: impl Column) -> Result<&[u8], Error> {
        match self.value(column)? {
            Value::Blob(blob) => Ok(blob),
            other => Err(mismatch(column, "blob", other)),
        }
    }

    /// A BIGINT field that holds 0 or 1.
    pub fn flag(&self, column: impl Column) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }

    /// A TEXT field or NULL.
    pub fn optional_text(&self, column: impl Column) -> Result<Option<&str>, Error> {
        self.unless_null(column, |row| row.text(column))
    }

    /// A BIGINT field or NULL.
    pub fn optional_int(&self, column: impl Column) -> Result<Option<i64>, Error> {
        self.unless_null(column, |row| row.int(column))
    }

    /// A BLOB field or NULL.
    pub fn optional_blob(&self, column: impl Column) -> Result<Option<&[u8]>, Error> {
        self.unless_null(column, |row| row.blob(column))
    }

    fn unless_null<'a, T>(
        &'a self,
        column: impl Column,
        read: impl FnOnce(&'a Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self.value(column)? {
            Value::Null => Ok(None),
            _ => read(self).map(Some),
        }
    }
}

fn mismatch(column: impl Column, expected: &'static str, found: &Value) -> Error {
    Error::Column {
        column: column.to_string(),
        expected,
        found: found.kind(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_place_and_by_name() {
        let names: ColumnNames = ["a", "b", "c"].map(Box::from).to_vec().into();
        let row = Row::new(names, vec!["x".into(), 7.into(), Value::Null]);
        assert_eq!(row.text(0).unwrap(), "x");
        assert_eq!(row.int("b").unwrap(), 7);
        assert_eq!(row.optional_text("c").unwrap(), None);
        assert_eq!(row.optional_int(1).unwrap(), Some(7));
        let wrong = row.blob("b").unwrap_err().to_string();
        assert_eq!(wrong, "column b: expected blob, found int");
        assert!(
            row.int(3)
                .unwrap_err()
                .to_string()
                .starts_with("column 3: expected a column")
        );
        assert!(row.int("d").is_err());
    }

    #[test]
    fn text_with_nul_is_refused_and_blobs_may_hold_it() {
        assert!(Value::check_all(&["a".into(), vec![0u8].into()]).is_ok());
        let refused = Value::check_all(&[1.into(), "a\0b".into()])
            .unwrap_err()
            .to_string();
        assert!(refused.contains("$2"), "{refused}");
    }
}
