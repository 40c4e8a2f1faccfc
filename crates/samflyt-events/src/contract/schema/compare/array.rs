//! Rules of arrays.

use serde_json::Value;

use super::{ANY, At, Comparison, Node, scalar::count};
use crate::contract::schema::listed;

impl<'s> Comparison<'s> {
    pub(super) fn arrays(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        self.at_least("minItems", given, taker, at);
        self.at_most("maxItems", given, taker, at);
        let is_unique = |node: &Node| node.get("uniqueItems") == Some(&Value::Bool(true));
        if is_unique(taker) && !is_unique(given) {
            self.changed(at, "uniqueItems", given.get("uniqueItems"), taker.get("uniqueItems"));
        }
        self.contained(given, taker, at);
        self.items(given, taker, at);
    }

    /// `contains` and how often: taken together.
    fn contained(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        let Some(rule) = taker.get("contains") else { return };
        let alike = given.get("contains").is_some_and(|kept| self.same(kept, rule))
            && ["minContains", "maxContains"].iter().all(|name| given.get(*name) == taker.get(*name));
        if !alike {
            self.changed(at, "contains", given.get("contains"), Some(rule));
        }
    }

    fn items(&mut self, given: &'s Node, taker: &'s Node, at: &At) {
        let first = |node: &'s Node| listed(node, "prefixItems").collect::<Vec<&'s Value>>();
        let (given_first, taker_first) = (first(given), first(taker));
        let others = |node: &'s Node| node.get("items").unwrap_or(&ANY);
        let length_max = count(given, "maxItems").unwrap_or(f64::INFINITY);
        let positions = given_first.len().max(taker_first.len());
        let mut index = 0.0;
        for position in 0..positions {
            if index >= length_max {
                return;
            }
            index += 1.0;
            let side = |list: &[&'s Value], node: &'s Node| match list.get(position) {
                Some(item) => (*item, format!("/prefixItems/{position}")),
                None => (others(node), "/items".to_owned()),
            };
            let ((given, way), (taker, to)) = (side(&given_first, given), side(&taker_first, taker));
            self.pair(given, taker, &at.step(&way, &to));
        }
        if index < length_max {
            self.pair(others(given), others(taker), &at.step("/items", "/items"));
        }
    }
}
