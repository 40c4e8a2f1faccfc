//! What somebody has to see to. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use samflyt_events::catalogue::resource::Lifecycle;
use samflyt_events::catalogue::{Agreement, Usage};
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::FindingKind;
use time::{Date, Month};

use super::used::Used;

/// What a finding is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub on: Date,
    /// What expires by then is told.
    pub horizon: Date,
    /// After so many years a risk assessment is outdated.
    pub risk_assessment_years: u16,
}

/// The findings of a municipality, by kind, then by date.
pub(super) fn findings(
    rules: Rules,
    used: &[Used],
    functions: &dyn Fn(&str) -> Vec<String>,
    agreements: &[Arc<Agreement>],
    personal: &BTreeSet<String>,
) -> Vec<pb::Finding> {
    let mut found = Vec::new();
    expiring(rules, agreements, &mut found);
    for used in used.iter().filter(|used| used.is_in_use(rules.on)) {
        of_system(rules, used, personal.contains(used.system.id.as_str()), &mut found);
    }
    covered_twice(rules, used, functions, &mut found);
    found.sort_by(|a, b| (a.kind, &a.on, &a.id).cmp(&(b.kind, &b.on, &b.id)));
    found
}

fn finding(kind: FindingKind, id: &str, on: Option<Date>, note: impl Into<String>) -> pb::Finding {
    let on = on.map(|day| day.to_string()).unwrap_or_default();
    pb::Finding { kind: kind.into(), id: id.to_owned(), on, note: note.into() }
}

/// Agreements that end within the horizon, where none goes on after them.
fn expiring(rules: Rules, agreements: &[Arc<Agreement>], found: &mut Vec<pb::Finding>) {
    let ends = |until: &Date| rules.on <= *until && *until <= rules.horizon;
    for ending in agreements {
        let Some(until) = ending.valid_until.filter(ends) else { continue };
        let goes_on = |other: &&Arc<Agreement>| {
            (&other.provider, &other.consumer) == (&ending.provider, &ending.consumer)
                && until.next_day().is_some_and(|next| other.is_in_force(next))
        };
        let next: Vec<_> = agreements.iter().filter(goes_on).flat_map(|other| &other.types).collect();
        let ends: Vec<&str> =
            ending.types.iter().filter(|kind| !next.contains(kind)).map(|kind| kind.as_str()).collect();
        if !ends.is_empty() {
            let note = format!("{} to {}: {}", ending.provider, ending.consumer, ends.join(", "));
            found.push(finding(FindingKind::AgreementExpires, ending.id.as_str(), Some(until), note));
        }
    }
}

fn of_system(rules: Rules, used: &Used, sees_personal_data: bool, found: &mut Vec<pb::Finding>) {
    let (id, name) = (used.system.id.as_str(), used.system.name.as_str());
    let usage: Option<&Usage> = used.usage.as_deref();
    match usage.and_then(|usage| usage.processing.as_ref()) {
        Some(agreement) => {
            if let Some(until) = agreement.valid_until.filter(|until| *until <= rules.horizon) {
                let note = if until < rules.on { "has expired" } else { "expires" };
                let note = format!("{name}: {note}");
                found.push(finding(FindingKind::ProcessingAgreementExpires, id, Some(until), note));
            }
        }
        None if sees_personal_data => {
            let note = format!("{name}: personal data flows through it");
            found.push(finding(FindingKind::NoProcessingAgreement, id, None, note));
        }
        None => {}
    }
    if usage.is_none_or(|usage| usage.owner.trim().is_empty()) {
        found.push(finding(FindingKind::NoOwner, id, None, name));
    }
    // One that is still to come is none yet.
    match usage.and_then(|usage| usage.risk_assessed_on).filter(|day| *day <= rules.on) {
        None => found.push(finding(FindingKind::NoRiskAssessment, id, None, name)),
        Some(day) if years_after(day, rules.risk_assessment_years) < rules.on => {
            found.push(finding(FindingKind::RiskAssessmentOutdated, id, Some(day), name));
        }
        Some(_) => {}
    }
}

/// Functions of two systems in use. One that is being phased out makes room for the other.
fn covered_twice(
    rules: Rules,
    used: &[Used],
    functions: &dyn Fn(&str) -> Vec<String>,
    found: &mut Vec<pb::Finding>,
) {
    let mut covered: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let in_use =
        |used: &&Used| used.is_in_use(rules.on) && used.system.lifecycle(rules.on) == Lifecycle::InUse;
    for system in used.iter().filter(in_use).map(|used| &used.system) {
        for function in functions(&system.product) {
            covered.entry(function).or_default().insert(system.id.as_str());
        }
    }
    for (function, systems) in covered.into_iter().filter(|(_, systems)| systems.len() > 1) {
        let systems: Vec<&str> = systems.into_iter().collect();
        found.push(finding(FindingKind::FunctionCoveredTwice, &function, None, systems.join(", ")));
    }
}

/// The same day so many years on; after 29 February 1 March.
fn years_after(day: Date, years: u16) -> Date {
    let year = day.year().saturating_add(i32::from(years));
    let same = day.replace_year(year);
    same.or_else(|_| Date::from_calendar_date(year, Month::March, 1)).unwrap_or(Date::MAX)
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
