//! What checking data against a schema may cost. A schema of a few lines can double the work with each level, or refer to
//! itself without ever getting deeper: both would stop the gateway, so both are refused.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Schema, listed, named};

/// How many checks one value of the data, with all it lies in, may take.
pub const CHECKS_MAX: u64 = 10_000;
/// How deep JSON is nested at most when it reaches a contract.
const DATA_DEPTH_MAX: usize = 128;
/// How many schemas may hold one another for the same value.
const SAME_VALUE_DEPTH_MAX: usize = 32;

/// Why a schema may not be used.
#[derive(Debug, PartialEq, Eq)]
pub enum Explodes {
    /// It refers to itself, and no value gets smaller on the way.
    Circular,
    Costly,
}

/// # Errors
/// Where data exists that would be checked without end, or with more than [`CHECKS_MAX`] checks of a value.
pub fn bounded(schema: &Schema<'_>) -> Result<(), Explodes> {
    let nodes = gather(schema);
    let order = order(&nodes)?;
    let mut before = vec![0_u64; nodes.len()];
    for _ in 0..=DATA_DEPTH_MAX {
        let mut now = vec![0_u64; nodes.len()];
        for &at in &order {
            now[at] = nodes[at].checks(&now, &before);
        }
        if now[0] > CHECKS_MAX {
            return Err(Explodes::Costly);
        }
        // The schema reaches no deeper.
        if now == before {
            break;
        }
        before = now;
    }
    Ok(())
}

/// A schema within the schema; others are named by their place in the list.
#[derive(Default)]
struct Node {
    /// Applied to the same value.
    same: Vec<usize>,
    /// All of them may be applied to one member or item.
    each: Vec<usize>,
    /// One of them is applied to a member or item.
    either: Vec<usize>,
}

impl Node {
    fn checks(&self, now: &[u64], before: &[u64]) -> u64 {
        let sum =
            |of: &[u64], list: &[usize]| list.iter().fold(0_u64, |total, &at| total.saturating_add(of[at]));
        let largest = self.either.iter().map(|&at| before[at]).max().unwrap_or(0);
        let inner = sum(before, &self.each).saturating_add(largest);
        sum(now, &self.same).saturating_add(inner).saturating_add(1)
    }
}

fn gather<'s>(schema: &Schema<'s>) -> Vec<Node> {
    let mut found: Vec<&'s Value> = vec![schema.root];
    let mut places = HashMap::from([(std::ptr::from_ref(schema.root), 0)]);
    let mut nodes = Vec::new();
    while let Some(&value) = found.get(nodes.len()) {
        let mut place = |value: &'s Value| {
            *places.entry(std::ptr::from_ref(value)).or_insert_with(|| {
                found.push(value);
                found.len() - 1
            })
        };
        let mut node = Node::default();
        if let Some(members) = value.as_object() {
            node.same = same(schema, members).map(&mut place).collect();
            node.each = each(members).map(&mut place).collect();
            node.either = either(members).map(&mut place).collect();
        }
        nodes.push(node);
    }
    nodes
}

fn same<'s>(schema: &Schema<'s>, node: &'s Map<String, Value>) -> impl Iterator<Item = &'s Value> {
    let several = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|name| listed(node, name));
    let single = ["not", "if", "then", "else"].into_iter().filter_map(|name| node.get(name));
    let dependent = named(node, "dependentSchemas").map(|(_, schema)| schema);
    schema.referred(node).chain(several).chain(single).chain(dependent)
}

fn each(node: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let patterns = named(node, "patternProperties").map(|(_, schema)| schema);
    let single = ["contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"];
    patterns.chain(single.into_iter().filter_map(|name| node.get(name)))
}

fn either(node: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let properties = named(node, "properties").map(|(_, schema)| schema);
    let single = ["additionalProperties", "items"].into_iter().filter_map(|name| node.get(name));
    properties.chain(listed(node, "prefixItems")).chain(single)
}

/// The nodes, each after those that are applied to the same value.
fn order(nodes: &[Node]) -> Result<Vec<usize>, Explodes> {
    let mut walk = Walk { nodes, seen: vec![Seen::Not; nodes.len()], order: Vec::new() };
    for at in 0..nodes.len() {
        walk.visit(at, 0)?;
    }
    Ok(walk.order)
}

struct Walk<'n> {
    nodes: &'n [Node],
    seen: Vec<Seen>,
    order: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Not,
    OnTheWay,
    Done,
}

impl Walk<'_> {
    fn visit(&mut self, at: usize, depth: usize) -> Result<(), Explodes> {
        match self.seen[at] {
            Seen::Done => return Ok(()),
            Seen::OnTheWay => return Err(Explodes::Circular),
            Seen::Not if depth > SAME_VALUE_DEPTH_MAX => return Err(Explodes::Costly),
            Seen::Not => self.seen[at] = Seen::OnTheWay,
        }
        for &inner in &self.nodes[at].same {
            self.visit(inner, depth + 1)?;
        }
        self.seen[at] = Seen::Done;
        self.order.push(at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: &Value) -> Result<(), Explodes> {
        bounded(&Schema::new(schema))
    }

    #[test]
    fn a_tree_that_refers_to_itself_is_bounded_by_the_data() {
        let tree = json!({"properties": {"children": {"items": {"$ref": "#"}}, "parent": {"$ref": "#"}}});
        assert_eq!(of(&tree), Ok(()));
        let optional = json!({"oneOf": [{"type": "null"}, {"properties": {"next": {"$ref": "#"}}}]});
        assert_eq!(of(&optional), Ok(()));
    }

    #[test]
    fn a_reference_that_gets_nowhere_is_found_however_it_is_written() {
        assert_eq!(of(&json!({"$ref": "#"})), Err(Explodes::Circular));
        assert_eq!(of(&json!({"anyOf": [true, {"$ref": "#/anyOf/1"}]})), Err(Explodes::Circular));
        assert_eq!(of(&json!({"$anchor": "a", "not": {"$ref": "#a"}})), Err(Explodes::Circular));
        let mutual = json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}},
                            "properties": {"x": {"$ref": "#/$defs/a"}}});
        assert_eq!(of(&mutual), Err(Explodes::Circular));
    }

    #[test]
    fn what_doubles_with_each_level_is_refused_in_the_schema_and_in_the_data() {
        let mut defs = Map::new();
        for level in 0..30 {
            let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
            defs.insert(format!("l{level}"), json!({"allOf": [next, next]}));
        }
        defs.insert("l30".to_owned(), json!({"type": "string"}));
        assert_eq!(of(&json!({"$defs": defs, "$ref": "#/$defs/l0"})), Err(Explodes::Costly));
        let twice = json!({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        assert_eq!(of(&twice), Err(Explodes::Costly));
        let seldom = json!({"items": {"items": {"items": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}}}});
        assert_eq!(of(&seldom), Err(Explodes::Costly));
        let patterns = json!({"patternProperties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}});
        assert_eq!(of(&patterns), Err(Explodes::Costly));
    }
}
