//! A page of the public journal.

use samflyt_projection::StoreError;
use samflyt_proto::archive as pb;

use super::entry::Public;
use crate::records::Records;
use crate::records::keys::Place;

/// How many entries are looked at for one page.
const EXAMINED_MAX: usize = 5_000;

/// What is asked for. Days as `xs:date`.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Where it begins: a day, and a place in it.
    pub from: (String, Place),
    pub to: String,
    /// In lower case.
    pub search: String,
    pub journalenhet: String,
    pub administrativ_enhet: String,
    pub size: usize,
}

#[derive(Debug, Default)]
pub(super) struct Page {
    pub entries: Vec<pb::PublicEntry>,
    /// Where the next one begins; none: there is none.
    pub next: Option<(String, Place)>,
}

/// # Errors
/// Where the records cannot be read.
pub(super) fn page(records: &Records, public: &Public<'_>, asked: &Asked) -> Result<Page, StoreError> {
    let mut page = Page::default();
    let from = (asked.from.0.as_str(), asked.from.1);
    for (examined, stored) in records.dated(from, &asked.to).enumerate() {
        let stored = stored?;
        if page.entries.len() == asked.size || examined == EXAMINED_MAX {
            let day = stored.unit.text("/journaldato").and_then(|day| day.get(..10)).unwrap_or_default();
            page.next = Some((day.to_owned(), stored.place));
            break;
        }
        let Some(shown) = public.show(&stored)? else { continue };
        let is_of = |asked: &str, of: &str| asked.is_empty() || asked == of;
        if shown.is_found_by(&asked.search)
            && is_of(&asked.journalenhet, &shown.entry.journalenhet)
            && is_of(&asked.administrativ_enhet, &shown.entry.administrativ_enhet)
        {
            page.entries.push(shown.entry);
        }
    }
    Ok(page)
}
