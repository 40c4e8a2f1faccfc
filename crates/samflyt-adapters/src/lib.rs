#![doc = include_str!("../README.md")]

pub mod archive_drop;
pub mod document;
pub mod folder;
