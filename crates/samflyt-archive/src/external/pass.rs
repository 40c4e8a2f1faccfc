//! Whether something is for an external archive, and passing it on.

use std::sync::Arc;

use samflyt_events::{Refusal, TenantId};
use samflyt_noark::fiks::MessageType;
use samflyt_projection::StoreError;
use serde_json::Value;

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
    /// The external archive that a document is for: that of what it names and that lies there, else that of the arkivdel that it
    /// names. None: it is for the records that are kept here.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub(crate) fn route(&self, records: &Records, document: &Value) -> Result<Option<Route>, StoreError> {
        if !self.externals.has_any(&records.tenant) {
            return Ok(None);
        }
        let Names { arkivdeler, units } = names(document);
        for unit in units {
            if let Some(arkivdel) = self.lies_in(records, &unit)? {
                return Ok(self.route_to(&records.tenant, arkivdel));
            }
        }
        Ok(arkivdeler.into_iter().find_map(|code| self.route_to(&records.tenant, code)))
    }

    fn route_to(&self, tenant: &TenantId, arkivdel: String) -> Option<Route> {
        let (lane, external) = self.externals.of(tenant, &arkivdel)?;
        Some(Route { external, lane, arkivdel })
    }

    /// The arkivdel elsewhere that holds what is named, or will when what is on its way was carried out.
    fn lies_in(&self, records: &Records, words: &[String]) -> Result<Option<String>, StoreError> {
        if records.names_own(words)? {
            return Ok(None);
        }
        if let Some(arkivdel) = records.elsewhere(words)? {
            return Ok(Some(arkivdel));
        }
        let pending = self.externals.pending.lock();
        Ok(pending.get(&(records.tenant.clone(), words.to_vec())).map(|(arkivdel, _)| arkivdel.clone()))
    }

    /// Remembers what a write makes before it is carried out there, so that what builds on it follows it.
    pub(crate) fn expect(&self, tenant: &TenantId, cause: &str, route: &Route, document: &Value) {
        let mut pending = self.externals.pending.lock();
        for unit in names(&made(document)).units {
            pending
                .entry((tenant.clone(), unit))
                .or_insert_with(|| (route.arkivdel.clone(), cause.to_owned()));
        }
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
        self.externals.pending.lock().retain(|_, (_, cause)| *cause != letter.cause);
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
        units.extend(names(&described(document)).units);
        let step = Step::KeptElsewhere { arkivdel: route.arkivdel.clone(), names: units };
        let decide =
            |_: &Records| Ok::<_, StoreError>(Decision { steps: vec![step.clone()], answer: answer.clone() });
        match self.recorder.carry_out(letter.tenant, &letter.cause, by, decide).await {
            Ok(_) => Ok(()),
            Err(NotCarried::Refused(error)) => Err(unreadable(error)),
            Err(NotCarried::Unavailable(refusal)) => Err(refusal),
        }
    }
}

/// What a message brings, without what it refers to.
fn made(document: &Value) -> Value {
    let mut made = described(document);
    for part in ["mappe", "registrering"] {
        if let Some(key) = document.get(part).and_then(|part| part.get("referanseEksternNoekkel")) {
            made[part] = serde_json::json!({"referanseEksternNoekkel": key});
        }
    }
    made
}

/// The dokumentbeskrivelser of what a message brings, which a receipt does not name by their external keys.
fn described(document: &Value) -> Value {
    let registrering = document.get("registrering").unwrap_or(&Value::Null);
    let keys =
        list(registrering, "dokumentbeskrivelse").iter().filter_map(|one| one.get("referanseEksternNoekkel"));
    let keys: Vec<Value> = keys.map(|key| serde_json::json!({"referanseEksternNoekkel": key})).collect();
    serde_json::json!({ "dokumentbeskrivelse": keys })
}
