//! For tests: a real nats-server per test, the hub in process, generators.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests stand on it")]

pub mod broker;
pub mod events;
pub mod hub;
