//! Where a store stands. Key family 0, beside the blocks; persisted, keep stable:
//!
//! | key | value |
//! | --- | --- |
//! | `0 'p' <stream>` | sequence u64, created i128 (Unix nanoseconds): in the sum like any entry |
//! | `0 's'` | version u32, complete u8, count u64, hash u128: the sum of everything else |

use std::{collections::BTreeMap, sync::Arc};

use crate::{StoreError, sum::Sum};

/// How far a stream was folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub sequence: u64,
    /// When the stream was made, in Unix nanoseconds: tells it from a later one of the same name.
    pub created: i128,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub positions: BTreeMap<Arc<str>, Position>,
    pub sum: Sum,
    /// Whether it has ever caught up with the log.
    pub complete: bool,
}

pub(super) const SUMMARY: &[u8] = b"\0s";
const POSITION: &[u8] = b"\0p";

impl Checkpoint {
    pub fn set_position(&mut self, stream: &Arc<str>, position: Position, batch: &mut sled::Batch) {
        let key = [POSITION, stream.as_bytes()].concat();
        if let Some(old) = self.positions.insert(stream.clone(), position) {
            self.sum.subtract(&key, &encode(old));
        }
        let value = encode(position);
        self.sum.add(&key, &value);
        batch.insert(key, &value);
    }

    pub fn write_summary(&self, version: u32, batch: &mut sled::Batch) {
        let mut value = Vec::with_capacity(29);
        value.extend_from_slice(&version.to_be_bytes());
        value.push(u8::from(self.complete));
        value.extend_from_slice(&self.sum.count.to_be_bytes());
        value.extend_from_slice(&self.sum.hash.to_be_bytes());
        batch.insert(SUMMARY, value);
    }
}

/// Version, complete, sum.
pub(super) fn decode_summary(value: &[u8]) -> Result<(u32, bool, Sum), StoreError> {
    let value: &[u8; 29] =
        value.try_into().map_err(|_| StoreError::Corrupt("the checkpoint has another length"))?;
    let mut bytes = value.iter().copied();
    let version = u32::from_be_bytes(take(&mut bytes));
    let [complete] = take(&mut bytes);
    let count = u64::from_be_bytes(take(&mut bytes));
    let hash = u128::from_be_bytes(take(&mut bytes));
    Ok((version, complete != 0, Sum { count, hash }))
}

/// The stream and how far it was folded, where the key is a position's.
pub(super) fn decode_position(key: &[u8], value: &[u8]) -> Result<(Arc<str>, Position), StoreError> {
    let stream = key.strip_prefix(POSITION).and_then(|name| std::str::from_utf8(name).ok());
    let (Some(stream), Ok(value)) = (stream, <&[u8; 24]>::try_from(value)) else {
        return Err(StoreError::Corrupt("an entry of the checkpoint cannot be read"));
    };
    let mut bytes = value.iter().copied();
    let sequence = u64::from_be_bytes(take(&mut bytes));
    let created = i128::from_be_bytes(take(&mut bytes));
    Ok((stream.into(), Position { sequence, created }))
}

fn encode(position: Position) -> [u8; 24] {
    let mut value = [0; 24];
    value[..8].copy_from_slice(&position.sequence.to_be_bytes());
    value[8..].copy_from_slice(&position.created.to_be_bytes());
    value
}

/// The next bytes; zeros where there are none, which the lengths above rule out.
fn take<const N: usize>(bytes: &mut impl Iterator<Item = u8>) -> [u8; N] {
    std::array::from_fn(|_| bytes.next().unwrap_or_default())
}
