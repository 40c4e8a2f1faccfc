//! Agreements: drafts become approved, what is approved ends.

use samflyt_events::catalogue::resource::AgreementStatus;
use samflyt_events::catalogue::{Agreement, Catalogue, Kind, Resource, Turn};
use samflyt_events::{Reason, Refusal, TenantId, Violation};
use time::Date;

use super::{turned, unknown};
use crate::change::Decision;

fn agreement<'c>(catalogue: &'c Catalogue, owner: &TenantId, id: &str) -> Result<&'c Agreement, Refusal> {
    let found = catalogue.agreements().get(owner, id, None);
    found.map(AsRef::as_ref).ok_or_else(|| unknown(Kind::Agreement.as_str(), id))
}

/// A flow is declared by one agreement at a time: who asks which one allowed it gets one answer.
pub(crate) fn approve_agreement(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    by: &str,
    on: Date,
) -> Result<Decision, Refusal> {
    let draft = agreement(catalogue, owner, id)?;
    match draft.status {
        AgreementStatus::Approved if draft.approved_by == by && draft.approved_on == Some(on) => {
            return Ok(Decision::Unchanged);
        }
        AgreementStatus::Draft => {}
        AgreementStatus::Approved | AgreementStatus::Ended => {
            let rule = "names an agreement that was approved before";
            return Err(Refusal::of_field(
                Reason::RequestInvalid,
                "/id",
                rule,
                "draft another under a new id",
            ));
        }
    }
    let others = catalogue.agreements().of(owner, None).filter(|other| other.was_approved());
    let violations: Vec<Violation> = others.filter_map(|other| overlap(draft, other)).collect();
    if !violations.is_empty() {
        let message = format!("the agreement overlaps with {} approved before", violations.len());
        return Err(Refusal { violations, ..Refusal::new(Reason::ResourceInvalid, message) });
    }
    let mut approved = draft.clone();
    approved.status = AgreementStatus::Approved;
    by.clone_into(&mut approved.approved_by);
    approved.approved_on = Some(on);
    Ok(turned(Turn::Approved, Resource::Agreement(approved)))
}

fn overlap(draft: &Agreement, other: &Agreement) -> Option<Violation> {
    let same = (&draft.provider, &draft.consumer) == (&other.provider, &other.consumer);
    let ends_before = |a: &Agreement, b: &Agreement| a.valid_until.is_some_and(|until| until < b.valid_from);
    if !same || ends_before(draft, other) || ends_before(other, draft) {
        return None;
    }
    let at = draft.types.iter().position(|kind| other.types.contains(kind))?;
    let rule = format!("is covered by `{}` in the same period", other.id);
    Some(Violation::new(format!("/types/{at}"), rule, "end that one first, or leave the type out"))
}

pub(crate) fn end_agreement(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    on: Date,
) -> Result<Decision, Refusal> {
    let found = agreement(catalogue, owner, id)?;
    if found.status == AgreementStatus::Ended && found.valid_until == Some(on) {
        return Ok(Decision::Unchanged);
    }
    let refused = |field, rule, advice| Err(Refusal::of_field(Reason::RequestInvalid, field, rule, advice));
    if found.status == AgreementStatus::Draft {
        return refused("/id", "names a draft", "remove it: it never allowed anything");
    }
    if on < found.valid_from {
        return refused(
            "/on",
            "comes before the agreement begins",
            "end it on its first day at the earliest",
        );
    }
    if found.status == AgreementStatus::Ended && found.valid_until.is_some_and(|until| until < on) {
        return refused("/on", "is later than the day on which it ended", "draft another under a new id");
    }
    let mut ended = found.clone();
    ended.status = AgreementStatus::Ended;
    ended.valid_until = Some(on);
    Ok(turned(Turn::Ended, Resource::Agreement(ended)))
}
