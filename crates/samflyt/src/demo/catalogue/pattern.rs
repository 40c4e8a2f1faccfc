//! A document of `config/demo/catalogue/` that is written once, and said of every municipality.
//!
//! Texts are filled in: `@care records` becomes the system that the municipality uses for the task, `{tenant}` its id,
//! `{place}` its name, `today+90` the day ninety days from now.

use anyhow::Context;
use samflyt_events::TenantId;
use serde::Deserialize;
use serde_json::{Map, Value};
use time::{Date, Duration};

use crate::demo::region::{Region, Tenant};

/// A document with gaps, and whom it is said of.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Pattern {
    /// Absent: everybody.
    #[serde(default, rename = "in")]
    only: Option<Vec<TenantId>>,
    #[serde(default)]
    not_in: Vec<TenantId>,
    #[serde(flatten)]
    document: Map<String, Value>,
}

/// Where a document is said.
pub(super) struct Place<'r> {
    pub region: &'r Region,
    pub tenant: &'r Tenant,
    pub today: Date,
}

impl Pattern {
    /// The municipality's document. None where it is not said of it, or the municipality has no system for it.
    pub fn at(&self, place: &Place<'_>) -> anyhow::Result<Option<Value>> {
        let tenant = &place.tenant.id;
        let said = self.only.as_ref().is_none_or(|only| only.contains(tenant));
        if !said || self.not_in.contains(tenant) {
            return Ok(None);
        }
        let filled = place.fill(&Value::Object(self.document.clone()))?;
        Ok(filled.map(|mut document| {
            document["tenant"] = tenant.as_str().into();
            document
        }))
    }
}

impl Place<'_> {
    /// None where a system is meant that the municipality does not have; in a list, the item is left out.
    fn fill(&self, value: &Value) -> anyhow::Result<Option<Value>> {
        Ok(match value {
            Value::String(text) => self.text(text)?.map(Value::String),
            Value::Array(items) => {
                let items: anyhow::Result<Vec<Option<Value>>> =
                    items.iter().map(|item| self.fill(item)).collect();
                Some(Value::Array(items?.into_iter().flatten().collect()))
            }
            Value::Object(members) => {
                let mut filled = Map::new();
                for (name, member) in members {
                    let Some(member) = self.fill(member)? else { return Ok(None) };
                    filled.insert(name.clone(), member);
                }
                Some(Value::Object(filled))
            }
            other => Some(other.clone()),
        })
    }

    fn text(&self, text: &str) -> anyhow::Result<Option<String>> {
        if let Some(task) = text.strip_prefix('@') {
            let known = self.region.systems.iter().any(|system| system.task == task);
            anyhow::ensure!(known, "`{text}` names a task that no system of the region has");
            let system = self.region.system_for(&self.tenant.id, task);
            return Ok(system.map(|system| system.id.to_string()));
        }
        if let Some(days) = text.strip_prefix("today") {
            return Ok(Some(day(self.today, days).with_context(|| format!("`{text}`"))?.to_string()));
        }
        Ok(Some(text.replace("{tenant}", self.tenant.id.as_str()).replace("{place}", self.tenant.place())))
    }
}

fn day(today: Date, days: &str) -> anyhow::Result<Date> {
    let days: i64 = if days.is_empty() { 0 } else { days.parse()? };
    today.checked_add(Duration::days(days)).context("no such day")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;

    fn at(tenant: &str, pattern: Value) -> anyhow::Result<Option<Value>> {
        let region = Region::embedded().unwrap();
        let tenant = region.tenants.iter().find(|found| found.id.as_str() == tenant).unwrap();
        let pattern: Pattern = serde_json::from_value(pattern).unwrap();
        pattern.at(&Place { region: &region, tenant, today: date!(2026 - 03 - 10) })
    }

    #[test]
    fn a_document_is_said_of_each_municipality_in_its_own_words() {
        let pattern = json!({
            "not_in": ["vinje"], "id": "{tenant}-x", "title": "Of {place}", "source": "@care records",
            "valid_until": "today+22", "systems": ["@public journal", "@economy"], "years": 10,
        });
        let seljord = at("seljord", pattern.clone()).unwrap().unwrap();
        let expected = json!({
            "id": "seljord-x", "title": "Of Seljord", "source": "seljord-profil", "valid_until": "2026-04-01",
            "systems": ["seljord-ephorte-public", "vinje-agresso"], "years": 10, "tenant": "seljord",
        });
        assert_eq!(seljord, expected);
        // Tokke shows no journal in a system of its own.
        assert_eq!(at("tokke", pattern.clone()).unwrap().unwrap()["systems"], json!(["vinje-agresso"]));
        assert_eq!(at("vinje", pattern).unwrap(), None);
        assert_eq!(at("tokke", json!({"system": "@public journal"})).unwrap(), None);
        assert_eq!(at("tokke", json!({"in": ["vinje"], "system": "@economy"})).unwrap(), None);
    }

    #[test]
    fn a_task_that_nobody_has_is_a_mistake_and_so_is_a_day_that_is_none() {
        assert!(at("tokke", json!({"system": "@astrology"})).unwrap_err().to_string().contains("@astrology"));
        assert!(at("tokke", json!({"on": "today+soon"})).is_err());
    }
}
