//! Changes: proposed, analysed, decided, carried out or withdrawn, measured.

use samflyt_events::catalogue::resource::{Action, Analysis, ChangeStatus, Decision as Decided, Measured};
use samflyt_events::catalogue::{Catalogue, Change, Kind, Resource, Turn};
use samflyt_events::{Reason, Refusal, TenantId};
use time::Date;

use super::{tenant, turned, unknown};
use crate::change::Decision;

fn change<'c>(catalogue: &'c Catalogue, owner: &TenantId, id: &str) -> Result<&'c Change, Refusal> {
    let found = catalogue.changes().get(owner, id, None);
    found.map(AsRef::as_ref).ok_or_else(|| unknown(Kind::Change.as_str(), id))
}

fn refused(field: &str, rule: &str, advice: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
}

fn next(catalogue: &Catalogue, change: Change, turn: Turn) -> Decision {
    let now = catalogue.changes().get(&change.tenant, change.id.as_str(), None);
    if now.is_some_and(|now| **now == change) {
        return Decision::Unchanged;
    }
    turned(turn, Resource::Change(change))
}

pub(crate) fn analyse(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    analysis: &Analysis,
) -> Result<Decision, Refusal> {
    let mut change = change(catalogue, owner, id)?.clone();
    if !matches!(change.status, ChangeStatus::Proposed | ChangeStatus::Analysed) {
        let advice = "what it was decided on stays as it is: propose another";
        return Err(refused("/id", "names a change that is decided or withdrawn", advice));
    }
    change.status = ChangeStatus::Analysed;
    change.analysis = Some(analysis.clone());
    Ok(next(catalogue, change, Turn::Analysed))
}

pub(crate) fn decide(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    decided: &Decided,
) -> Result<Decision, Refusal> {
    let mut change = change(catalogue, owner, id)?.clone();
    if change.decision.as_ref() == Some(decided) {
        return Ok(Decision::Unchanged);
    }
    match change.status {
        ChangeStatus::Analysed => {}
        ChangeStatus::Proposed => {
            let advice = "analyse it first (`samflyt registry change analyse`): decide on what it touches";
            return Err(refused("/id", "names a change without an analysis", advice));
        }
        _ => return Err(refused("/id", "names a change that is decided or withdrawn", "propose another")),
    }
    if decided.approved && change.gains.is_empty() && matches!(change.action, Action::Acquire { .. }) {
        let advice = "say what is expected of it: kind, amount, owner, date to measure it";
        return Err(refused(
            "/gains",
            "is empty, and a new system is not decided without an expected gain",
            advice,
        ));
    }
    for bound in &decided.bound {
        tenant(catalogue, bound)?;
    }
    change.status = if decided.approved { ChangeStatus::Approved } else { ChangeStatus::Rejected };
    change.decision = Some(decided.clone());
    Ok(next(catalogue, change, Turn::Decided))
}

pub(crate) fn carry_out(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    on: Date,
) -> Result<Decision, Refusal> {
    let mut change = change(catalogue, owner, id)?.clone();
    match change.status {
        ChangeStatus::CarriedOut if change.carried_out_on == Some(on) => return Ok(Decision::Unchanged),
        ChangeStatus::Approved => {}
        _ => return Err(refused("/id", "names a change that is not approved", "have it decided first")),
    }
    change.status = ChangeStatus::CarriedOut;
    change.carried_out_on = Some(on);
    Ok(next(catalogue, change, Turn::CarriedOut))
}

pub(crate) fn withdraw(catalogue: &Catalogue, owner: &TenantId, id: &str) -> Result<Decision, Refusal> {
    let mut change = change(catalogue, owner, id)?.clone();
    match change.status {
        ChangeStatus::Withdrawn => return Ok(Decision::Unchanged),
        ChangeStatus::CarriedOut => {
            return Err(refused("/id", "names a change that was carried out", "propose the way back"));
        }
        _ => {}
    }
    // A decision that is taken back stays in the history.
    change.status = ChangeStatus::Withdrawn;
    change.decision = None;
    Ok(next(catalogue, change, Turn::Withdrawn))
}

pub(crate) fn measure(
    catalogue: &Catalogue,
    owner: &TenantId,
    id: &str,
    gain: usize,
    measured: &Measured,
) -> Result<Decision, Refusal> {
    let mut change = change(catalogue, owner, id)?.clone();
    if change.status != ChangeStatus::CarriedOut {
        return Err(refused("/id", "names a change that was not carried out", "carry it out first"));
    }
    let Some(gain) = change.gains.get_mut(gain) else {
        return Err(refused("/gain", "names no gain of the change", "count them from 0"));
    };
    gain.measured = Some(measured.clone());
    Ok(next(catalogue, change, Turn::Measured))
}
