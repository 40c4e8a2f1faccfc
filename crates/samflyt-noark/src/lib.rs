#![doc = include_str!("../README.md")]

pub mod fiks;
pub mod grammar;
pub mod noark5;
pub mod read;
pub mod unit;
pub mod write;
