//! Findings through the operations: what they show, how they live, and who sees them.

mod details;
mod life;
mod listing;
mod real_data;
mod shown;
