//! A block's bytes: the prefix all keys share, then each entry's suffix and value, sorted by key. Lengths are LEB128.
//! Persisted, keep stable.

use crate::{Pair, StoreError};

const CUT: StoreError = StoreError::Corrupt("a block ends too early");

/// A block, read in place.
pub(crate) struct Block<'a> {
    prefix: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Block<'a> {
    pub fn parse(mut bytes: &'a [u8]) -> Result<Self, StoreError> {
        let length = length(&mut bytes)?;
        let (prefix, rest) = bytes.split_at_checked(length).ok_or(CUT)?;
        Ok(Self { prefix, rest })
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<&'a [u8]>, StoreError> {
        let Some(wanted) = key.strip_prefix(self.prefix) else { return Ok(None) };
        let mut rest = self.rest;
        while !rest.is_empty() {
            let (suffix, value) = entry(&mut rest)?;
            if suffix >= wanted {
                return Ok((suffix == wanted).then_some(value));
            }
        }
        Ok(None)
    }

    pub fn pairs(&self) -> Result<Vec<Pair>, StoreError> {
        let mut pairs = Vec::with_capacity(16);
        let mut rest = self.rest;
        while !rest.is_empty() {
            let (suffix, value) = entry(&mut rest)?;
            pairs.push(([self.prefix, suffix].concat(), value.to_vec()));
        }
        Ok(pairs)
    }
}

/// The bytes of a block. `pairs` is sorted by key.
pub(crate) fn encode(pairs: &[Pair]) -> Vec<u8> {
    let prefix = match pairs {
        [] => &[],
        [(only, _)] => only.as_slice(),
        [(first, _), .., (last, _)] => {
            let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
            &first[..shared]
        }
    };
    let size: usize = pairs.iter().map(|(key, value)| key.len() - prefix.len() + value.len() + 2).sum();
    let mut bytes = Vec::with_capacity(size + prefix.len() + 2);
    push_length(&mut bytes, prefix.len());
    bytes.extend_from_slice(prefix);
    for (key, value) in pairs {
        push_length(&mut bytes, key.len() - prefix.len());
        push_length(&mut bytes, value.len());
        bytes.extend_from_slice(&key[prefix.len()..]);
        bytes.extend_from_slice(value);
    }
    bytes
}

fn entry<'a>(rest: &mut &'a [u8]) -> Result<(&'a [u8], &'a [u8]), StoreError> {
    let (suffix_length, value_length) = (length(rest)?, length(rest)?);
    let (suffix, after) = rest.split_at_checked(suffix_length).ok_or(CUT)?;
    let (value, after) = after.split_at_checked(value_length).ok_or(CUT)?;
    *rest = after;
    Ok((suffix, value))
}

fn push_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

fn length(bytes: &mut &[u8]) -> Result<usize, StoreError> {
    let mut length = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(CUT)?;
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(length);
        }
    }
    Err(StoreError::Corrupt("a length in a block is too long"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn a_block_gives_back_what_went_in(
            pairs in collection::btree_map(collection::vec(0u8..4, 0..200), collection::vec(any::<u8>(), 0..200), 0..20),
            absent in collection::vec(0u8..4, 0..8),
        ) {
            let sorted: Vec<Pair> = pairs.clone().into_iter().collect();
            let bytes = encode(&sorted);
            let block = Block::parse(&bytes).unwrap();
            prop_assert_eq!(block.pairs().unwrap(), sorted);
            for (key, value) in &pairs {
                prop_assert_eq!(block.get(key).unwrap(), Some(value.as_slice()));
            }
            let found = block.get(&absent).unwrap().map(<[u8]>::to_vec);
            prop_assert_eq!(found.as_ref(), BTreeMap::get(&pairs, &absent));
        }

        #[test]
        fn any_bytes_are_a_block_or_an_error(bytes in collection::vec(any::<u8>(), 0..64)) {
            if let Ok(block) = Block::parse(&bytes) {
                let _ = block.pairs();
                let _ = block.get(&bytes);
            }
        }
    }
}
