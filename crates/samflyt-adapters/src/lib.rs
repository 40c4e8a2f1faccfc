#![doc = include_str!("../README.md")]

pub mod archive_drop;
pub mod cloudevent;
pub mod document;
pub mod event_drop;
pub mod folder;
pub mod hub;
pub mod outbox;
mod pauses;
mod publish;
