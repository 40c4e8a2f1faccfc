//! Resources and their changes, as tables and as JSON.

use samflyt_proto::registry::{Resource, ResourceChange};
use serde_json::{Value, json};

use crate::cli::json::{data, time};
use crate::cli::output::Table;
use crate::cli::show;

pub(super) fn to_json(resource: &Resource) -> Value {
    json!({
        "kind": kind(resource),
        "id": resource.id,
        "tenant": resource.tenant,
        "revision": resource.revision,
        "changed_at": time(resource.changed_at.as_ref()),
        "changed_by": resource.changed_by,
        "document": data(&resource.document),
    })
}

fn kind(resource: &Resource) -> String {
    resource.kind().as_str_name().trim_start_matches("RESOURCE_KIND_").to_lowercase()
}

pub(super) fn change_json(change: &ResourceChange) -> Value {
    json!({
        "revision": change.revision,
        "type": change.r#type,
        "changed_at": time(change.changed_at.as_ref()),
        "changed_by": change.changed_by,
        "client": change.client,
        "reason": change.reason,
        "changed": change.changed,
        "document": data(&change.document),
    })
}

pub(super) fn table(resources: &[Resource]) -> Table {
    let mut table = Table::new(&["id", "tenant", "what", "#revision", "changed", "by"]);
    for resource in resources {
        table.row([
            &resource.id,
            &resource.tenant,
            &gist(&data(&resource.document)),
            &resource.revision.to_string(),
            &show::time(resource.changed_at.as_ref()),
            &resource.changed_by,
        ]);
    }
    table
}

/// What one line has room for.
fn gist(document: &Value) -> String {
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let named = ["name", "title", "owner", "contact"].into_iter().map(text).find(|text| !text.is_empty());
    let what = match (text("provider"), text("consumer")) {
        ("", _) | (_, "") => named.unwrap_or_default().to_owned(),
        (provider, consumer) => format!("{provider} → {consumer}"),
    };
    match text("status") {
        "" => what,
        status => format!("{what} ({status})"),
    }
}

pub(super) fn changes(changes: &[ResourceChange]) -> Table {
    let mut table = Table::new(&["#revision", "when", "what", "by", "client", "changed", "why"]);
    for change in changes {
        table.row([
            &change.revision.to_string(),
            &show::time(change.changed_at.as_ref()),
            &change.r#type,
            &change.changed_by,
            &change.client,
            &change.changed.join(" "),
            &change.reason,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_a_resource_is_and_how_far_it_has_come() {
        let agreement = json!({"provider": "a", "consumer": "b", "status": "draft", "purpose": "x"});
        assert_eq!(gist(&agreement), "a → b (draft)");
        assert_eq!(
            gist(&json!({"title": "Replace ePhorte", "status": "proposed"})),
            "Replace ePhorte (proposed)"
        );
        assert_eq!(gist(&json!({"name": "ePhorte"})), "ePhorte");
    }
}
