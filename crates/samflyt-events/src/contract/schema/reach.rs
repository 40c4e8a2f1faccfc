//! Whether data that keeps to a schema can have a value at a JSON pointer. What a schema leaves open it may have.

use serde_json::{Map, Value};

use super::{Schema, listed, named, unescape};

/// Whether the schema leaves room for a value at the pointer; `*` stands for any item of an array.
pub fn may_hold(schema: &Schema<'_>, pointer: &str) -> bool {
    let steps: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    may(schema, schema.root, &steps)
}

fn may(schema: &Schema<'_>, node: &Value, steps: &[String]) -> bool {
    let Value::Object(members) = node else { return node != &Value::Bool(false) };
    let [step, rest @ ..] = steps else { return true };
    let some = |name: &str| {
        let mut branches = listed(members, name).peekable();
        branches.peek().is_none() || branches.any(|branch| may(schema, branch, steps))
    };
    let inside = || as_member(schema, members, step, rest) || as_item(schema, members, step, rest);
    inside()
        && schema.referred(members).all(|target| may(schema, target, steps))
        && listed(members, "allOf").all(|part| may(schema, part, steps))
        && some("anyOf")
        && some("oneOf")
}

fn may_be(node: &Map<String, Value>, kind: &str) -> bool {
    match node.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => true,
    }
}

fn as_member(schema: &Schema<'_>, node: &Map<String, Value>, step: &str, rest: &[String]) -> bool {
    if !may_be(node, "object") {
        return false;
    }
    if let Some((_, member)) = named(node, "properties").find(|(name, _)| *name == step) {
        return may(schema, member, rest);
    }
    if named(node, "patternProperties").next().is_some() {
        return true;
    }
    node.get("additionalProperties").is_none_or(|member| may(schema, member, rest))
        && (node.get("unevaluatedProperties") != Some(&Value::Bool(false)) || knows(schema, node, step))
}

/// Whether the node, or what is applied beside it, names the member.
fn knows(schema: &Schema<'_>, node: &Map<String, Value>, step: &str) -> bool {
    let lists = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|name| listed(node, name));
    let single = ["if", "then", "else"].into_iter().filter_map(|name| node.get(name));
    let dependent = named(node, "dependentSchemas").map(|(_, part)| part);
    let mut beside = schema.referred(node).chain(lists).chain(single).chain(dependent);
    let open = |node: &Map<String, Value>| {
        ["patternProperties", "additionalProperties"].iter().any(|name| node.contains_key(*name))
    };
    named(node, "properties").any(|(name, _)| name == step)
        || beside.any(|part| part.as_object().is_some_and(|part| open(part) || knows(schema, part, step)))
}

fn as_item(schema: &Schema<'_>, node: &Map<String, Value>, step: &str, rest: &[String]) -> bool {
    let index = step.parse::<usize>().ok();
    if !may_be(node, "array") || (step != "*" && index.is_none()) {
        return false;
    }
    let first: Vec<&Value> = listed(node, "prefixItems").collect();
    let others = || node.get("items").is_none_or(|item| may(schema, item, rest));
    match index {
        Some(index) if index < first.len() => may(schema, first[index], rest),
        Some(_) => others(),
        None => others() || first.into_iter().any(|item| may(schema, item, rest)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(schema: &Value, pointer: &str) -> bool {
        may_hold(&Schema::new(schema), pointer)
    }

    #[test]
    fn what_a_closed_schema_does_not_name_is_not_there() {
        let closed = json!({"additionalProperties": false, "properties": {
            "a": {"type": "string"}, "a/b~": {}, "list": {"type": "array", "items": {"$ref": "#/$defs/person"}},
            "pair": {"type": "array", "prefixItems": [{"type": "object"}], "items": false}
        }, "$defs": {"person": {"properties": {"id": {"type": "string"}}, "additionalProperties": false}}});
        for there in ["/a", "/a~1b~0", "/list", "/list/*/id", "/list/3/id", "/pair/0/x", "/pair/*/x"] {
            assert!(holds(&closed, there), "{there}");
        }
        for missing in ["/b", "/a/b", "/a/0", "/list/id", "/list/*/name", "/pair/1", "/list/*/id/x"] {
            assert!(!holds(&closed, missing), "{missing}");
        }
    }

    #[test]
    fn an_open_parent_may_have_it_and_a_closed_one_beside_it_forbids_it() {
        assert!(holds(&json!({}), "/a/b/0/c"));
        assert!(holds(&json!({"additionalProperties": {"type": "object"}}), "/a/b"));
        assert!(!holds(&json!({"additionalProperties": {"type": "string"}}), "/a/b"));
        let both = json!({"properties": {"a": {}}, "allOf": [{"properties": {"b": {}}, "additionalProperties": false}]});
        assert!(!holds(&both, "/a"));
        let branches = json!({"oneOf": [
            {"properties": {"a": {}}, "additionalProperties": false},
            {"properties": {"b": {}}, "additionalProperties": false}
        ]});
        assert!(holds(&branches, "/a") && holds(&branches, "/b") && !holds(&branches, "/c"));
        let gathered = json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false});
        assert!(holds(&gathered, "/a") && !holds(&gathered, "/b"));
    }

    #[test]
    fn a_tree_is_followed_as_deep_as_the_pointer_goes() {
        let tree = json!({"properties": {"next": {"$ref": "#"}, "id": {}}, "additionalProperties": false});
        assert!(holds(&tree, "/next/next/next/id") && !holds(&tree, "/next/next/name"));
    }
}
