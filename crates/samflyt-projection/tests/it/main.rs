//! The runner, as its users see it.

#![allow(clippy::unwrap_used)]

mod broker;
mod harness;
mod lifecycle;
mod log_alarms;
mod one_answer;
mod rebuild;
