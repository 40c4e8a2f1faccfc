//! How an outbox is doing, read from its folder by anybody who may: it need not be running, and is not disturbed. What was
//! settled in the last half second may still be told as waiting.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::disk;

const LINK: &str = "link.json";

/// How the forwarder found the hub last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Since 1970: since when it is so.
    pub since_ms: i64,
    /// Why the hub cannot be reached; none where it can.
    pub cause: Option<String>,
    /// Entities that wait for an event which the hub did not want.
    pub held: u64,
}

/// What is in an outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Events.
    pub waiting: u64,
    /// Of all segments.
    pub bytes: u64,
    /// Since 1970: when the oldest that waits was put.
    pub oldest_ms: Option<i64>,
    /// Events in `refused/`.
    pub refused: u64,
    /// Files in `damaged/`.
    pub damaged: u64,
    /// None where it was never forwarded.
    pub link: Option<Link>,
}

/// Reads the status of the outbox in a folder.
///
/// # Errors
/// Where there is no outbox, or it cannot be read.
pub fn status(dir: &Path) -> io::Result<Status> {
    if !dir.join("segments").is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no outbox in this folder"));
    }
    let book = disk::look(dir)?.book;
    let (refused, damaged) = disk::set_aside(dir)?;
    let link = match fs::read(dir.join(LINK)) {
        Ok(bytes) => serde_json::from_slice(&bytes).ok(),
        Err(_) => None,
    };
    let (waiting, bytes, oldest_ms) = (book.waiting.len() as u64, book.bytes(), book.oldest_ms());
    Ok(Status { waiting, bytes, oldest_ms, refused, damaged, link })
}

pub(super) fn write_link(dir: &Path, link: &Link) -> io::Result<()> {
    disk::replace(dir, LINK, &serde_json::to_vec(link)?)
}
