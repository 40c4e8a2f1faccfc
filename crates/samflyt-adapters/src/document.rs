//! A file on its way to the archive: read in pieces, never whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::{UploadDocumentRequest, UploadStart};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

const PIECE_BYTES: usize = 256 * 1024;
/// How many pieces are read ahead of what the hub takes.
pub const PIECES_WAITING_MAX: usize = 8;

/// Opens a file, and not what a symbolic link in its place points to.
///
/// # Errors
/// Where it is a link, or cannot be opened.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// SHA-256 in hexadecimal digits, and the size in bytes.
///
/// # Errors
/// Where the file cannot be read.
pub fn measure(file: &mut File) -> io::Result<(String, u64)> {
    let (mut hasher, mut size) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            len => {
                hasher.update(&piece[..len]);
                size += len as u64;
            }
        }
    }
    Ok((hexadecimal(hasher), size))
}

pub(crate) fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends the file from the start's offset on, until its end or until nobody takes it any more. `sent` is told of the bytes of
/// each piece.
///
/// # Errors
/// Where the file cannot be read to its end.
pub async fn send(
    path: PathBuf,
    start: UploadStart,
    pieces: mpsc::Sender<UploadDocumentRequest>,
    sent: impl Fn(u64) + Send + 'static,
) -> io::Result<()> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut file = open(&path)?;
        file.seek(SeekFrom::Start(start.offset))?;
        let mut part = Part::Start(start);
        while pieces.blocking_send(UploadDocumentRequest { part: Some(part) }).is_ok() {
            let mut piece = vec![0; PIECE_BYTES];
            let len = file.read(&mut piece)?;
            if len == 0 {
                break;
            }
            piece.truncate(len);
            sent(len as u64);
            part = Part::Content(piece.into());
        }
        Ok(())
    });
    reading.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (secret, link) = (dir.path().join("secret"), dir.path().join("link"));
        std::fs::write(&secret, "a").unwrap();
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        assert!(open(&link).is_err());
        let (digest, size) = measure(&mut open(&secret).unwrap()).unwrap();
        assert_eq!((&digest[..8], size), ("ca978112", 1));
    }
}
