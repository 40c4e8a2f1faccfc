//! Opening a directory that may be damaged: in a thread of its own, since sled panics; then everything is read once and
//! compared with the checkpoint, since sled sometimes opens with entries missing.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{Checkpoint, checkpoint, panic_text};
use crate::{ProjectionConfig, StoreError, pack::Block, sum::Sum};

/// Bytes; smaller ones lose space to half-filled segments, larger ones hold more in memory before it is written.
const SEGMENT_SIZE: usize = 512 * 1024;

const LOCK_PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn open_guarded(
    path: &Path,
    version: u32,
    config: &ProjectionConfig,
) -> Result<(sled::Db, Checkpoint), StoreError> {
    let sled_config = sled::Config::new()
        .path(path)
        .mode(sled::Mode::LowSpace)
        .segment_size(SEGMENT_SIZE)
        .cache_capacity(config.cache_mib.max(4) << 20)
        .flush_every_ms(Some(config.flush_every_ms.max(1)));
    let thread = std::thread::Builder::new().name("sled-open".to_owned()).spawn(move || {
        let db = open_patiently(&sled_config)?;
        let checkpoint = verify(&db, version)?;
        Ok((db, checkpoint))
    });
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(opened)) => opened,
        Ok(Err(panic)) => Err(StoreError::Panicked(panic_text(&*panic))),
        Err(error) => Err(StoreError::Sled(error.into())),
    }
}

/// Sled's background threads let go of a closed directory late. Nobody else can hold it: the runner has a lock of its own.
fn open_patiently(config: &sled::Config) -> Result<sled::Db, StoreError> {
    let asked = Instant::now();
    loop {
        match config.open() {
            Err(error) if is_locked(&error) && asked.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) if is_locked(&error) => return Err(StoreError::Locked),
            opened => return Ok(opened?),
        }
    }
}

/// Sled gives the cause as text only.
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock"))
}

/// Reads everything. The checkpoint of an empty store is empty.
fn verify(db: &sled::Db, version: u32) -> Result<Checkpoint, StoreError> {
    let Some(summary) = db.get(checkpoint::SUMMARY)? else {
        return match db.iter().next().transpose()? {
            None => Ok(Checkpoint::default()),
            Some(_) => Err(StoreError::Corrupt("there are entries, and no checkpoint")),
        };
    };
    let (found, complete, expected) = checkpoint::decode_summary(&summary)?;
    if found != version {
        return Err(StoreError::Version { expected: version, found });
    }
    let mut verified = Checkpoint { complete, ..Checkpoint::default() };
    let mut last: Vec<u8> = Vec::new();
    for item in db.iter() {
        let (name, content) = item?;
        if *name == *checkpoint::SUMMARY {
            continue;
        }
        if name.first() == Some(&0) {
            let (stream, position) = checkpoint::decode_position(&name, &content)?;
            verified.sum.add(&name, &content);
            verified.positions.insert(stream, position);
        } else {
            add_block(&name, &content, &mut last, &mut verified.sum)?;
        }
    }
    if verified.sum != expected {
        return Err(StoreError::SumDiffers { expected: expected.count, found: verified.sum.count });
    }
    Ok(verified)
}

fn add_block(name: &[u8], content: &[u8], last: &mut Vec<u8>, sum: &mut Sum) -> Result<(), StoreError> {
    let pairs = Block::parse(content)?.pairs()?;
    for (key, value) in &pairs {
        if key.as_slice() < name || key.first() != name.first() || key <= last {
            return Err(StoreError::Corrupt("an entry is not where it belongs"));
        }
        sum.add(key, value);
        last.clone_from(key);
    }
    Ok(())
}
