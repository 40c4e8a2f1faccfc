//! Walkthroughs of the whole hub: each promise of the design, through real doors, against a real broker.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod answers;
mod archive;
mod bad_input;
mod broker_elsewhere;
mod broker_gone;
mod corruption;
mod fsync;
mod isolation;
mod kill_nine;
mod layout;
mod lineage;
mod process;
mod push;
mod registry;
mod resend;
mod sigterm;
mod stream;
mod tls;
mod tracing;
