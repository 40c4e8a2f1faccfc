//! Whether all data that keeps to one schema keeps to another. What cannot be shown is told as a break: a false alarm costs
//! a new major version, a missed one breaks somebody's system.

mod array;
mod object;
mod same;
mod scalar;
mod values;

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::Schema;
use crate::Violation;

/// How many pairs of schemas are compared before the answer is "too involved".
const PAIRS_MAX: usize = 50_000;
/// How deep schemas are followed into each other.
const DEPTH_MAX: usize = 64;
/// Members that say nothing about the data.
const SILENT: [&str; 18] = [
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$comment",
    "$vocabulary",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];
/// Members that are compared as a whole: equal, or a break.
const WHOLE: [&str; 12] = [
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "propertyNames",
    "patternProperties",
];
/// Members that depend on all others beside them.
const REST: [&str; 2] = ["unevaluatedProperties", "unevaluatedItems"];
const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

/// Which of two versions has to take all that the other takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The new one takes what the old one took.
    Backward,
    /// The old one takes what the new one takes.
    Forward,
}

/// Every place where the promise is broken, by pointer into the new version's document. `old` names the old version.
pub fn breaks(before: &Value, after: &Value, direction: Direction, old: &str) -> Vec<Violation> {
    let (before, after) = (Schema::new(before), Schema::new(after));
    let (given, taker) = match direction {
        Direction::Backward => (&before, &after),
        Direction::Forward => (&after, &before),
    };
    let mut comparison = Comparison {
        given,
        taker,
        direction,
        old,
        seen: HashSet::new(),
        exhausted: false,
        found: Vec::new(),
    };
    comparison.pair(given.root, taker.root, &At::root());
    comparison.found
}

/// Where the two schemas stand that are compared.
#[derive(Clone)]
struct At {
    given: String,
    taker: String,
    depth: usize,
}

impl At {
    fn root() -> Self {
        Self { given: "/schema".to_owned(), taker: "/schema".to_owned(), depth: 0 }
    }

    /// One step further; each side has come by its own way.
    fn step(&self, given: &str, taker: &str) -> Self {
        Self {
            given: format!("{}{given}", self.given),
            taker: format!("{}{taker}", self.taker),
            depth: self.depth + 1,
        }
    }
}

struct Comparison<'s> {
    /// What data keeps to.
    given: &'s Schema<'s>,
    /// What has to take the data.
    taker: &'s Schema<'s>,
    direction: Direction,
    old: &'s str,
    seen: HashSet<(*const Value, *const Value)>,
    exhausted: bool,
    found: Vec<Violation>,
}

type Node = Map<String, Value>;

impl<'s> Comparison<'s> {
    /// `was` and `is` are the old and the new version's words on one thing.
    fn changed(&mut self, at: &At, member: &str, given: Option<&Value>, taker: Option<&Value>) {
        let (was, is) = match self.direction {
            Direction::Backward => (given, taker),
            Direction::Forward => (taker, given),
        };
        let shown = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), brief);
        let what = format!("was {} and is {}", shown(was), shown(is));
        self.say(at, &format!("/{member}"), &what);
    }

    fn say(&mut self, at: &At, member: &str, what: &str) {
        let (place, consequence) = match self.direction {
            Direction::Backward => (&at.taker, format!("data that keeps to {} may be refused", self.old)),
            Direction::Forward => {
                (&at.given, format!("data that keeps to this may be refused by {}", self.old))
            }
        };
        let field = format!("{place}{member}");
        let rule = format!("{what}: {consequence}");
        if !self.found.iter().any(|found| found.field == field && found.rule == rule) {
            let advice =
                "leave it as it was, or publish a new major version, which has agreements of its own";
            self.found.push(Violation::new(field, rule, advice));
        }
    }

    /// Tells why the taker may refuse what the given schema allows.
    fn pair(&mut self, given: &'s Value, taker: &'s Value, at: &At) {
        let (Some((given, given_way)), Some((taker, taker_way))) =
            (follow(self.given, given, &at.given), follow(self.taker, taker, &at.taker))
        else {
            if !self.same(given, taker) {
                self.say(at, "/$ref", "has rules beside it, or leads nowhere, and changed");
            }
            return;
        };
        // A pair that is being compared further up holds unless that finds otherwise.
        if !self.seen.insert((std::ptr::from_ref(given), std::ptr::from_ref(taker))) || self.exhausted {
            return;
        }
        let at = At { given: given_way, taker: taker_way, depth: at.depth };
        if self.seen.len() > PAIRS_MAX || at.depth > DEPTH_MAX {
            self.exhausted = true;
            self.say(&at, "", "is too involved to be compared");
            return;
        }
        match (given, taker) {
            (Value::Bool(false), _) | (_, Value::Bool(true)) => {}
            (_, Value::Bool(false)) => self.say(&at, "", "takes nothing any more"),
            (Value::Object(given), Value::Object(taker)) => self.nodes(given, taker, &at),
            // `true` is the schema without members.
            (_, Value::Object(taker)) => self.nodes(&EMPTY, taker, &at),
            _ => {}
        }
    }

    /// Whether a schema refuses nothing.
    fn takes_all(&self, taker: &'s Value) -> bool {
        let (seen, found) = (HashSet::new(), Vec::new());
        let mut apart = Comparison { seen, found, exhausted: false, ..*self };
        apart.pair(&ANY, taker, &At::root());
        apart.found.is_empty()
    }

    fn nodes(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        if REST.iter().any(|name| taker.contains_key(*name)) && !self.same_node(given, taker) {
            let what = "depends on all that stands beside it, and something of that changed";
            return self.say(at, "", what);
        }
        if self.enumerated(given, taker, at) == values::Finding::Settled {
            return;
        }
        let kinds = self.types(given, taker, at);
        for name in WHOLE {
            if let Some(rule) = taker.get(name)
                && !given.get(name).is_some_and(|old| self.same(old, rule))
            {
                self.changed(at, name, given.get(name), Some(rule));
            }
        }
        if kinds.contains("string") {
            self.strings(given, taker, at);
        }
        if kinds.contains("number") || kinds.contains("integer") {
            self.numbers(given, taker, at);
        }
        if kinds.contains("array") {
            self.arrays(given, taker, at);
        }
        if kinds.contains("object") {
            self.objects(given, taker, at);
        }
    }

    /// Tells which types are no longer taken; returns those that the given schema allows.
    fn types(&mut self, given: &Node, taker: &Node, at: &At) -> BTreeSet<&'static str> {
        let (allowed, taken) = (types_of(given).or_else(|| values::types(given)), types_of(taker));
        let (allowed, taken) = (allowed.unwrap_or_else(all_types), taken.unwrap_or_else(all_types));
        let lost =
            |kind: &&str| !(taken.contains(*kind) || (**kind == *"integer" && taken.contains("number")));
        if allowed.iter().any(lost) {
            self.changed(at, "type", given.get("type"), taker.get("type"));
        }
        allowed
    }
}

static ANY: Value = Value::Bool(true);
static EMPTY: LazyLock<Node> = LazyLock::new(Node::new);

/// The schema that a reference leads to, and the way to it. None: it has rules of its own beside it, or leads nowhere.
fn follow<'s>(schema: &Schema<'s>, from: &'s Value, way: &str) -> Option<(&'s Value, String)> {
    let (mut node, mut way) = (from, way.to_owned());
    for _ in 0..DEPTH_MAX {
        let Some(members) = node.as_object() else { return Some((node, way)) };
        if !members.contains_key("$dynamicRef") && !members.contains_key("$ref") {
            return Some((node, way));
        }
        let target = members.get("$ref")?.as_str()?;
        if !members.keys().all(|name| name == "$ref" || SILENT.contains(&name.as_str())) {
            return None;
        }
        node = schema.resolve(target)?;
        way = if let Some(pointer) =
            target.strip_prefix("#").filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            format!("/schema{pointer}")
        } else {
            format!("{way}/$ref")
        };
    }
    None
}

/// The types that a node names.
fn types_of(node: &Node) -> Option<BTreeSet<&'static str>> {
    let known = |name: &str| TYPES.into_iter().find(|known| *known == name);
    match node.get("type")? {
        Value::String(only) => Some(known(only).into_iter().collect()),
        Value::Array(several) => Some(several.iter().filter_map(|one| known(one.as_str()?)).collect()),
        _ => None,
    }
}

fn all_types() -> BTreeSet<&'static str> {
    TYPES.into_iter().filter(|kind| *kind != "integer").collect()
}

/// As it is shown in a violation.
fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 80 { text } else { text.chars().take(79).chain(['…']).collect() }
}
