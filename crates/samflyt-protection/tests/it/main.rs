//! Protection, as its users see it: on a real broker for each test.

#![allow(clippy::unwrap_used)]

mod erasure;
mod harness;
mod interleavings;
mod lost_stores;
mod rotation;
mod sealing;
mod several_hubs;
