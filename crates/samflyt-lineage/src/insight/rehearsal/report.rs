//! What came of a rehearsal: counts, and the first ids. Never a value.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::{CompiledContract, EventType, Refusal, parse_strict};
use samflyt_log::Entry;
use samflyt_proto::{common, lineage as pb};
use serde_json::Value;

/// How many different failures are told; fields of maps have as many names as their keys.
const FAILURES_MAX: usize = 1_000;
/// How many events are named for each.
const IDS_MAX: usize = 10;

#[derive(Default)]
pub(super) struct Report {
    events: u64,
    failed: u64,
    failures: BTreeMap<Failure, Met>,
    missing: Vec<String>,
    /// There were more different failures than are told.
    truncated: bool,
}

/// Type, field and rule.
type Failure = (String, String, String);

#[derive(Default)]
struct Met {
    events: u64,
    ids: Vec<String>,
}

impl Report {
    pub fn read(&self) -> u64 {
        self.events
    }

    pub fn missing(&mut self, kind: &EventType) {
        self.missing.push(kind.to_string());
    }

    /// Holds an event against a contract.
    pub fn hold(&mut self, contract: &CompiledContract, entry: &Entry) {
        // What is no event is in the log by no door of the hub.
        let Ok(recorded) = entry.event() else { return };
        self.events += 1;
        let event = &recorded.event;
        let Err((refusal, data)) = check(contract, event) else { return };
        self.failed += 1;
        let reference = event.reference().to_string();
        let failures: BTreeSet<(String, String)> = refusal
            .violations
            .into_iter()
            .map(|violation| (general(&violation.field, &data), violation.rule))
            .collect();
        for (field, rule) in failures {
            let failure = (event.kind.to_string(), field, rule);
            if self.failures.len() >= FAILURES_MAX && !self.failures.contains_key(&failure) {
                self.truncated = true;
                continue;
            }
            let met = self.failures.entry(failure).or_default();
            met.events += 1;
            if met.ids.len() < IDS_MAX {
                met.ids.push(reference.clone());
            }
        }
    }

    /// The most frequent failures first.
    pub fn end(self, position: common::Position) -> pb::RehearsalReport {
        let message = |((kind, field, rule), met): (Failure, Met)| pb::RehearsalFailure {
            r#type: kind,
            field,
            rule,
            events: met.events,
            event_ids: met.ids,
        };
        let mut failures: Vec<_> = self.failures.into_iter().map(message).collect();
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.events));
        pb::RehearsalReport {
            events: self.events,
            passed: self.events - self.failed,
            failed: self.failed,
            failures,
            missing_types: self.missing,
            completeness: Some(common::Completeness {
                positions: vec![position],
                truncated: self.truncated,
                rebuilding: false,
            }),
        }
    }
}

/// The same as at the door.
fn check(contract: &CompiledContract, event: &samflyt_events::Event) -> Result<(), (Refusal, Value)> {
    // What is in the log was JSON at the door.
    let data = parse_strict(&event.data).unwrap_or_default();
    let in_clear = [event.id.as_str(), event.correlation.as_str()];
    contract.check(&data, &event.entity, &in_clear).map_err(|refusal| (refusal, data))
}

/// A pointer with `*` for each index of an array, so that the same fault in many items is one.
fn general(field: &str, data: &Value) -> String {
    let Some(rest) = field.strip_prefix("/data") else { return field.to_owned() };
    let (mut general, mut at) = ("/data".to_owned(), Some(data));
    for step in rest.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        general.push('/');
        match at {
            Some(Value::Array(items)) => {
                general.push('*');
                at = name.parse().ok().and_then(|index: usize| items.get(index));
            }
            other => {
                general.push_str(step);
                at = other.and_then(|value| value.get(&name));
            }
        }
    }
    general
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_index_of_an_array_is_a_star_and_a_member_that_looks_like_one_is_not() {
        let data = json!({"items": [{"a": 1}, {"a": [2]}], "7": {"b": 1}});
        assert_eq!(general("/data/items/1/a/0", &data), "/data/items/*/a/*");
        assert_eq!(general("/data/7/b", &data), "/data/7/b");
        assert_eq!(general("/subject", &data), "/subject");
        assert_eq!(general("/data/gone/0/x", &data), "/data/gone/0/x");
    }
}
