//! The search (`innsyn.sok`).
//!
//! Consumes a request's document; gives a page of what matches, and how many do. Kept true: a search finds and counts what a
//! filter over the documents as the viewer may see them would; what is shielded is told neither by a hit nor by a number.
//! Every parameter is case-insensitive but external keys; of parameters on the same sort of thing (a party, a klassifikasjon)
//! all hold of the same one.
//!
//! It runs over a [`Table`] in memory, one for each municipality, built when it is first needed and kept up with the records.

mod felt;
mod jokertegn;
mod rad;
mod sjekk;
mod sporring;
mod svar;
mod tabell;
mod treff;
mod verdi;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock, RwLockWriteGuard};
use samflyt_events::TenantId;
use samflyt_noark::fiks::Schema;
use samflyt_projection::StoreError;
use serde_json::Value;

use super::answer::Included;
use crate::access::Viewer;
use crate::records::Records;
use crate::records::decide::Trouble;

use sporring::Search;
use svar::{Answering, Responstype};
use tabell::Table;
use treff::Hits;

/// The state that a table was made of: one that is folded anew has another.
#[derive(Debug, Default)]
struct State;

/// A municipality's table; none: it is not built.
type Kept = Arc<RwLock<Option<(Arc<State>, Table)>>>;

/// The tables of all municipalities.
#[derive(Default)]
pub(crate) struct Searches {
    tables: Mutex<HashMap<TenantId, Kept>>,
    /// How many hits one answer has at most.
    take_max: u32,
}

impl Searches {
    pub fn new(take_max: u32) -> Self {
        Self { tables: Mutex::default(), take_max }
    }

    /// Answers a search: the answer's schema and document. The first one for a municipality reads all its records: call it
    /// where it may block.
    ///
    /// # Errors
    /// [`Trouble::Invalid`] where a parameter is not right.
    pub fn sok(
        &self,
        records: &Records,
        viewer: &Viewer,
        request: &Value,
    ) -> Result<(Schema, Value), Trouble> {
        let search = Search::of(request, self.take_max).map_err(Trouble::Invalid)?;
        let hits = self.hits(records, viewer, &search)?;
        let answering = Answering {
            records,
            viewer,
            target: search.target,
            responstype: Responstype::of(request),
            included: Included::of(request.get("sokdefinisjon").unwrap_or(&Value::Null)),
            systems: HashMap::new(),
        };
        Ok(answering.answer(request, &hits)?)
    }

    fn hits(&self, records: &Records, viewer: &Viewer, search: &Search) -> Result<Hits, StoreError> {
        let kept = Arc::clone(self.tables.lock().entry(records.tenant.clone()).or_default());
        let state = records.view.remembered::<State>();
        let position = tabell::position(records);
        let is_up = |table: &Option<(Arc<State>, Table)>| {
            table.as_ref().is_some_and(|(of, table)| Arc::ptr_eq(of, &state) && table.sequence >= position)
        };
        let read = kept.read();
        let read = if is_up(&read) {
            read
        } else {
            drop(read);
            let mut table = kept.write();
            match &mut *table {
                Some((of, table)) if Arc::ptr_eq(of, &state) => table.catch_up(records)?,
                _ => *table = Some((state, Table::build(records)?)),
            }
            RwLockWriteGuard::downgrade(table)
        };
        let nothing = Hits { count: 0, page: Vec::new() };
        Ok(read.as_ref().map_or(nothing, |(_, table)| treff::find(table, search, viewer)))
    }
}

#[cfg(test)]
mod tests;
