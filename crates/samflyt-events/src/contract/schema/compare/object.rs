//! Rules of objects.

use serde_json::Value;

use super::{ANY, At, Comparison, Direction, EMPTY, Node, scalar::count};
use crate::contract::schema::{escape, named};

impl<'s> Comparison<'s> {
    pub(super) fn objects(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        self.required(given, taker, at);
        self.at_least("minProperties", given, taker, at);
        let counted = named(given, "properties").count();
        #[allow(clippy::cast_precision_loss, reason = "documents are small")]
        let fits = is_closed(given) && count(taker, "maxProperties").is_some_and(|max| counted as f64 <= max);
        if !fits {
            self.at_most("maxProperties", given, taker, at);
        }
        self.properties(given, taker, at);
    }

    fn required(&mut self, given: &Node, taker: &Node, at: &At) {
        let names = |node: &Node| -> Vec<String> {
            let list = node.get("required").and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        };
        let kept = names(given);
        for name in names(taker).into_iter().filter(|name| !kept.contains(name)) {
            let what = match self.direction {
                Direction::Backward => format!("`{name}` became required"),
                Direction::Forward => format!("`{name}` is no longer required"),
            };
            self.say(at, "/required", &what);
        }
    }

    /// A rule about a member of which the given schema says nothing, so that it may have any value.
    fn added(&mut self, taken: &'s Value, at: &At) {
        if !self.takes_all(taken) {
            let what = match self.direction {
                Direction::Backward => "has rules, and any value was taken there",
                Direction::Forward => "has no rules any more",
            };
            self.say(at, "", what);
        }
    }

    fn properties(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        let of = |node: &'s Node| node.get("properties").and_then(Value::as_object).unwrap_or(&EMPTY);
        let (kept, taken) = (of(given), of(taker));
        let others = |node: &'s Node| node.get("additionalProperties").unwrap_or(&ANY);
        // What no name says may be said by a pattern; those are equal, or have been told.
        let unnamed = if given.contains_key("patternProperties") { &ANY } else { others(given) };
        for (name, taken) in taken {
            let at = at.member(name);
            match kept.get(name) {
                Some(kept) => self.pair(kept, taken, &at),
                None if unnamed == &ANY => self.added(taken, &at),
                None => self.pair(unnamed, taken, &at),
            }
        }
        for (name, kept) in kept.iter().filter(|(name, _)| !taken.contains_key(*name)) {
            let at = at.member(name);
            match others(taker) {
                Value::Bool(false) => self.removed(kept, &at),
                rules => self.pair(kept, rules, &at),
            }
        }
        let word = "additionalProperties";
        if others(given) == &ANY && others(taker) == &Value::Bool(false) {
            self.changed(at, word, given.get(word), taker.get(word));
        } else {
            self.pair(
                others(given),
                others(taker),
                &at.step("/additionalProperties", "/additionalProperties"),
            );
        }
    }

    /// A member that the taker does not name, and takes none without a name.
    fn removed(&mut self, kept: &Value, at: &At) {
        let what = match self.direction {
            Direction::Backward => "was removed, and no other members are taken",
            Direction::Forward => "is new, and no other members were taken",
        };
        if kept != &Value::Bool(false) {
            self.say(at, "", what);
        }
    }
}

impl At {
    fn member(&self, name: &str) -> Self {
        let way = format!("/properties/{}", escape(name));
        self.step(&way, &way)
    }
}

/// Whether the object has no members but those that are named.
fn is_closed(node: &Node) -> bool {
    node.get("additionalProperties") == Some(&Value::Bool(false)) && !node.contains_key("patternProperties")
}
