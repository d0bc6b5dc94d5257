//! What is kept: transactions, records, the change log and jobs, on SQLite or PostgreSQL.

mod directory;
mod engine;
mod error;
mod jobs;
mod log;
mod migration;
mod open;
mod operation;
mod queue;
mod reader;
mod record;
mod store;
mod tx;
mod value;
mod writer;

pub use engine::Engine;
pub use error::Error;
pub use jobs::{DeadJobs, Job, NewJob, PassingOver};
pub use log::{Entry, Logged, SHARDS, shard_of};
pub use migration::Migration;
pub use record::{Kept, Page, Record, Table};
pub use store::{Location, Options, Store};
pub use tx::Tx;
pub use value::{Column, Row, Value};
