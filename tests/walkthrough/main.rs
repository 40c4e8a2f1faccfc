//! Walkthroughs of the whole hub: each promise of the design, through real doors, against a real broker.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod answers;
mod bad_input;
mod broker_gone;
mod corruption;
mod fsync;
mod isolation;
mod kill_nine;
mod layout;
mod leaving;
mod lineage;
mod process;
mod registry;
mod resend;
mod stream;
mod tracing;
