//! One mappe or registrering, by a reference.

use samflyt_noark::fiks::arkivstruktur::{mappe, registrering};
use samflyt_noark::fiks::{Schema, codes};
use samflyt_noark::unit::Kind;
use serde_json::{Value, json};

use super::answer::{self, Included};
use crate::access::{Sight, Viewer};
use crate::records::decide::{Trouble, find};
use crate::records::{Records, Stored};

/// `innsyn.mappe.hent`: the document of a `mappeHentResultat`. The mappe is in the element `mappe` whatever its type is, as
/// the published cases have it; its `@type` says which.
///
/// # Errors
/// [`Trouble`]; `NotFound` also for what the viewer may not know of.
pub(crate) fn mappe_hent(records: &Records, viewer: &Viewer, request: &Value) -> Result<Value, Trouble> {
    let reference = request.get("referanseTilMappe").unwrap_or(&Value::Null);
    let stored = found(records, viewer, reference, "/mappeHent/referanseTilMappe", find::mappe)?;
    let shown = shown(records, viewer, &stored, &Included::of(request))?;
    let types = [&mappe::MAPPE, &mappe::SAKSMAPPE, &mappe::MOETEMAPPE];
    Ok(result(json!({"mappe": answer::typed(&types, "", &shown)}), Schema::MappeHentResultat))
}

/// `innsyn.registrering.hent`: the document of a `registreringHentResultat`. A journalpost is in an element of its own.
///
/// # Errors
/// As [`mappe_hent`].
pub(crate) fn registrering_hent(
    records: &Records,
    viewer: &Viewer,
    request: &Value,
) -> Result<Value, Trouble> {
    let reference = request.get("referanseTilRegistrering").unwrap_or(&Value::Null);
    let at = "/registreringHent/referanseTilRegistrering";
    let stored = found(records, viewer, reference, at, find::registrering)?;
    let shown = shown(records, viewer, &stored, &Included::of(request))?;
    let is_journalpost = stored.unit.type_name() == Some("journalpost");
    let answer = if is_journalpost {
        json!({"journalpost": answer::project(&registrering::JOURNALPOST, &shown)})
    } else {
        json!({"registrering": answer::typed(answer::REGISTRERINGER, "", &shown)})
    };
    Ok(result(answer, Schema::RegistreringHentResultat))
}

fn result(mut answer: Value, schema: Schema) -> Value {
    codes::fill_descriptions(&mut answer, schema.root());
    answer
}

fn shown(records: &Records, viewer: &Viewer, stored: &Stored, included: &Included) -> Result<Value, Trouble> {
    let mut shown = viewer.view(records, stored)?.unwrap_or_default();
    answer::place(records, &stored.unit, &mut shown)?;
    included.limit(&mut shown);
    Ok(shown)
}

/// What a reference leads to. Each of its identifiers is looked at by itself: that two lead to different things would tell of
/// one that is not for the viewer to know, and an external key is among what is shielded.
fn found(
    records: &Records,
    viewer: &Viewer,
    reference: &Value,
    at: &str,
    find: fn(&Records, &Value, &str) -> Result<Stored, Trouble>,
) -> Result<Stored, Trouble> {
    for (member, value) in reference.as_object().into_iter().flatten() {
        let stored = find(records, &json!({member: value}), at)?;
        let sight = viewer.sight(records, &stored)?;
        let by_shielded = sight == Sight::Masked && member == "referanseEksternNoekkel";
        if sight == Sight::Unknown || by_shielded {
            return Err(find::leads_to_nothing(format!("{at}/{member}")));
        }
        debug_assert!(matches!(stored.unit.kind, Kind::Mappe | Kind::Registrering));
    }
    find(records, reference, at)
}

#[cfg(test)]
mod tests;
