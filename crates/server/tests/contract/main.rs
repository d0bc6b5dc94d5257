//! What the models promise, held against the whole pipeline: signed requests in, answers out.

mod answer;
mod cases;
mod constraints;
mod coverage;
mod isolation;
mod modelled;
mod patterns;
mod refusals;
mod request;
mod samples;
mod server;
mod values;
