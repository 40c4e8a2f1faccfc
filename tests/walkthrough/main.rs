//! Walkthroughs of the whole hub: each promise of the design, through real doors, against a real broker.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod answers;
mod archive;
mod bad_input;
mod bad_request;
mod bad_token;
mod broker_elsewhere;
mod broker_gone;
mod catalogue;
mod collected_twice;
mod contracts;
mod corruption;
mod delivery;
mod drift;
mod fsync;
mod house;
mod http;
mod impact;
mod isolation;
mod kill_nine;
mod layout;
mod leaving;
mod lineage;
mod overview;
mod process;
mod push;
mod region;
mod registry;
mod registry_cli;
mod rehearsal;
mod resend;
mod sigterm;
mod stream;
mod tables;
mod tls;
mod tracing;
