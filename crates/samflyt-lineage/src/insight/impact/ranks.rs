//! Names in order: a number's place in it stands for the name wherever lines are ordered.

use std::collections::HashSet;
use std::sync::Arc;

use samflyt_projection::StoreError;

use super::page::rank;
use crate::names::Names;
use crate::projections::keys::Number;
use crate::walk::Map;

#[derive(Default)]
pub(super) struct Ranks {
    pub names: Vec<Arc<str>>,
    of: Map<Number, u32>,
}

impl Ranks {
    pub fn of(names: &mut Names<'_>, numbers: impl Iterator<Item = Number>) -> Result<Self, StoreError> {
        let distinct: HashSet<Number> = numbers.collect();
        let mut named = Vec::with_capacity(distinct.len());
        for number in distinct {
            named.push((names.name(number)?, number));
        }
        named.sort_unstable();
        let of = named.iter().enumerate().map(|(at, (_, number))| (*number, at as u32 * 2 + 1)).collect();
        Ok(Self { names: named.into_iter().map(|(name, _)| name).collect(), of })
    }

    /// As it stands in keys; 0 for what is not among them.
    pub fn rank(&self, number: Number) -> u32 {
        self.of.get(&number).copied().unwrap_or(0)
    }

    pub fn find(&self, name: &str) -> u32 {
        rank(&self.names, name)
    }
}
