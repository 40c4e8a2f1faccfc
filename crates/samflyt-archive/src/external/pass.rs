//! Whether something is for an external archive, and passing it on.

use std::sync::Arc;

use samflyt_events::{Refusal, TenantId};
use samflyt_noark::fiks::MessageType;
use samflyt_projection::StoreError;
use serde_json::{Value, json};

use super::{External, Letter, Names, Reply, names};
use crate::Archive;
use crate::records::{Actor, Decision, NotCarried, Records, Step, list, unreadable};

/// Where something goes.
#[derive(Clone)]
pub(crate) struct Route {
    pub external: Arc<External>,
    /// Its place in the configuration.
    pub lane: usize,
    /// The code of the arkivdel.
    pub arkivdel: String,
}

impl Archive {
    /// The external archive that a document is for: that of the arkivdel that it names, where it makes something, else that of
    /// what it names and that lies there. None: it is for the records that are kept here.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub(crate) async fn route(
        &self,
        tenant: &TenantId,
        kind: MessageType,
        document: &Value,
    ) -> Result<Option<Route>, Refusal> {
        if !self.externals.has_any(tenant) {
            return Ok(None);
        }
        let Names { arkivdeler, units } = names(document);
        let said = arkivdeler.into_iter().next();
        if let (MessageType::ArkivmeldingOpprett, Some(code)) = (kind, said) {
            return Ok(self.route_to(tenant, code));
        }
        let records = self.recorder.records(tenant).await?;
        let elsewhere = lies_elsewhere(&records, &units).map_err(unreadable)?;
        Ok(elsewhere.and_then(|arkivdel| self.route_to(tenant, arkivdel)))
    }

    fn route_to(&self, tenant: &TenantId, arkivdel: String) -> Option<Route> {
        let (lane, external) = self.externals.of(tenant, &arkivdel)?;
        Some(Route { external, lane, arkivdel })
    }

    /// Remembers what a write brings before it is carried out there, so that what builds on it follows it, whatever is killed in
    /// between.
    ///
    /// # Errors
    /// Where that cannot be done now.
    pub(crate) async fn expect(
        &self,
        tenant: &TenantId,
        cause: &str,
        route: &Route,
        by: &Actor,
        document: &Value,
    ) -> Result<(), Refusal> {
        let units = names(&made(document)).units;
        if units.is_empty() {
            return Ok(());
        }
        self.keep_names(tenant, &format!("for elsewhere {cause}"), route, by, (units, Value::Null)).await
    }

    /// Passes a read on.
    ///
    /// # Errors
    /// `ARCHIVE_UNAVAILABLE`.
    pub(crate) async fn pass_read_on(&self, route: &Route, letter: &Letter<'_>) -> Result<Reply, Refusal> {
        let reply = route.external.ask(&self.documents, letter).await?;
        route.external.confirm(&reply).await;
        Ok(reply)
    }

    /// Passes a write on, and remembers what was kept there.
    ///
    /// # Errors
    /// `ARCHIVE_UNAVAILABLE` and whatever else may pass.
    pub(crate) async fn pass_write_on(
        &self,
        route: &Route,
        letter: &Letter<'_>,
        by: &Actor,
        document: &Value,
    ) -> Result<Reply, Refusal> {
        let reply = route.external.ask(&self.documents, letter).await?;
        if !reply.kind.is_error() && reply.kind != MessageType::Tidsavbrudd {
            self.remember(route, letter, by, document, &reply).await?;
        }
        route.external.confirm(&reply).await;
        Ok(reply)
    }

    async fn remember(
        &self,
        route: &Route,
        letter: &Letter<'_>,
        by: &Actor,
        document: &Value,
        reply: &Reply,
    ) -> Result<(), Refusal> {
        let answer = reply.document.clone().unwrap_or_default();
        let mut units = names(&answer).units;
        units.extend(names(&made(document)).units);
        self.keep_names(letter.tenant, &letter.cause, route, by, (units, answer)).await
    }

    /// Under a cause, once: what lies in an arkivdel elsewhere, and what was answered.
    async fn keep_names(
        &self,
        tenant: &TenantId,
        cause: &str,
        route: &Route,
        by: &Actor,
        (names, answer): (Vec<Vec<String>>, Value),
    ) -> Result<(), Refusal> {
        let step = Step::KeptElsewhere { arkivdel: route.arkivdel.clone(), names };
        let decide =
            |_: &Records| Ok::<_, StoreError>(Decision { steps: vec![step.clone()], answer: answer.clone() });
        match self.recorder.carry_out(tenant, cause, by, decide).await {
            Ok(_) => Ok(()),
            Err(NotCarried::Refused(error)) => Err(unreadable(error)),
            Err(NotCarried::Unavailable(refusal)) => Err(refusal),
        }
    }
}

/// The arkivdel that holds the first of these units that lies elsewhere and not here.
fn lies_elsewhere(records: &Records, units: &[Vec<String>]) -> Result<Option<String>, StoreError> {
    for unit in units {
        if !records.names_own(unit)?
            && let Some(arkivdel) = records.elsewhere(unit)?
        {
            return Ok(Some(arkivdel));
        }
    }
    Ok(None)
}

/// What a message brings, by its external keys, without what it refers to.
fn made(document: &Value) -> Value {
    let keyed =
        |part: &Value| part.get("referanseEksternNoekkel").map(|key| json!({"referanseEksternNoekkel": key}));
    let mut made = json!({});
    for part in ["mappe", "registrering"] {
        if let Some(key) = document.get(part).and_then(keyed) {
            made[part] = key;
        }
    }
    let registrering = document.get("registrering").unwrap_or(&Value::Null);
    let described: Vec<Value> = list(registrering, "dokumentbeskrivelse").iter().filter_map(keyed).collect();
    made["dokumentbeskrivelse"] = json!(described);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_brings_is_told_from_what_it_refers_to() {
        let key = |key: &str| json!({"fagsystem": "f", "noekkel": key});
        let made = made(&json!({
            "registrering": {
                "referanseForelderMappe": {"referanseEksternNoekkel": key("17")},
                "referanseEksternNoekkel": key("17-1"),
                "dokumentbeskrivelse": [{"referanseEksternNoekkel": key("d")}, {"tittel": "Vedlegg"}],
            },
        }));
        let mut units = names(&made).units;
        units.sort();
        assert_eq!(units, [["key", "dokument", "f", "d"], ["key", "registrering", "f", "17-1"]]);
    }
}
