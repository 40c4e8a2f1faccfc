//! Many entries in one item of sled: sorted blocks, named by a key that is no greater than any in them.
//!
//! A block holds keys of one family. The block of a key is the last one whose name is not greater. Entries leave a block
//! only by being removed, or to the right when it is split: so a forward scan that skips what it gave already, and a
//! backward scan that looks up each block anew, miss nothing that was there when they began.

mod block;
mod merge;
mod scan;

pub(crate) use block::{Block, encode};
pub(crate) use merge::{Writes, merge};
pub(crate) use scan::Scan;

use crate::StoreError;

/// The name and the content of the block where a key is, or would be.
pub(crate) fn block_of(
    tree: &sled::Tree,
    key: &[u8],
) -> Result<Option<(sled::IVec, sled::IVec)>, StoreError> {
    let Some(family) = key.get(..1) else { return Ok(None) };
    Ok(tree.range(family..=key).next_back().transpose()?)
}

pub(crate) fn get(tree: &sled::Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    match block_of(tree, key)? {
        Some((_, content)) => Ok(Block::parse(&content)?.get(key)?.map(<[u8]>::to_vec)),
        None => Ok(None),
    }
}
