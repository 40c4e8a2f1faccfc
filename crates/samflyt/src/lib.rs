//! The hub and its command line. `hub` wires the services of a process on one screen; the binary is a thin shell around
//! `cli`.

pub mod bench;
pub mod cli;
pub mod client;
pub mod demo;
pub mod hub;
pub mod run;
