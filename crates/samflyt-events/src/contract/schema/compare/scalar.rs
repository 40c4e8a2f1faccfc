//! Rules of strings and numbers.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{At, Comparison, Node};

impl<'s> Comparison<'s> {
    pub(super) fn strings(&mut self, given: &Node, taker: &Node, at: &At) {
        self.at_least("minLength", given, taker, at);
        self.at_most("maxLength", given, taker, at);
        for name in ["pattern", "format"] {
            if taker.contains_key(name) && given.get(name) != taker.get(name) {
                self.changed(at, name, given.get(name), taker.get(name));
            }
        }
    }

    pub(super) fn numbers(&mut self, given: &Node, taker: &Node, at: &At) {
        for (inclusive, exclusive, outward) in [
            ("minimum", "exclusiveMinimum", Ordering::Less),
            ("maximum", "exclusiveMaximum", Ordering::Greater),
        ] {
            // The limits that the given schema keeps; the taker's must not cut into either.
            let beyond = |name: &str, limit: &Number, equal: bool| {
                let kept = given.get(name).and_then(Value::as_number);
                kept.and_then(|kept| order(limit, kept))
                    .is_some_and(|order| order == outward || (equal && order == Ordering::Equal))
            };
            if let Some(limit) = taker.get(inclusive).and_then(Value::as_number)
                && !beyond(inclusive, limit, true)
                && !beyond(exclusive, limit, true)
            {
                self.changed(at, inclusive, given.get(inclusive), taker.get(inclusive));
            }
            if let Some(limit) = taker.get(exclusive).and_then(Value::as_number)
                && !beyond(inclusive, limit, false)
                && !beyond(exclusive, limit, true)
            {
                self.changed(at, exclusive, given.get(exclusive), taker.get(exclusive));
            }
        }
        if let Some(step) = taker.get("multipleOf")
            && !given.get("multipleOf").is_some_and(|kept| is_multiple(kept, step))
        {
            self.changed(at, "multipleOf", given.get("multipleOf"), Some(step));
        }
    }

    /// A lower limit of a count: where there is none, it is 0.
    pub(super) fn at_least(&mut self, name: &str, given: &Node, taker: &Node, at: &At) {
        if count(taker, name).unwrap_or(0.0) > count(given, name).unwrap_or(0.0) {
            self.changed(at, name, given.get(name), taker.get(name));
        }
    }

    /// An upper limit of a count: where there is none, it is without end.
    pub(super) fn at_most(&mut self, name: &str, given: &Node, taker: &Node, at: &At) {
        if count(taker, name).unwrap_or(f64::INFINITY) < count(given, name).unwrap_or(f64::INFINITY) {
            self.changed(at, name, given.get(name), taker.get(name));
        }
    }
}

/// A limit that counts something.
pub(super) fn count(node: &Node, name: &str) -> Option<f64> {
    node.get(name).and_then(Value::as_f64)
}

/// None where the numbers are too large to be compared exactly.
fn order(a: &Number, b: &Number) -> Option<Ordering> {
    /// From here on, not every whole number has a floating point number of its own.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if a == b {
        return Some(Ordering::Equal);
    }
    if let (Some(a), Some(b)) = (a.as_i128(), b.as_i128()) {
        return Some(a.cmp(&b));
    }
    let (a, b) = (a.as_f64()?, b.as_f64()?);
    if a.abs() < EXACT_MAX && b.abs() < EXACT_MAX { a.partial_cmp(&b) } else { None }
}

fn is_multiple(kept: &Value, step: &Value) -> bool {
    let whole = |value: &Value| value.as_u64().filter(|number| *number > 0);
    match (whole(kept), whole(step)) {
        (Some(kept), Some(step)) => kept.is_multiple_of(step),
        _ => kept == step,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn large_whole_numbers_are_told_apart_and_what_cannot_be_is_left_open() {
        let number = |value: Value| value.as_number().cloned().unwrap();
        let order = |a: Value, b: Value| order(&number(a), &number(b));
        assert_eq!(
            order(json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64)),
            Some(Ordering::Greater)
        );
        assert_eq!(order(json!(1), json!(1.5)), Some(Ordering::Less));
        assert_eq!(order(json!(9_007_199_254_740_993_u64), json!(9.1e15)), None);
    }
}
