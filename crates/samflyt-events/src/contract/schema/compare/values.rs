//! Rules that list the values: `enum` and `const`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{At, Comparison, Node, brief};
use crate::contract::CompiledContract;

/// Members by which a schema depends on what is outside it.
const LEADING_OUT: [&str; 3] = ["$ref", "$dynamicRef", "$id"];
/// How many refused values are shown.
const SHOWN_MAX: usize = 5;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Every value was looked at: nothing else can differ.
    Settled,
    Open,
}

impl<'s> Comparison<'s> {
    /// Where the values are listed, each is looked at.
    pub(super) fn enumerated(&mut self, given: &'s Node, taker: &'s Node, at: &At) -> Finding {
        let Some(values) = listed(given) else {
            for name in ["enum", "const"] {
                if taker.contains_key(name) {
                    self.changed(at, name, given.get(name), taker.get(name));
                }
            }
            return Finding::Open;
        };
        if let (Some(allows), Some(takes)) = (validator(given), validator(taker)) {
            let refused: Vec<&Value> =
                values.into_iter().filter(|value| allows.is_valid(value) && !takes.is_valid(value)).collect();
            if !refused.is_empty() {
                let shown: Vec<String> = refused.iter().take(SHOWN_MAX).map(|value| brief(value)).collect();
                let more = if refused.len() > SHOWN_MAX { ", …" } else { "" };
                let member = ["enum", "const"].into_iter().find(|name| taker.contains_key(*name));
                let member = member.map(|name| format!("/{name}")).unwrap_or_default();
                self.say(at, &member, &format!("does not go for {}{more}", shown.join(", ")));
            }
            return Finding::Settled;
        }
        if let Some(takes) = listed(taker)
            && !values.iter().all(|value| takes.contains(value))
        {
            let name = if taker.contains_key("enum") { "enum" } else { "const" };
            self.changed(at, name, given.get(name), taker.get(name));
        }
        Finding::Open
    }
}

/// The values that a node lists; none where it lists none.
fn listed(node: &Node) -> Option<Vec<&Value>> {
    match (node.get("const"), node.get("enum")) {
        (Some(only), _) => Some(vec![only]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

/// The types of the values that a node lists.
pub(super) fn types(node: &Node) -> Option<BTreeSet<&'static str>> {
    Some(listed(node)?.into_iter().map(type_of).collect())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What checks a node by itself; none where it refers to what is outside it.
fn validator(node: &Node) -> Option<jsonschema::Validator> {
    let node = Value::Object(node.clone());
    if leads_out(&node) { None } else { CompiledContract::compile_schema(&node).ok() }
}

fn leads_out(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            LEADING_OUT.iter().any(|name| members.contains_key(*name)) || members.values().any(leads_out)
        }
        Value::Array(items) => items.iter().any(leads_out),
        _ => false,
    }
}
