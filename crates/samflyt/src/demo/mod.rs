//! The demo: a region, its contracts, and one week of its affairs.

pub mod contracts;
pub mod region;
pub mod week;
