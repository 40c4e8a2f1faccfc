//! The national protocol, as a fagsystem speaks it.

mod bad_input;
mod by_hand;
mod cases;
pub mod door;
mod letter;
pub mod published;
mod sending;
