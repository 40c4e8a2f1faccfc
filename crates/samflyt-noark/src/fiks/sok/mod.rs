//! Searches (`innsyn.sok`).

pub mod definisjon;
pub mod felt;
pub mod parameter;
pub mod sortering;
