//! What differs between two states of a resource, for those who have to be told.

use samflyt_events::catalogue::Resource;
use serde_json::{Map, Value};

/// JSON pointers of the members that differ, as deep as both sides are objects.
pub(crate) fn changed_members(before: Option<&Resource>, after: Option<&Resource>) -> Vec<String> {
    let value = |resource: Option<&Resource>| resource.map(Resource::document).unwrap_or_default();
    let mut changed = Vec::new();
    compare(&value(before), &value(after), &mut String::new(), &mut changed);
    changed
}

fn compare(before: &Value, after: &Value, pointer: &mut String, changed: &mut Vec<String>) {
    let nothing = Map::new();
    match (before, after) {
        (Value::Null, Value::Object(_)) | (Value::Object(_), Value::Null | Value::Object(_)) => {
            let members = |value: &Value| value.as_object().unwrap_or(&nothing).clone();
            let (before, after) = (members(before), members(after));
            let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
            for name in names {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
                compare(&of(&before), &of(&after), pointer, changed);
                pointer.truncate(length);
            }
        }
        (before, after) if before == after => {}
        _ => changed.push(pointer.clone()),
    }
}

#[cfg(test)]
mod tests {
    use samflyt_events::catalogue::Kind;
    use samflyt_events::catalogue::resource::template;

    use super::*;

    #[test]
    fn the_members_that_differ_are_named_and_no_others() {
        let mut document = template(Kind::Usage).unwrap();
        let before = Resource::from_value(Kind::Usage, document.clone()).unwrap();
        document["owner"] = "Another office".into();
        document["processing"]["storage"] = "Sweden".into();
        let after = Resource::from_value(Kind::Usage, document).unwrap();
        assert_eq!(changed_members(Some(&before), Some(&after)), ["/owner", "/processing/storage"]);
        assert!(changed_members(Some(&after), Some(&after)).is_empty());
        assert!(changed_members(None, Some(&after)).contains(&"/processing/storage".to_owned()));
    }
}
