//! JSON Schema 2020-12 as the contracts use it: where references lead, what a schema costs, what it may hold, and what a new
//! version of it refuses that the old one took.

pub(super) mod compare;
pub(super) mod effort;
pub(super) mod reach;

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// A schema with its anchors. References within it are `#`, `#/json/pointer` or `#anchor`.
pub(super) struct Schema<'s> {
    pub root: &'s Value,
    anchors: HashMap<&'s str, &'s Value>,
}

impl<'s> Schema<'s> {
    pub fn new(root: &'s Value) -> Self {
        let mut anchors = HashMap::new();
        gather_anchors(root, &mut anchors);
        Self { root, anchors }
    }

    /// What a reference leads to.
    pub fn resolve(&self, target: &str) -> Option<&'s Value> {
        let fragment = percent_decode_str(target.strip_prefix('#')?).decode_utf8().ok()?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(&fragment);
        }
        self.anchors.get(fragment.as_ref()).copied()
    }

    /// What the references of a node lead to.
    pub fn referred(&self, node: &'s Map<String, Value>) -> impl Iterator<Item = &'s Value> {
        let targets = ["$ref", "$dynamicRef"].into_iter().filter_map(|name| node.get(name)?.as_str());
        targets.filter_map(|target| self.resolve(target))
    }
}

fn gather_anchors<'s>(value: &'s Value, anchors: &mut HashMap<&'s str, &'s Value>) {
    match value {
        Value::Object(members) => {
            for name in ["$anchor", "$dynamicAnchor"] {
                if let Some(anchor) = members.get(name).and_then(Value::as_str) {
                    anchors.insert(anchor, value);
                }
            }
            members.values().for_each(|member| gather_anchors(member, anchors));
        }
        Value::Array(items) => items.iter().for_each(|item| gather_anchors(item, anchors)),
        _ => {}
    }
}

/// The schemas of a member that holds a list of them.
pub(super) fn listed<'s>(node: &'s Map<String, Value>, name: &str) -> impl Iterator<Item = &'s Value> {
    node.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The schemas of a member that holds them by name.
pub(super) fn named<'s>(
    node: &'s Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = (&'s String, &'s Value)> {
    node.get(name).and_then(Value::as_object).into_iter().flatten()
}

/// A step of a JSON pointer (RFC 6901, section 3).
pub(super) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// The name that a step of a JSON pointer stands for.
pub(super) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
