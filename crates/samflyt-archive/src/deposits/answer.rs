//! The data of an answer, as its contract says.

use samflyt_noark::unit::Kind;
use samflyt_projection::StoreError;
use serde_json::{Map, Value, json};

use super::{ACCEPTED, REJECTED};
use crate::documents::DocumentStore;
use crate::records::decide::Problem;
use crate::records::decide::create::receipt;
use crate::records::decide::files::FileFact;
use crate::records::{Records, parts};

/// Problems of one answer: it has to fit into an event.
const PROBLEMS_MAX: usize = 1_000;

/// What the archive answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub kind: &'static str,
    pub data: Value,
}

const MAPPE: [&str; 5] =
    ["systemID", "mappeID", "saksaar", "sakssekvensnummer", "opprettetEllerEksisterende"];
const REGISTRERING: [&str; 6] = [
    "systemID",
    "registreringsID",
    "journalaar",
    "journalsekvensnummer",
    "journalpostnummer",
    "opprettetEllerEksisterende",
];

/// `kvittering`: a document in the words of `arkivmeldingKvittering`, or what is known of it.
pub(super) fn accepted(
    request: &str,
    kvittering: &Value,
    files: &[FileFact],
    records: &Records,
    store: &DocumentStore,
) -> Result<Answer, StoreError> {
    let mut data = Map::new();
    data.insert("request".to_owned(), json!(request));
    for (member, from, kept) in [
        ("mappe", "mappeKvittering", &MAPPE[..]),
        ("registrering", "registreringKvittering", &REGISTRERING[..]),
    ] {
        if let Some(receipt) = kvittering.get(from) {
            data.insert(member.to_owned(), Value::Object(receipt::kept(receipt, kept)));
        }
    }
    let id = kvittering.pointer("/registreringKvittering/systemID").and_then(Value::as_str);
    let registrering = match id {
        Some(id) => records.unit(Kind::Registrering, id)?.map(|stored| stored.unit.doc),
        None => None,
    };
    let mut warnings = not_made(kvittering);
    let mut documents = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let warning = store.format_warning(file);
        let mut document = json!({
            "name": file.name, "sha256": file.digest, "size": file.size,
            "format": {
                "media_type": file.mime_type, "profile": file.format_details, "approved": warning.is_none(),
            },
        });
        if let Some(id) = registrering.as_ref().and_then(|doc| object_of(doc, &file.digest)) {
            document["systemID"] = json!(id);
        }
        documents.push(document);
        let at = format!("/data/documents/{index}");
        warnings.extend(warning.map(|warning| Problem { field: at, ..warning }));
    }
    data.insert("documents".to_owned(), Value::Array(documents));
    data.insert("warnings".to_owned(), json!(warnings));
    Ok(Answer { kind: ACCEPTED, data: Value::Object(data) })
}

pub(super) fn rejected(request: &str, problems: &[Problem]) -> Answer {
    let mut told: Vec<Problem> = problems.iter().take(PROBLEMS_MAX).cloned().collect();
    if let Some(more) = problems.len().checked_sub(PROBLEMS_MAX).filter(|more| *more > 0) {
        let advice = "mend those that are told, and ask again";
        told.push(Problem::new("", format!("has {more} more problems"), advice));
    }
    Answer { kind: REJECTED, data: json!({ "request": request, "problems": told }) }
}

/// What the protocol's receipt of a partial failure says was not made. Why, is for the sender of the message.
fn not_made(kvittering: &Value) -> Vec<Problem> {
    let parts = [("mappe", "mappeFeilet"), ("registrering", "registreringFeilet")].into_iter();
    let failed = parts.filter(|(_, failed)| kvittering.get(failed).is_some());
    failed
        .map(|(part, _)| {
            Problem::new(format!("/{part}"), "was not made", "read the message's receipt: it says why")
        })
        .collect()
}

/// The systemID of the dokumentobjekt that has a document.
fn object_of<'d>(registrering: &'d Value, digest: &str) -> Option<&'d str> {
    let has_it = |part: &&Value| part.get("sjekksum").and_then(Value::as_str) == Some(digest);
    parts(registrering).find(has_it)?.get("systemID")?.as_str()
}
