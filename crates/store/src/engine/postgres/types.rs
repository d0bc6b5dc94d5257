//! How the store's three types travel to and from PostgreSQL.

use std::error::Error as StdError;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::value::Value;

pub(super) fn bound(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => {
                text.to_sql(ty, out)
            }
            (Value::Int(int), &Type::INT8) => int.to_sql(ty, out),
            (Value::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(ty, out),
            (Value::Blob(blob), &Type::BYTEA) => blob.to_sql(ty, out),
            (other, ty) => {
                Err(format!("the statement wants {ty} here, not {}", other.kind()).into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A field as the store reads it.
pub(super) struct Field(pub Value);

impl<'a> FromSql<'a> for Field {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Field, Box<dyn StdError + Sync + Send>> {
        Ok(Field(match *ty {
            Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(String::from_sql(ty, raw)?),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Value::Blob(raw.to_vec()),
            _ => return Err(format!("a field is of type {ty}; cast it to BIGINT or TEXT").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Field, Box<dyn StdError + Sync + Send>> {
        Ok(Field(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
