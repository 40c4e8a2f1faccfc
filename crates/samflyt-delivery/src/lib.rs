//! Delivery.
#![allow(dead_code)]

mod cover;
mod cursor;
mod filter;
mod record;
