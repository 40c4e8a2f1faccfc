//! What changed between two documents: the entries of the *endringslogg*.

use samflyt_noark::unit::Edit;
use serde_json::Value;

use crate::records::{Step, Stored};

/// The step that turns a unit's document into another. None: it is the same.
pub(crate) fn edited(stored: &Stored, new: &Value) -> Option<Step> {
    let edits = diff(&stored.unit.doc, new);
    let system_id = stored.unit.system_id.clone();
    (!edits.is_empty()).then_some(Step::Edited { system_id, parent: None, arkivdel: None, edits })
}

/// The edits that turn one document into another: member by member; of lists of equal length item by item, otherwise as a
/// whole.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Edit> {
    let mut edits = Vec::new();
    compare(old, new, &mut String::new(), &mut edits);
    edits
}

fn compare(old: &Value, new: &Value, path: &mut String, edits: &mut Vec<Edit>) {
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                within(path, name, |path| match (before.get(name), after.get(name)) {
                    (Some(old), Some(new)) => compare(old, new, path, edits),
                    (old, new) => {
                        edits.push(Edit { path: path.clone(), old: old.cloned(), new: new.cloned() });
                    }
                });
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (old, new)) in before.iter().zip(after).enumerate() {
                within(path, &index.to_string(), |path| compare(old, new, path, edits));
            }
        }
        (old, new) if old == new => {}
        (old, new) => {
            edits.push(Edit { path: path.clone(), old: Some(old.clone()), new: Some(new.clone()) });
        }
    }
}

fn within(path: &mut String, name: &str, work: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
    work(path);
    path.truncate(length);
}
