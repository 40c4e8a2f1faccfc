//! `loependeJournal.xml` and `offentligJournal.xml`: the journalposter by their numbers.

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_noark::grammar::Root;
use samflyt_noark::noark5::grammar::{loepende_journal, offentlig_journal};
use samflyt_noark::noark5::say::{self, Journal, JournalHead, Post};
use samflyt_noark::unit::Kind;
use samflyt_noark::write::Writer;
use samflyt_projection::StoreError;
use serde_json::{Value, json};

use super::outgoing::{Ended, Outgoing, PIECE_BYTES, unsaid};
use super::{Extract, Written};
use crate::records::keys::Series;
use crate::records::{Stored, first_class};

pub(super) const LOEPENDE: &str = "loependeJournal.xml";
pub(super) const OFFENTLIG: &str = "offentligJournal.xml";
/// How many classes and mapper are remembered.
const CLASSES_MAX: usize = 4096;
const MAPPER_MAX: usize = 256;

/// Writes those of the journals that have something in them.
pub(super) fn journals(extract: &Extract, written: &Written, out: &mut Outgoing) -> Result<(), Ended> {
    if written.counts.journalposter == 0 {
        return Ok(());
    }
    let mut journals = vec![File::begin(extract, written, Journal::Loepende)?];
    if written.public > 0 {
        journals.push(File::begin(extract, written, Journal::Offentlig)?);
    }
    let mut known = Known::default();
    let arkiv = &extract.scope.arkiv.unit.system_id;
    for year in extract.records.years(Series::Journal, arkiv)? {
        for numbered in extract.records.numbers(Series::Journal, arkiv, year) {
            let (number, id) = numbered?;
            let Some(post) = extract.records.unit(Kind::Registrering, &id)? else { continue };
            if !has_number(&post, year, number) || !extract.scope.is_of(&extract.records, &post)? {
                continue;
            }
            let around = extract.around(&post, &mut known)?;
            for journal in &mut journals {
                journal.enter(extract, &post, &around, out)?;
            }
        }
    }
    journals.into_iter().try_for_each(|journal| journal.end(out))
}

/// A journalpost that was moved may have had another number before.
fn has_number(post: &Stored, year: i32, number: i64) -> bool {
    let is = |member: &str, value: i64| post.unit.doc.get(member).and_then(Value::as_i64) == Some(value);
    is("journalaar", year.into()) && is("journalsekvensnummer", number)
}

/// Whether a registrering is in the public journal, by its document and that of the mappe that it is in.
pub(super) fn is_public(post: &Value, mappe: Option<&Value>) -> bool {
    say::is_public(post) && mappe.is_none_or(|mappe| mappe.get("gradering").is_none())
}

/// What a journalpost is in.
struct Around {
    klasse: Option<Value>,
    mappe: Option<Arc<Stored>>,
    /// The class says who somebody is.
    class_is_hidden: bool,
}

type Classes = HashMap<(String, String), Option<Value>>;

/// What was read lately.
#[derive(Default)]
struct Known {
    classes: Classes,
    mapper: HashMap<String, Arc<Stored>>,
}

impl Extract {
    /// The mappe that a registrering is in.
    fn mappe_of(&self, post: &Stored, known: &mut Known) -> Result<Option<Arc<Stored>>, StoreError> {
        let Some(parent) = post.unit.parent.as_deref().filter(|parent| *parent != self.scope.id()) else {
            return Ok(None);
        };
        if let Some(mappe) = known.mapper.get(parent) {
            return Ok(Some(Arc::clone(mappe)));
        }
        let Some(mappe) = self.records.unit(Kind::Mappe, parent)?.map(Arc::new) else { return Ok(None) };
        if known.mapper.len() >= MAPPER_MAX {
            known.mapper.clear();
        }
        known.mapper.insert(parent.to_owned(), Arc::clone(&mappe));
        Ok(Some(mappe))
    }

    fn around(&self, post: &Stored, known: &mut Known) -> Result<Around, StoreError> {
        let mappe = self.mappe_of(post, known)?;
        let placed = mappe.as_deref().unwrap_or(post);
        let hidden = placed.unit.doc.pointer("/klassifikasjon/0/erSkjermet") == Some(&json!(true));
        let klasse = match first_class(&placed.unit.doc) {
            Some(class) => self.klasse(class, &mut known.classes)?,
            None => None,
        };
        Ok(Around { klasse, mappe, class_is_hidden: hidden })
    }

    fn klasse(
        &self,
        (system, class): (&str, &str),
        known: &mut Classes,
    ) -> Result<Option<Value>, StoreError> {
        let key = (system.to_owned(), class.to_owned());
        if let Some(klasse) = known.get(&key) {
            return Ok(klasse.clone());
        }
        let found = match self.records.klassifikasjonssystem(system)? {
            Some(system) => self.records.klasse(&system.unit.system_id, class)?,
            None => None,
        };
        let klasse = found.map(|klasse| klasse.unit.doc);
        if known.len() >= CLASSES_MAX {
            known.clear();
        }
        known.insert(key, klasse.clone());
        Ok(klasse)
    }
}

/// A journal that is being written.
struct File {
    journal: Journal,
    root: &'static Root,
    path: &'static str,
    writer: Writer,
    promised: u64,
    entered: u64,
}

impl File {
    fn begin(extract: &Extract, written: &Written, journal: Journal) -> Result<Self, Ended> {
        let (root, path, promised) = match journal {
            Journal::Loepende => (&loepende_journal::ROOT, LOEPENDE, written.counts.journalposter),
            Journal::Offentlig => (&offentlig_journal::ROOT, OFFENTLIG, written.public),
        };
        let arkiv = &extract.scope.arkiv.unit;
        let today = extract.at.get(..10).unwrap_or_default();
        let (from, to) = written.journal.as_ref().map_or((today, today), |(from, to)| (from, to));
        let head = say::journalhode(&JournalHead { from, to, posts: promised, arkiv: &arkiv.doc });
        let mut writer = Writer::new();
        writer.open_root(root);
        let elements = root.content.all();
        let head = json!({ "journalhode": head });
        writer.some(&elements[..1], &head).map_err(unsaid(&arkiv.system_id))?;
        Ok(Self { journal, root, path, writer, promised, entered: 0 })
    }

    fn enter(
        &mut self,
        extract: &Extract,
        post: &Stored,
        around: &Around,
        out: &mut Outgoing,
    ) -> Result<(), Ended> {
        let doc = &post.unit.doc;
        let is_public = self.journal == Journal::Offentlig;
        let mappe = around.mappe.as_deref();
        if is_public && !self::is_public(doc, mappe.map(|mappe| &mappe.unit.doc)) {
            return Ok(());
        }
        let klasse = around.klasse.as_ref().filter(|_| !(is_public && around.class_is_hidden));
        let saksmappe = mappe.filter(|mappe| mappe.unit.type_name() == Some("saksmappe"));
        let post_in = Post { klasse, saksmappe: saksmappe.map(|mappe| &mappe.unit.doc), journalpost: doc };
        let entry = extract.saying(|extraction| say::journalregistrering(self.journal, post_in, extraction));
        let elements = self.root.content.all();
        let entry = json!({ "journalregistrering": [entry] });
        self.writer.some(&elements[1..], &entry).map_err(unsaid(&post.unit.system_id))?;
        self.entered += 1;
        if self.writer.len() >= PIECE_BYTES { out.piece(self.path, self.writer.take()) } else { Ok(()) }
    }

    fn end(mut self, out: &mut Outgoing) -> Result<(), Ended> {
        if self.entered != self.promised {
            let text = format!(
                "{} has {} journalposter where the structure has {}: extract it again when nobody changes records",
                self.path, self.entered, self.promised
            );
            return Err(Refusal::new(Reason::Conflict, text).into());
        }
        self.writer.close();
        out.piece(self.path, self.writer.take())
    }
}
