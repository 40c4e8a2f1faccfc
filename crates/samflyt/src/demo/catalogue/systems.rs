//! What is known of the installations, from `config/demo/catalogue/systems.toml`.

use std::collections::BTreeMap;

use samflyt_events::TenantId;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::demo::region::Region;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Systems {
    environments: BTreeMap<TenantId, String>,
    /// By product.
    pub systems: BTreeMap<String, Details>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Details {
    #[serde(default)]
    cost_per_inhabitant_nok: Option<u64>,
    /// What differs at a host.
    #[serde(default)]
    at: BTreeMap<TenantId, Map<String, Value>>,
    #[serde(flatten)]
    document: Map<String, Value>,
}

/// An installation, as far as its registration knows it.
pub(super) struct Installed<'r> {
    pub id: String,
    pub host: &'r TenantId,
    pub product: &'r str,
    pub name: String,
    pub note: &'r str,
    pub users: Vec<&'r TenantId>,
}

impl Systems {
    /// The document of an installation; none where only its name is known.
    pub fn document(&self, region: &Region, installed: &Installed<'_>) -> Option<Value> {
        let details = self.systems.get(installed.product)?;
        let mut document = Map::new();
        if let Some(environment) = self.environments.get(installed.host) {
            document.insert("environment".to_owned(), environment.as_str().into());
        }
        document.extend(details.document.clone());
        document.extend(details.at.get(installed.host).cloned().unwrap_or_default());
        if let Some(cost) = details.cost_per_inhabitant_nok {
            let users = region.tenants.iter().filter(|tenant| installed.users.contains(&&tenant.id));
            let inhabitants: u64 = users.map(|tenant| u64::from(tenant.inhabitants)).sum();
            document.insert("cost_per_year_nok".to_owned(), (cost * inhabitants).into());
        }
        let own = [
            ("id", installed.id.as_str()),
            ("host", installed.host.as_str()),
            ("product", installed.product),
            ("name", &installed.name),
            ("note", installed.note),
        ];
        document.extend(own.map(|(member, text)| (member.to_owned(), text.into())));
        Some(Value::Object(document))
    }
}
