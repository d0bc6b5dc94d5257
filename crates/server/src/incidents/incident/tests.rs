//! The rules of opening, folding, changing and listing incidents.

mod concurrent;
mod isolation;
mod list;
mod plan;
mod start;
mod update;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, event_types, record, start, with_plan};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};
