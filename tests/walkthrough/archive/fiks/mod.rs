//! The national protocol, as a fagsystem speaks it.

mod cases;
pub mod door;
mod published;
mod sending;
