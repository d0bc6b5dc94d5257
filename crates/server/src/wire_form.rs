//! Typed values as the JSON of their shape: how rows keep what the model gives a form.

use balefire_api::shape::Shape;
use balefire_api::{Typed, json};

use crate::failure::Failure;

/// The JSON of a value.
pub fn write<T: Typed>(shape: &'static Shape, value: T) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    json::write(shape, &value.into_node(), &mut out);
    out
}

/// The value of a JSON that `write` made.
pub fn read<T: Typed>(shape: &'static Shape, body: &[u8]) -> Result<T, Failure> {
    let node = json::read_payload(shape, body)
        .map_err(|rejection| Failure::Internal(rejection.message()))?;
    let node = node.ok_or_else(|| Failure::Internal("a stored value is null".into()))?;
    Ok(T::from_node(node)?)
}
