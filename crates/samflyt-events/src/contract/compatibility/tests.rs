use serde_json::{Value, json};

use super::*;
use crate::EventType;
use crate::contract::template;

mod random;

fn with(schema: Value) -> Contract {
    Contract { schema, ..template(&EventType::new("case.opened").unwrap()) }
}

fn broken(before: &Value, after: &Value, direction: Direction) -> Vec<String> {
    let mut fields: Vec<String> =
        breaks(before, after, direction, "1.0").into_iter().map(|found| found.field).collect();
    fields.sort();
    fields
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

/// Old, new, what breaks backward, what breaks forward.
fn cases() -> Vec<(Value, Value, Vec<&'static str>, Vec<&'static str>)> {
    let a = |rules: Value| object(json!({ "a": rules }));
    let text = json!({"type": "string"});
    vec![
        (a(text.clone()), a(text.clone()), vec![], vec![]),
        (a(text.clone()), object(json!({"a": text, "b": text})), vec![], vec!["/schema/properties/b"]),
        (
            json!({"properties": {"a": text}}),
            json!({"properties": {"a": text, "b": text}}),
            vec!["/schema/properties/b"],
            vec![],
        ),
        (
            a(text.clone()),
            json!({"type": "object", "additionalProperties": false, "required": ["a"], "properties": {"a": text}}),
            vec!["/schema/required"],
            vec![],
        ),
        (json!({}), object(json!({})), vec!["/schema/additionalProperties", "/schema/type"], vec![]),
        (
            a(json!({"type": ["string", "null"]})),
            a(json!({"type": "string"})),
            vec!["/schema/properties/a/type"],
            vec![],
        ),
        (
            a(json!({"type": "integer"})),
            a(json!({"type": "number"})),
            vec![],
            vec!["/schema/properties/a/type"],
        ),
        (
            a(json!({"enum": ["x", "y"]})),
            a(json!({"enum": ["y", "z"]})),
            vec!["/schema/properties/a/enum"],
            vec!["/schema/properties/a/enum"],
        ),
        (
            a(json!({"const": "x"})),
            a(json!({"type": "string", "maxLength": 2})),
            vec![],
            vec!["/schema/properties/a/const"],
        ),
        (
            a(json!({"pattern": "^a"})),
            a(json!({"pattern": "^b", "format": "date"})),
            vec!["/schema/properties/a/format", "/schema/properties/a/pattern"],
            vec!["/schema/properties/a/pattern"],
        ),
        (
            a(json!({"type": "string", "minLength": 1, "maxLength": 9})),
            a(json!({"type": "string", "minLength": 2, "maxLength": 8})),
            vec!["/schema/properties/a/maxLength", "/schema/properties/a/minLength"],
            vec![],
        ),
        (
            a(json!({"type": "integer", "minimum": 1, "maximum": 9})),
            a(json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9, "multipleOf": 3})),
            vec!["/schema/properties/a/exclusiveMaximum", "/schema/properties/a/multipleOf"],
            vec!["/schema/properties/a/minimum"],
        ),
        (
            a(json!({"type": "array", "items": {"type": "string"}, "maxItems": 3})),
            a(json!({"type": "array", "items": {"type": "integer"}, "minItems": 1, "uniqueItems": true})),
            vec![
                "/schema/properties/a/items/type",
                "/schema/properties/a/minItems",
                "/schema/properties/a/uniqueItems",
            ],
            vec!["/schema/properties/a/items/type", "/schema/properties/a/maxItems"],
        ),
        (
            a(json!({"prefixItems": [{"type": "string"}], "items": false})),
            a(json!({"items": {"type": "string"}})),
            vec![],
            vec!["/schema/properties/a/items"],
        ),
        (
            json!({"$defs": {"p": object(json!({"id": text}))}, "properties": {"a": {"$ref": "#/$defs/p"}}}),
            json!({"$defs": {"p": object(json!({}))}, "properties": {"a": {"$ref": "#/$defs/p"}}}),
            vec!["/schema/$defs/p/properties/id"],
            vec![],
        ),
        (
            a(json!({"type": "integer", "minimum": 1})),
            a(json!({"type": "integer", "exclusiveMinimum": 1})),
            vec!["/schema/properties/a/exclusiveMinimum"],
            vec![],
        ),
        // `ab` matches the pattern, so that `additionalProperties` says nothing of it.
        (
            json!({"patternProperties": {"^a": {}}, "additionalProperties": false}),
            json!({"patternProperties": {"^a": {}}, "additionalProperties": false,
                   "properties": {"ab": {"type": "string"}}}),
            vec!["/schema/properties/ab"],
            // A false alarm: no pattern is compared with a name.
            vec!["/schema/properties/ab"],
        ),
        (
            a(json!({"anyOf": [{"type": "string"}, {"type": "null"}]})),
            a(json!({"anyOf": [{"type": "null"}, {"type": "string"}]})),
            vec!["/schema/properties/a/anyOf"],
            vec!["/schema/properties/a/anyOf"],
        ),
    ]
}

#[test]
fn each_change_is_told_with_its_place_in_each_direction() {
    for (before, after, backward, forward) in cases() {
        assert_eq!(broken(&before, &after, Direction::Backward), backward, "{before} -> {after}");
        assert_eq!(broken(&before, &after, Direction::Forward), forward, "{before} <- {after}");
    }
}

#[test]
fn a_reference_whose_target_changed_is_told_though_the_words_around_it_are_equal() {
    let schema = |kind: &str| json!({"$defs": {"x": {"type": kind}}, "properties": {"a": {"allOf": [{"$ref": "#/$defs/x"}]}}});
    let found = broken(&schema("string"), &schema("null"), Direction::Backward);
    assert_eq!(found, ["/schema/properties/a/allOf"]);
    assert!(broken(&schema("string"), &schema("string"), Direction::Backward).is_empty());
    let tree = |kind: &str| json!({"properties": {"next": {"$ref": "#"}, "id": {"type": kind}}});
    assert_eq!(broken(&tree("string"), &tree("null"), Direction::Backward), ["/schema/properties/id/type"]);
}

#[test]
fn a_rule_says_what_was_and_what_is_and_whom_it_harms() {
    let (before, after) = (with(json!({"maxLength": 200})), with(json!({"maxLength": 100})));
    let found = after.breaks(&before);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].field, "/schema/maxLength");
    assert_eq!(found[0].rule, "was 200 and is 100: data that keeps to 1.0 may be refused");
    assert!(found[0].advice.contains("new major version"));
}

#[test]
fn what_was_promised_holds_also_where_the_newer_version_promises_less() {
    let version = |max: u32, compatibility| Contract { compatibility, ..with(json!({ "maxLength": max })) };
    let of = |old, new, after| version(after, new).breaks(&version(20, old)).len();
    use Compatibility::{Backward, Forward, Full, None};
    assert_eq!((of(Backward, None, 10), of(Backward, None, 30)), (1, 0));
    assert_eq!((of(None, None, 10), of(None, None, 30)), (0, 0));
    assert_eq!((of(Forward, Forward, 10), of(Forward, Forward, 30)), (0, 1));
    assert_eq!((of(Backward, Full, 10), of(Backward, Full, 30)), (1, 1));
}

#[test]
fn meaning_and_protection_change_with_a_major_only_whatever_is_promised() {
    let mut before = template(&EventType::new("case.opened").unwrap());
    before.compatibility = Compatibility::None;
    let mut after = before.clone();
    after.purpose.push_str(", and more");
    after.legal_basis.law = "another law § 1".to_owned();
    after.entity = None;
    after.persons.clear();
    after.classification = Classification::Open;
    after.fields.get_mut("/address").unwrap().personal = false;
    let fields: Vec<String> = after.breaks(&before).into_iter().map(|found| found.field).collect();
    assert_eq!(
        fields,
        ["/purpose", "/legal_basis", "/entity", "/persons", "/classification", "/fields/~1address/personal"]
    );
}

#[test]
fn urgency_may_be_promised_later_and_not_be_lifted_within_a_major() {
    let plain = with(json!({}));
    let urgent = Contract { urgent: true, ..plain.clone() };
    assert_eq!(urgent.breaks(&plain), []);
    let found = plain.breaks(&urgent);
    assert_eq!(found.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["/urgent"]);
}
