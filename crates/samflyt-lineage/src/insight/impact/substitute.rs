//! What the system lacks that would take the place of another.

use samflyt_events::catalogue::Agreement;
use samflyt_events::{EventType, Reason, Refusal, SystemId};
use samflyt_projection::StoreError;

use super::analysis::Analysis;
use super::question::{Question, Subject};
use super::sources::Sources;
use super::subject::users;
use crate::projections::keys::{NOBODY, Number};
use crate::walk::Node;

/// # Errors
/// `REQUEST_INVALID` for a substitute that none of the municipalities asked about uses.
pub(super) fn check(question: &Question, sources: &Sources<'_>) -> Result<(), Refusal> {
    let Some(substitute) = &question.substitute else { return Ok(()) };
    let refused = |rule: &str, advice: &str| {
        Err(Refusal::of_field(Reason::RequestInvalid, "/substitute", rule, advice))
    };
    if matches!(&question.subject, Subject::System(system) if system == substitute) {
        return refused("is the system that it would replace", "name another");
    }
    let users = users(sources.declared.catalogue, substitute, question.moment);
    if !question.tenants.iter().any(|tenant| users.contains(tenant)) {
        return refused(
            "is used by none of the municipalities asked about",
            "register it, or enrol one of them, also where it is only planned",
        );
    }
    Ok(())
}

/// The types of an agreement of the subject that the substitute has no agreement for; none where there is no substitute.
pub(super) fn lacks<'g>(
    analysis: &mut Analysis<'_>,
    agreement: &'g Agreement,
    subject: Node,
) -> Result<Option<Vec<&'g EventType>>, StoreError> {
    let Some(substitute) = &analysis.question.substitute else { return Ok(None) };
    let replaced = analysis.sources.names.name(subject.system)?;
    let takes = |system: &'g SystemId| if *system.as_str() == *replaced { substitute } else { system };
    let parties = (takes(&agreement.provider), takes(&agreement.consumer));
    let sources = &mut analysis.sources;
    let system = sources.names.number(substitute.as_str())?;
    let own = sources.declared.of(&mut sources.names, Node { system, ..subject })?;
    let same = |other: &&&Agreement| (&other.provider, &other.consumer) == parties;
    let allowed: Vec<&EventType> = own.iter().filter(same).flat_map(|other| &other.types).collect();
    Ok(Some(agreement.types.iter().filter(|kind| !allowed.contains(kind)).collect()))
}

/// Whether the substitute has all that an agreement allows.
pub(super) fn has(
    analysis: &mut Analysis<'_>,
    agreement: &Agreement,
    subject: Node,
) -> Result<bool, StoreError> {
    Ok(lacks(analysis, agreement, subject)?.is_some_and(|types| types.is_empty()))
}

/// Whether the substitute publishes a type in a place, or has agreed to.
pub(super) fn publishes(analysis: &mut Analysis<'_>, place: u32, kind: Number) -> Result<bool, StoreError> {
    let Some(substitute) = &analysis.question.substitute else { return Ok(true) };
    let sources = &mut analysis.sources;
    let system = sources.names.number(substitute.as_str())?;
    let agreed = sources.declared.down(&mut sources.names, Node { place, system })?;
    let agreed = agreed.iter().any(|allowed| allowed.hop.kind == kind);
    let streams = analysis.sources.places.streams_of(place);
    let flows = analysis.sources.reader.flows_of(system, streams)?;
    let seen = flows.iter().any(|(key, totals)| {
        key.kind == kind && key.consumer == NOBODY && totals.first_ms <= analysis.question.seen_ms
    });
    Ok(agreed || seen)
}
