//! Which encoding a file has: what programs write that say nothing about it.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The text, without a byte order mark, and what it was written in. Windows-1252 holds all of Latin-1 that is text.
pub(super) fn decode(bytes: &[u8]) -> (String, &'static str) {
    if let Some((marked, length)) = Encoding::for_bom(bytes) {
        let (text, _) = marked.decode_without_bom_handling(&bytes[length..]);
        return (text.into_owned(), if marked == UTF_8 { "utf-8" } else { "utf-16" });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), "utf-8"),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), "latin-1"),
    }
}
