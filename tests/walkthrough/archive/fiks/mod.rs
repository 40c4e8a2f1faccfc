//! The national protocol, as a fagsystem speaks it.

mod cases;
pub mod door;
pub mod published;
mod sending;
