//! Finding what is sealed in an event's data.

use serde_json::Value;

use super::form::is_sealed;
use super::pointer::escape;

/// A sealed field that was taken out of the data; null stands in its place.
pub(crate) struct Found {
    pub pointer: String,
    pub value: Value,
}

/// Takes all sealed fields of a value out. `pointer` says where the value stands.
pub(crate) fn take_sealed(value: &mut Value, pointer: &str) -> Vec<Found> {
    let mut found = Vec::new();
    take(value, pointer.to_owned(), &mut found);
    found
}

fn take(value: &mut Value, pointer: String, found: &mut Vec<Found>) {
    if is_sealed(value) {
        found.push(Found { pointer, value: value.take() });
        return;
    }
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                take(item, format!("{pointer}/{at}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                take(member, format!("{pointer}/{}", escape(name)), found);
            }
        }
        _ => {}
    }
}
