//! The rules against random schemas: what they call compatible takes the same data.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::*;
use crate::contract::CompiledContract;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..6_i64).prop_map(Value::from),
        (-4..8_i64).prop_map(|n| json!(n as f64 / 2.0)),
        "[ab]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(proptest::sample::select(&NAMES[..]), inner, 0..4).prop_map(
                |members| members.into_iter().map(|(n, v)| (n.to_owned(), v)).collect::<Map<_, _>>().into()
            ),
        ]
    })
}

/// One rule, with its name.
fn rule(inner: BoxedStrategy<Value>) -> BoxedStrategy<(&'static str, Value)> {
    let kind =
        proptest::sample::select(vec!["null", "boolean", "object", "array", "number", "string", "integer"]);
    let limit = || (0..4_i64).prop_map(Value::from);
    let names = || proptest::sample::subsequence(NAMES.to_vec(), 0..3).prop_map(|names| json!(names));
    let schemas =
        || proptest::collection::btree_map(proptest::sample::select(&NAMES[..]), inner.clone(), 1..3);
    prop_oneof![
        3 => proptest::collection::btree_set(kind, 1..4).prop_map(|kinds| ("type", json!(kinds))),
        1 => proptest::collection::vec(data(), 1..4).prop_map(|values| ("enum", json!(values))),
        1 => data().prop_map(|value| ("const", value)),
        2 => (proptest::sample::select(vec!["minLength", "maxLength", "minItems", "maxItems", "minProperties",
            "maxProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), limit()),
        1 => (1..4_i64).prop_map(|step| ("multipleOf", json!(step))),
        1 => proptest::sample::select(vec!["^a", "b$"]).prop_map(|pattern| ("pattern", json!(pattern))),
        1 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        2 => names().prop_map(|names| ("required", names)),
        3 => schemas().prop_map(|schemas| ("properties", json!(schemas))),
        2 => inner.clone().prop_map(|schema| ("additionalProperties", schema)),
        1 => inner.clone().prop_map(|schema| ("patternProperties", json!({"a": schema}))),
        2 => inner.clone().prop_map(|schema| ("items", schema)),
        1 => proptest::collection::vec(inner.clone(), 1..3).prop_map(|schemas| ("prefixItems", json!(schemas))),
        1 => inner.clone().prop_map(|schema| ("contains", schema)),
        1 => (proptest::sample::select(vec!["anyOf", "oneOf", "allOf"]), proptest::collection::vec(inner, 1..3))
            .prop_map(|(name, schemas)| (name, json!(schemas))),
        1 => any::<bool>().prop_map(|open| ("unevaluatedProperties", json!(open))),
        1 => proptest::sample::select(vec!["#/$defs/x", "#/$defs/y"]).prop_map(|target| ("$ref", json!(target))),
    ]
    .boxed()
}

fn schema(depth: u32) -> BoxedStrategy<Value> {
    let boolean = prop_oneof![3 => Just(true), 2 => Just(false)].prop_map(Value::from);
    if depth == 0 {
        return boolean.boxed();
    }
    let rules = proptest::collection::vec(rule(schema(depth - 1)), 0..5);
    let object = rules.prop_map(|rules| {
        let members: Map<String, Value> =
            rules.into_iter().map(|(name, rule)| (name.to_owned(), rule)).collect();
        Value::Object(members)
    });
    prop_oneof![1 => boolean, 6 => object].boxed()
}

/// A schema and a variant of it: rules put in, taken out, exchanged.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    let defs = || (schema(1), schema(1));
    let edit = (any::<proptest::sample::Index>(), 0..4_u8, rule(schema(1)), -1..2_i64);
    (schema(3), defs(), proptest::collection::vec(edit, 1..3)).prop_map(|(root, (x, y), edits)| {
        let before = with_defs(root, x, y);
        let mut after = before.clone();
        for (place, what, (name, rule), change) in edits {
            let at = place.index(count(&after));
            edit_at(&mut after, &mut at.clone(), &|node| apply(node, what, name, &rule, change));
        }
        (before, after)
    })
}

fn with_defs(root: Value, x: Value, y: Value) -> Value {
    let mut members = root.as_object().cloned().unwrap_or_default();
    members.insert("$defs".to_owned(), json!({"x": x, "y": y}));
    Value::Object(members)
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Changes the object that is the `left`th on the way.
fn edit_at(value: &mut Value, left: &mut usize, change: &dyn Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) if *left == 0 => {
            *left = usize::MAX;
            change(members);
        }
        Value::Object(members) => {
            *left -= 1;
            members.values_mut().for_each(|member| edit_at(member, left, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| edit_at(item, left, change)),
        _ => {}
    }
}

fn apply(node: &mut Map<String, Value>, what: u8, name: &str, rule: &Value, change: i64) {
    let some = node.keys().find(|key| *key != "$defs").cloned();
    match (what, some) {
        (0, Some(some)) => {
            node.remove(&some);
        }
        (1, _) => {
            node.insert(name.to_owned(), rule.clone());
        }
        _ => {
            for limit in node.values_mut() {
                if let Some(number) = limit.as_i64().filter(|number| number + change > 0) {
                    *limit = json!(number + change);
                }
            }
        }
    }
}

#[test]
fn what_the_rules_call_compatible_takes_the_same_data_backward_and_forward() {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (mut compatible, mut refused, mut taken) = (0, 0, 0);
    for _ in 0..2_500 {
        let (before, after) = pair().new_tree(&mut runner).unwrap().current();
        if before == after || bounded(&before).is_err() || bounded(&after).is_err() {
            continue;
        }
        let compiled = (CompiledContract::compile_schema(&before), CompiledContract::compile_schema(&after));
        let (Ok(old), Ok(new)) = compiled else { continue };
        let backward = breaks(&before, &after, Direction::Backward, "1.0").is_empty();
        let forward = breaks(&before, &after, Direction::Forward, "1.0").is_empty();
        if !backward {
            refused += 1;
        }
        if !backward && !forward {
            continue;
        }
        compatible += 1;
        for _ in 0..30 {
            let value = data().new_tree(&mut runner).unwrap().current();
            let (by_old, by_new) = (old.is_valid(&value), new.is_valid(&value));
            taken += u32::from(by_old && backward) + u32::from(by_new && forward);
            assert!(!backward || !by_old || by_new, "backward: {before} -> {after} refuses {value}");
            assert!(!forward || !by_new || by_old, "forward: {before} <- {after} takes {value}");
        }
    }
    // It was no empty exercise: rules said yes and no, and data was there to contradict them.
    assert!(compatible > 600 && refused > 300 && taken > 4_000, "{compatible} {refused} {taken}");
}

fn bounded(schema: &Value) -> Result<(), crate::contract::schema::effort::Explodes> {
    crate::contract::schema::effort::bounded(&Schema::new(schema))
}
