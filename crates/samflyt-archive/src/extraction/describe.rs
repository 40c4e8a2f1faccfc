//! `arkivuttrekk.xml`, when all else is written.

use samflyt_noark::noark5::addml::{self, DataFile, Description, Period};
use samflyt_proto::archive::ExtractionDone;
use samflyt_proto::archive::export_arkivdel_response::Part;
use serde_json::Value;

use super::outgoing::{Ended, Outgoing};
use super::{Extract, Written, changes, journals, walk};
use crate::records::list;

const FILE: &str = "arkivuttrekk.xml";

pub(super) fn arkivuttrekk(
    extract: &Extract,
    written: &Written,
    endringer: u64,
    out: &mut Outgoing,
) -> Result<(), Ended> {
    let (arkiv, arkivdel) = (&extract.scope.arkiv.unit, &extract.scope.arkivdel.unit);
    let creators = list(&arkiv.doc, "arkivskaper").iter();
    let creators = creators.filter_map(|creator| creator.get("arkivskaperNavn").and_then(Value::as_str));
    let (from, to) = span(extract, written);
    let system = format!("Samflyt {}", env!("CARGO_PKG_VERSION"));
    let follows = arkivdel.doc.get("referanseForloeper").is_some();
    let text = addml::arkivuttrekk(&Description {
        arkivskaper: creators.collect(),
        system: &system,
        arkiv: arkiv.text("/tittel").unwrap_or_default(),
        from: &from,
        to: &to,
        before: if follows && extract.scope.period.is_none() { Period::Soft } else { Period::Sharp },
        after: if extract.scope.period.is_none() { Period::Soft } else { Period::Sharp },
        counts: written.counts,
        document_files: written.documents,
        files: files(written, endringer, out),
        schemas: &extract.schemas,
    });
    out.piece(FILE, text)?;
    out.give(Part::Done(ExtractionDone {
        mapper: written.counts.mapper,
        registreringer: written.counts.registreringer,
        journalposter: written.counts.journalposter,
        public_journalposter: written.public,
        endringer,
        documents: written.documents,
        sequence: extract.scope.until,
    }))
}

/// The metadata files that were written.
fn files(written: &Written, endringer: u64, out: &Outgoing) -> Vec<DataFile> {
    let counts = &written.counts;
    let structure = vec![("mappe", counts.mapper), ("registrering", counts.registreringer)];
    let all = [
        ("arkivstruktur", walk::FILE, structure),
        ("endringslogg", changes::FILE, vec![("endring", endringer)]),
        ("loependeJournal", journals::LOEPENDE, vec![("journalregistrering", counts.journalposter)]),
        ("offentligJournal", journals::OFFENTLIG, vec![("journalregistrering", written.public)]),
    ];
    let described = all.into_iter().filter_map(|(name, path, occurrences)| {
        Some(DataFile { name, sha256: out.digest(path)?, occurrences })
    });
    described.collect()
}

/// The first and the last day of the archive's period: of the extraction's own period, of the arkivdel, of what is in it.
fn span(extract: &Extract, written: &Written) -> (String, String) {
    if let Some(period) = &extract.scope.period {
        return period.clone();
    }
    let arkivdel = &extract.scope.arkivdel.unit;
    let today = extract.at.get(..10).unwrap_or_default();
    let (first, last) = written.created.as_ref().map_or((today, today), |(first, last)| (first, last));
    let said = |pointer: &str, otherwise: &str| arkivdel.text(pointer).unwrap_or(otherwise).to_owned();
    (said("/arkivperiodeStartDato", first), said("/arkivperiodeSluttDato", last))
}
