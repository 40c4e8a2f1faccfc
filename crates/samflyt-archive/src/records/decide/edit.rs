//! What differs between a document as it is and as it is to be.

use samflyt_noark::unit::Edit;
use serde_json::Value;

use crate::records::{Step, Stored};

/// The edits that make a document another one: objects member by member, lists of equal length item by item, else as a
/// whole. Documents are objects, and hold no `null`.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Edit> {
    let mut edits = Vec::new();
    compare(String::new(), Some(old), Some(new), &mut edits);
    edits
}

/// The step that gives a unit another document; none where it has it already.
pub(crate) fn edited(stored: &Stored, doc: &Value) -> Option<Step> {
    let edits = diff(&stored.unit.doc, doc);
    let system_id = stored.unit.system_id.clone();
    (!edits.is_empty()).then(|| Step::Edited {
        system_id,
        parent: None,
        arkivdel: None,
        numbers: Vec::new(),
        edits,
    })
}

fn compare(path: String, old: Option<&Value>, new: Option<&Value>, edits: &mut Vec<Edit>) {
    match (old, new) {
        (Some(old), Some(new)) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|member| !old.contains_key(*member));
            for member in old.keys().chain(added) {
                let step = member.replace('~', "~0").replace('/', "~1");
                compare(format!("{path}/{step}"), old.get(member), new.get(member), edits);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(format!("{path}/{index}"), Some(old), Some(new), edits);
            }
        }
        _ => edits.push(Edit { path, old: old.cloned(), new: new.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;
    use crate::records::fold::apply;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), (0..4_i64).prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                members(inner).prop_map(Value::Object),
            ]
        })
    }

    fn members(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
        let name = prop::sample::select(vec!["a", "a/b", "~", "~1", "0"]).prop_map(str::to_owned);
        prop::collection::btree_map(name, inner, 0..4).prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        #[test]
        fn the_edits_make_the_old_document_the_new_one(
            old in members(values()).prop_map(Value::Object),
            new in members(values()).prop_map(Value::Object),
        ) {
            let edits = diff(&old, &new);
            let mut made = old.clone();
            for edit in &edits {
                prop_assert_eq!(old.pointer(&edit.path), edit.old.as_ref());
                prop_assert_eq!(new.pointer(&edit.path), edit.new.as_ref());
                apply(&mut made, edit);
            }
            prop_assert_eq!(&made, &new);
            prop_assert_eq!(edits.is_empty(), old == new);
        }
    }

    #[test]
    fn only_what_differs_is_an_edit() {
        let old = json!({"tittel": "a", "part": [{"partID": "1", "partNavn": "x"}], "noekkelord": ["a"]});
        let new =
            json!({"tittel": "a", "part": [{"partID": "1", "partNavn": "y"}], "noekkelord": ["a", "b"]});
        let paths: Vec<String> = diff(&old, &new).into_iter().map(|edit| edit.path).collect();
        let mut sorted = paths.clone();
        sorted.sort();
        assert_eq!(sorted, ["/noekkelord", "/part/0/partNavn"]);
    }
}
