//! Which rows a search finds, for whom, and in which order.

use super::felt::{Slot, Thing};
use super::rad::{Seen, Things};
use super::sjekk::{Ask, Check};
use super::sporring::{Order, Search, Target};
use super::tabell::{Is, NONE, Row, Table};
use crate::access::{Sight, Viewer, combined};

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hits {
    /// All that match.
    pub count: usize,
    /// Those of the page: systemID, and of a dokumentbeskrivelse that of its registrering.
    pub page: Vec<(String, String)>,
}

/// A search by one viewer.
struct Hunt<'t> {
    table: &'t Table,
    search: &'t Search,
    checks: Vec<Check>,
    /// What each shield of the table leaves to be seen.
    sights: Vec<Sight>,
    /// The viewer's own system.
    own: Option<u32>,
    all: bool,
}

/// Where free text is looked for.
const FREE: [Slot; 6] =
    [Slot::Tittel, Slot::OffentligTittel, Slot::Beskrivelse, Slot::Noekkelord, Slot::Nummer, Slot::Navn];
/// Keys by which a hit is sorted, at most.
const KEYS: usize = 8;

/// Searches.
pub(super) fn find(table: &Table, search: &Search, viewer: &Viewer) -> Hits {
    let own = viewer.system.as_ref().and_then(|own| table.systems.iter().position(|system| system == own));
    let hunt = Hunt {
        table,
        search,
        checks: search.checks.iter().map(|check| with_classes(check, table)).collect(),
        sights: table.shields.iter().map(|shield| viewer.through(shield)).collect(),
        own: own.and_then(|own| u32::try_from(own).ok()),
        all: viewer.all,
    };
    let mut found = First::new(search.skip.saturating_add(search.take));
    for (at, row) in (0..).zip(&table.rows) {
        if !search.target.is(row, table) {
            continue;
        }
        let sight = hunt.sight(row);
        if sight != Sight::Unknown && hunt.holds(row, sight) {
            // Documents are in the order of their registreringer.
            let place = if row.is == Is::Dokumentbeskrivelse { (row.parent, at) } else { (at, 0) };
            found.push((hunt.keys(row, sight), place));
        }
    }
    let count = found.count;
    let page = found.sorted().into_iter().skip(search.skip);
    Hits { count, page: page.map(|(_, place)| hunt.ids(place)).collect() }
}

/// A hit: by what it is sorted, and where it is.
type Hit = ([i64; KEYS], (u32, u32));

/// The first hits in their order, of all that are pushed.
struct First {
    most: usize,
    /// Of all that were pushed.
    count: usize,
    kept: Vec<Hit>,
    /// What is not before it is none of the first.
    bound: Option<Hit>,
}

impl First {
    fn new(most: usize) -> Self {
        Self { most, count: 0, kept: Vec::new(), bound: None }
    }

    fn push(&mut self, hit: Hit) {
        self.count += 1;
        if self.bound.is_some_and(|bound| hit >= bound) {
            return;
        }
        self.kept.push(hit);
        if self.kept.len() > self.most.saturating_mul(2) {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if self.kept.len() > self.most {
            let (_, bound, _) = self.kept.select_nth_unstable(self.most);
            self.bound = Some(*bound);
            self.kept.truncate(self.most);
        }
    }

    fn sorted(mut self) -> Vec<Hit> {
        self.prune();
        self.kept.sort_unstable();
        self.kept
    }
}

impl Target {
    fn is(self, row: &Row, table: &Table) -> bool {
        match self {
            Self::Mappe => matches!(row.is, Is::Mappe | Is::Saksmappe),
            Self::Saksmappe => row.is == Is::Saksmappe,
            Self::Registrering => matches!(row.is, Is::Registrering | Is::Journalpost),
            Self::Journalpost => row.is == Is::Journalpost,
            Self::JournalpostMedSaksmappe => row.is == Is::Journalpost && case_of(row, table).is_some(),
            Self::Dokumentbeskrivelse => row.is == Is::Dokumentbeskrivelse,
        }
    }
}

fn case_of<'t>(row: &Row, table: &'t Table) -> Option<&'t Row> {
    table.rows.get(row.parent as usize).filter(|case| case.is == Is::Saksmappe)
}

/// A check on texts of classes, with the classes that have such.
fn with_classes(check: &Check, table: &Table) -> Check {
    let mut check = check.clone();
    if let Ask::OfClass { slot, text, classes } = &mut check.ask {
        let of_title = *slot == Slot::Tittel;
        let value = |class: &super::tabell::Class| {
            let value = if of_title { &class.title } else { &class.description };
            !value.is_empty() && text.finds(value.as_bytes())
        };
        *classes =
            table.classes.iter().filter(|(_, class)| value(class)).map(|(key, _)| key.clone()).collect();
    }
    check
}

impl Hunt<'_> {
    fn sight(&self, row: &Row) -> Sight {
        if self.all || self.own.is_some_and(|own| own == row.by) {
            return Sight::Whole;
        }
        let own = |row: &Row| self.sights.get(row.shield as usize).copied().unwrap_or(Sight::Masked);
        let mut sight = own(row);
        let mut above = row.parent;
        while let Some(holder) = self.table.rows.get(above as usize).filter(|_| above != NONE) {
            if holder.is == Is::Nothing {
                break;
            }
            sight = combined(sight, own(holder));
            above = holder.parent;
        }
        sight
    }

    /// Whether of each sort of thing there is one of which all holds that was asked of that sort, and each word is somewhere.
    fn holds(&self, row: &Row, sight: Sight) -> bool {
        let of_case = |check: &Check| check.thing == Thing::Sak;
        if self.search.asks_of(Thing::Sak) {
            let Some(case) = case_of(row, self.table) else { return false };
            let seen = Things(self.table.row(case).1).next(self.sight(case));
            let holds =
                |seen: Seen<'_>| self.checks.iter().filter(|one| of_case(one)).all(|one| one.holds(seen));
            if !seen.is_some_and(holds) {
                return false;
            }
        }
        let values = self.table.row(row).1;
        let sorts = self.checks.iter().filter(|check| !of_case(check));
        let wanted = sorts.fold(0_u16, |wanted, check| wanted | 1 << check.thing as u16);
        let mut held = 0;
        let mut things = Things(values);
        while held != wanted {
            let Some(seen) = things.next(sight) else { return false };
            let sort = 1 << u16::from(seen.thing);
            if wanted & sort == 0 || held & sort != 0 {
                continue;
            }
            let mut asked = self.checks.iter().filter(|check| check.thing as u8 == seen.thing);
            if asked.all(|check| check.holds(seen)) {
                held |= sort;
            } else if seen.thing == Thing::Unit as u8 {
                // There is no other.
                return false;
            }
        }
        self.has_words(values, sight)
    }

    fn has_words(&self, values: &[u8], sight: Sight) -> bool {
        self.search.words.iter().all(|word| {
            // Whether the word is anywhere at all is told fast, and mostly it is not.
            word.find(values).is_some() && free_texts(values, sight).any(|text| word.find(text).is_some())
        })
    }

    fn keys(&self, row: &Row, sight: Sight) -> [i64; KEYS] {
        let mut keys = [0; KEYS];
        if self.search.order.is_empty() {
            return keys;
        }
        let Some(unit) = Things(self.table.row(row).1).next(sight) else { return keys };
        let orders = self
            .search
            .order
            .iter()
            .flat_map(|Order { by, descending }| by.iter().flatten().map(|slot| (*slot, *descending)));
        for (key, (slot, descending)) in keys.iter_mut().zip(orders) {
            let value = unit.number(slot).unwrap_or(i64::MIN);
            *key = if descending { !value } else { value };
        }
        keys
    }

    fn ids(&self, (first, second): (u32, u32)) -> (String, String) {
        let id = |at: u32| {
            let row = self.table.rows.get(at as usize);
            row.map(|row| self.table.row(row).0.to_owned()).unwrap_or_default()
        };
        if self.search.target == Target::Dokumentbeskrivelse {
            return (id(second), id(first));
        }
        (id(first), String::new())
    }
}

fn free_texts(values: &[u8], sight: Sight) -> impl Iterator<Item = &[u8]> {
    let mut things = Things(values);
    std::iter::from_fn(move || things.next(sight))
        .filter(|seen| seen.thing != Thing::Klassifikasjon as u8)
        .flat_map(|seen| seen.values().filter(|(slot, _)| FREE.iter().any(|free| *free as u8 == *slot)))
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_are_those_that_sorting_all_puts_first(
            keys in proptest::collection::vec(0..40_i64, 0..300), most in 0..60_usize,
        ) {
            let mut all: Vec<Hit> = (0..).zip(&keys).map(|(at, key)| ([*key; KEYS], (at, 0))).collect();
            let mut first = First::new(most);
            all.iter().for_each(|hit| first.push(*hit));
            prop_assert_eq!(first.count, all.len());
            all.sort_unstable();
            all.truncate(most);
            prop_assert_eq!(first.sorted(), all);
        }
    }
}
