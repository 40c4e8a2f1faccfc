//! Walkthroughs of the whole hub: each promise of the design, through real doors, against a real broker.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod answers;
mod bad_input;
mod broker_elsewhere;
mod broker_gone;
mod collected_twice;
mod corruption;
mod drift;
mod fsync;
mod house;
mod isolation;
mod kill_nine;
mod layout;
mod leaving;
mod lineage;
mod overview;
mod process;
mod push;
mod registry;
mod resend;
mod sigterm;
mod stream;
mod tls;
mod tracing;
