//! Standards: there are none here, so none is known and none is turned on.

mod describe_standards;
mod get_enabled_standards;
#[cfg(test)]
mod tests;

pub use describe_standards::describe_standards;
pub use get_enabled_standards::get_enabled_standards;
