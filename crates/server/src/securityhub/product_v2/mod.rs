//! Products of others that findings come from or go to: what this version works with, and nothing else.

mod catalogue;
mod describe_products_v2;
#[cfg(test)]
mod tests;

pub use describe_products_v2::describe_products_v2;
