//! The file of a document.

use serde_json::Value;

use crate::Digest;
use crate::access::{Sight, Viewer};
use crate::messages::Attachment;
use crate::records::decide::find::leads_to_nothing;
use crate::records::decide::{Problem, Trouble};
use crate::records::{Records, Stored, described, list};

const AT: &str = "/dokumentfilHent/dokumentfilNoekkel/systemID";

/// `innsyn.dokumentfil.hent`: the file of a dokumentobjekt, or of a dokumentbeskrivelse whose newest version is one file.
///
/// # Errors
/// [`Trouble`]; `NotFound` also for what the viewer may not see.
pub(crate) fn dokumentfil_hent(
    records: &Records,
    viewer: &Viewer,
    request: &Value,
) -> Result<Attachment, Trouble> {
    let id = request.pointer("/dokumentfilNoekkel/systemID").and_then(Value::as_str).unwrap_or_default();
    let id = id.to_lowercase();
    let nothing = || leads_to_nothing(AT.to_owned());
    let holder = records.holder_of_part(&id)?.ok_or_else(nothing)?;
    let seen = seen_document(records, viewer, &holder, &id)?.ok_or_else(nothing)?;
    let objects = list(seen, "dokumentobjekt");
    let is_it = |part: &Value| part.get("systemID").and_then(Value::as_str) == Some(id.as_str());
    let object = match objects.iter().find(|object| is_it(object)) {
        Some(object) => object,
        None => newest(objects)?,
    };
    attachment(object).ok_or_else(nothing)
}

/// The dokumentbeskrivelse that has this id or a dokumentobjekt with it, where the viewer sees its files.
fn seen_document<'h>(
    records: &Records,
    viewer: &Viewer,
    holder: &'h Stored,
    id: &str,
) -> Result<Option<&'h Value>, Trouble> {
    let is_it = |part: &Value| part.get("systemID").and_then(Value::as_str) == Some(id);
    let found =
        described(&holder.unit.doc).find(|one| is_it(one) || list(one, "dokumentobjekt").iter().any(is_it));
    let of_unit = viewer.sight(records, holder)?;
    let sees =
        |one: &&Value| viewer.sight_of_document(&crate::access::Shield::of(one), of_unit) < Sight::Masked;
    Ok(found.filter(sees))
}

/// The one file of the highest version.
fn newest(objects: &[Value]) -> Result<&Value, Trouble> {
    let version = |object: &Value| object.get("versjonsnummer").and_then(Value::as_i64).unwrap_or(0);
    let last = objects.iter().map(version).max();
    let mut current = objects.iter().filter(|object| Some(version(object)) == last);
    match (current.next(), current.next()) {
        (Some(object), None) => Ok(object),
        (None, _) => Err(leads_to_nothing(AT.to_owned())),
        _ => {
            let advice = "name the dokumentobjekt of the variant that is wanted";
            Err(Problem::new(AT, "leads to a document with several variants", advice).into())
        }
    }
}

fn attachment(object: &Value) -> Option<Attachment> {
    let text = |member: &str| object.get(member).and_then(Value::as_str);
    let name = text("filnavn").or_else(|| text("referanseDokumentfil"))?;
    let digest = Digest::parse(text("sjekksum")?).ok()?;
    let size = object.get("filstoerrelse").and_then(Value::as_u64)?;
    Some(Attachment { name: name.to_owned(), digest, size })
}
