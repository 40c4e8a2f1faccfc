//! Work lists: restanse, forfall, kvalitet, kassasjon.
//!
//! Consumes registreringer in the order of their making, one at a time; gives those that are on a list. Kept true: no more
//! than a page is in memory, and no more than [`EXAMINED_MAX`] registreringer are read for one.

mod item;

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use samflyt_proto::archive as pb;
use serde_json::Value;
use time::Date;

use crate::records::decide::disposal::inherited::{Places, date};
use crate::records::decide::disposal::{Due, due};
use crate::records::decide::{avskrivning, quality};
use crate::records::keys::Place;
use crate::records::{Records, Stored};
use item::Named;

pub(crate) use item::who;

/// How many registreringer are read for one page, so that no request takes long: the caller goes on from where it came to.
pub(super) const EXAMINED_MAX: u64 = 20_000;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Restanse,
    /// Until this day.
    Forfall(Date),
    Kvalitet,
    Kassasjon,
}

/// What is asked for, and from where on.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub list: List,
    pub today: Date,
    pub journaldato_from: Option<Date>,
    pub journaldato_to: Option<Date>,
    pub administrativ_enhet: String,
    pub journalenhet: String,
    /// The systemID of an arkivdel.
    pub arkivdel: Option<String>,
    pub from: Place,
    pub size: usize,
}

#[derive(Debug, Default)]
pub(super) struct Page {
    pub items: Vec<pb::WorkItem>,
    /// Where the next one begins; none: there is none.
    pub next: Option<Place>,
    pub examined: u64,
}

/// Why a registrering is on a list.
enum Why {
    Owing(Vec<usize>),
    Unchecked,
    Due(Due),
}

/// A page of a work list.
///
/// # Errors
/// Where the records cannot be read.
pub(super) fn page(records: &Records, asked: &Asked) -> Result<Page, StoreError> {
    let mut page = Page::default();
    let mut places = Places::new(records);
    for stored in records.all_from(Kind::Registrering, asked.from) {
        let stored = stored?;
        if page.items.len() == asked.size || page.examined == EXAMINED_MAX {
            page.next = Some(stored.place);
            break;
        }
        page.examined += 1;
        let Some(why) = asked.why(&mut places, &stored.unit)? else { continue };
        let mappe = mappe_of(records, &stored.unit)?;
        let named = Named { registrering: &stored.unit, mappe: mappe.as_ref().map(|mappe| &mappe.unit) };
        if asked.administrativ_enhet.is_empty() || named.administrativ_enhet() == asked.administrativ_enhet {
            page.items.push(named.item(&why));
        }
    }
    Ok(page)
}

pub(crate) fn mappe_of(records: &Records, unit: &Unit) -> Result<Option<Stored>, StoreError> {
    unit.parent.as_ref().map_or(Ok(None), |parent| records.unit(Kind::Mappe, parent))
}

impl Asked {
    fn why(&self, places: &mut Places<'_>, unit: &Unit) -> Result<Option<Why>, StoreError> {
        if !self.selects(unit) {
            return Ok(None);
        }
        if self.list == List::Kassasjon {
            return Ok(due(places, unit, self.today)?.map(Why::Due));
        }
        if unit.type_name() != Some("journalpost") {
            return Ok(None);
        }
        let owing = || Some(avskrivning::owing(&unit.doc)).filter(|owing| !owing.is_empty()).map(Why::Owing);
        Ok(match self.list {
            List::Kvalitet => {
                let status = unit.code("journalstatus").unwrap_or_default();
                quality::UNCHECKED.contains(&status).then_some(Why::Unchecked)
            }
            List::Forfall(until) => {
                let is_due = day(unit, "/forfallsdato").is_some_and(|day| day <= until);
                Some(()).filter(|()| is_due).and_then(|()| owing())
            }
            List::Restanse | List::Kassasjon => owing(),
        })
    }

    fn selects(&self, unit: &Unit) -> bool {
        let dated = day(unit, "/journaldato");
        let from = self.journaldato_from.is_none_or(|from| dated.is_some_and(|day| day >= from));
        let to = self.journaldato_to.is_none_or(|to| dated.is_some_and(|day| day <= to));
        let of_unit = unit.doc.get("journalenhet").and_then(Value::as_str).unwrap_or_default();
        let journalenhet = self.journalenhet.is_empty() || self.journalenhet == of_unit;
        from && to && journalenhet && (self.arkivdel.is_none() || self.arkivdel == unit.arkivdel)
    }
}

fn day(unit: &Unit, pointer: &str) -> Option<Date> {
    unit.text(pointer).and_then(date)
}

#[cfg(test)]
mod tests;
