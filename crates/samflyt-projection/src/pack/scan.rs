//! Entries in the order of their keys, forward or backward.

use std::ops::Bound;

use sled::Tree;

use super::{Block, block_of};
use crate::{Pair, StoreError};

/// All entries with `from <= key < to`. Consistent block by block, not as a whole.
pub(crate) struct Scan {
    tree: Tree,
    from: Vec<u8>,
    to: Option<Vec<u8>>,
    backward: bool,
    /// In reverse of the order they are given in.
    ready: Vec<Pair>,
    /// The block that was read last.
    name: Option<Vec<u8>>,
    ended: bool,
}

impl Scan {
    pub fn new(tree: Tree, from: Vec<u8>, to: Option<Vec<u8>>, backward: bool) -> Self {
        // What comes before the first family is the checkpoint's.
        let from = if from.first().is_none_or(|&family| family == 0) { vec![1] } else { from };
        let ended = to.as_ref().is_some_and(|to| *to <= from);
        Self { tree, from, to, backward, ready: Vec::new(), name: None, ended }
    }

    pub fn step(&mut self) -> Result<Option<Pair>, StoreError> {
        while self.ready.is_empty() && !self.ended {
            if self.backward { self.read_backward()? } else { self.read_forward()? }
        }
        Ok(self.ready.pop())
    }

    fn read_forward(&mut self) -> Result<(), StoreError> {
        let first = self.name.is_none();
        let block = if first { block_of(&self.tree, &self.from)? } else { None };
        let block = match block {
            Some(block) => Some(block),
            None => {
                let start = match &self.name {
                    Some(name) => Bound::Excluded(name.as_slice()),
                    None => Bound::Included(self.from.as_slice()),
                };
                self.tree.range::<&[u8], _>((start, Bound::Unbounded)).next().transpose()?
            }
        };
        let Some((name, content)) = block.filter(|(name, _)| self.is_before_end(name)) else {
            self.ended = true;
            return Ok(());
        };
        self.ready = Block::parse(&content)?.pairs()?;
        self.ready.retain(|(key, _)| *key >= self.from && self.to.as_ref().is_none_or(|to| key < to));
        if let Some((last, _)) = self.ready.last() {
            // What a split moves to the right meanwhile is not given twice.
            self.from.clone_from(last);
            self.from.push(0);
        }
        self.ready.reverse();
        self.name = Some(name.to_vec());
        Ok(())
    }

    /// Each block is looked up by the key it has to be below: a split moves nothing out of sight.
    fn read_backward(&mut self) -> Result<(), StoreError> {
        let end = match &self.to {
            Some(to) => Bound::Excluded(to.as_slice()),
            None => Bound::Unbounded,
        };
        let Some((name, content)) =
            self.tree.range::<&[u8], _>((Bound::Unbounded, end)).next_back().transpose()?
        else {
            self.ended = true;
            return Ok(());
        };
        self.ended = *name <= *self.from || name.first() == Some(&0);
        if name.first() == Some(&0) {
            return Ok(());
        }
        let mut pairs = Block::parse(&content)?.pairs()?;
        pairs.retain(|(key, _)| *key >= self.from && self.to.as_ref().is_none_or(|to| key < to));
        self.to = Some(pairs.first().map_or_else(|| name.to_vec(), |(first, _)| first.clone()));
        self.ready = pairs;
        Ok(())
    }

    fn is_before_end(&self, name: &[u8]) -> bool {
        self.to.as_ref().is_none_or(|to| name < to.as_slice())
    }
}
