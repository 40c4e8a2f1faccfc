//! Requests that an external archive answers: passed on one after the other, beside those that are answered here.
//!
//! Kept true: those for one external archive keep their order, and hold up no others; one that has no answer yet is asked for
//! again until it has, and shows what it waits for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_noark::fiks::{MessageType, Schema, codes};
use samflyt_noark::write;
use serde_json::Value;
use tokio::sync::mpsc;

use super::answer::{self, Answer};
use super::decide::{Prepared, actor};
use super::request::{AT, Request};
use super::worker::PAUSES;
use crate::external::{Letter, Reply, Route};
use crate::messages::Attachment;
use crate::records::decide::Problem;
use crate::records::unreadable;
use crate::{Archive, Digest};

/// The lanes of one tenant.
pub(super) struct Lanes(Arc<Shared>);

struct Shared {
    archive: Arc<Archive>,
    tenant: TenantId,
    queues: Mutex<HashMap<usize, mpsc::UnboundedSender<u64>>>,
    /// Those that are in a lane.
    taken: Mutex<HashSet<u64>>,
}

impl Lanes {
    pub fn new(archive: Arc<Archive>, tenant: TenantId) -> Self {
        Self(Arc::new(Shared { archive, tenant, queues: Mutex::default(), taken: Mutex::default() }))
    }

    /// Takes a request that is for an external archive; says whether it is.
    ///
    /// # Errors
    /// Where that cannot be told now.
    pub async fn take(&self, sequence: u64, prepared: &Prepared) -> Result<bool, Refusal> {
        let shared = &self.0;
        if shared.taken.lock().contains(&sequence) {
            return Ok(true);
        }
        let Some((route, request)) = shared.archive.route_of(&shared.tenant, prepared).await? else {
            return Ok(false);
        };
        let by = actor(&prepared.event, &request.doc);
        shared.archive.expect(&shared.tenant, &cause(prepared), &route, &by, &request.doc).await?;
        shared.taken.lock().insert(sequence);
        let mut queues = shared.queues.lock();
        // A queue holds places in the log only. Its other end lives as long as the process.
        let _ = queues.entry(route.lane).or_insert_with(|| Shared::lane(shared)).send(sequence);
        Ok(true)
    }
}

impl Shared {
    fn lane(shared: &Arc<Self>) -> mpsc::UnboundedSender<u64> {
        let (queue, mut waiting) = mpsc::unbounded_channel();
        let own = Arc::clone(shared);
        let stop = shared.archive.lifecycle.services.clone();
        let settling = stop.run_until_cancelled_owned(async move {
            while let Some(sequence) = waiting.recv().await {
                own.settle(sequence).await;
            }
        });
        let task = async move {
            settling.await;
            Ok::<(), String>(())
        };
        shared.archive.lifecycle.spawn("archive deposits for an external archive", task);
        queue
    }

    /// Goes on until the request has its answer in the log.
    async fn settle(&self, sequence: u64) {
        let place = (self.tenant.clone(), sequence);
        let mut failures = 0;
        while let Err(refusal) = self.try_to_settle(sequence).await {
            if failures == 0 {
                tracing::warn!(tenant = %self.tenant, %refusal, "a deposit waits for an external archive");
            }
            self.archive.deposits.waits.lock().insert(place.clone(), refusal.message);
            tokio::time::sleep(PAUSES[usize::min(failures, PAUSES.len() - 1)]).await;
            failures += 1;
        }
        self.archive.deposits.waits.lock().remove(&place);
        self.taken.lock().remove(&sequence);
    }

    async fn try_to_settle(&self, sequence: u64) -> Result<(), Refusal> {
        let Some(prepared) = self.archive.read_request(&self.tenant, sequence).await? else { return Ok(()) };
        let answer = match self.archive.route_of(&self.tenant, &prepared).await? {
            Some((route, request)) => self.archive.deposit_elsewhere(&prepared, request, &route).await?,
            // A document was damaged meanwhile.
            None => self.archive.decide(&prepared).await?,
        };
        self.archive.give(&prepared.event, &answer).await
    }
}

impl Archive {
    async fn route_of<'p>(
        &self,
        tenant: &TenantId,
        prepared: &'p Prepared,
    ) -> Result<Option<(Route, &'p Request)>, Refusal> {
        // What is wrong without looking at the records is told here.
        let Some(request) = prepared.request.as_ref().filter(|_| prepared.problems.is_empty()) else {
            return Ok(None);
        };
        let route = self.route(tenant, MessageType::ArkivmeldingOpprett, &request.doc).await?;
        Ok(route.map(|route| (route, request)))
    }

    async fn deposit_elsewhere(
        &self,
        prepared: &Prepared,
        request: &Request,
        route: &Route,
    ) -> Result<Answer, Refusal> {
        let event = &prepared.event;
        let letter = Letter {
            tenant: &event.tenant,
            system: &event.system,
            cause: cause(prepared),
            kind: MessageType::ArkivmeldingOpprett,
            payload: payload(&request.doc)?,
            files: request
                .documents
                .iter()
                .map(|named| attachment(&named.name, named.digest, named.size))
                .collect(),
            correlation: Some(event.correlation.to_string()).filter(|text| text.chars().count() <= 128),
            ttl_s: None,
        };
        let by = actor(event, &request.doc);
        let reply = self.pass_write_on(route, &letter, &by, &request.doc).await?;
        let reference = event.reference().to_string();
        let problems = problems(&reply, &route.external.config.url);
        if !problems.is_empty() {
            return Ok(answer::rejected(&reference, &problems));
        }
        let records = self.recorder.records(&event.tenant).await?;
        let kvittering = reply.document.unwrap_or_default();
        answer::accepted(&reference, &kvittering, &prepared.files, &records, &self.documents)
            .map_err(unreadable)
    }
}

fn cause(prepared: &Prepared) -> String {
    format!("event:{}", prepared.event.reference())
}

fn attachment(name: &str, digest: Digest, size: u64) -> Attachment {
    Attachment { name: name.to_owned(), digest, size }
}

fn payload(doc: &Value) -> Result<Bytes, Refusal> {
    let root = Schema::ArkivmeldingOpprett.root();
    let mut doc = doc.clone();
    codes::fill_descriptions(&mut doc, root);
    let xml = write::document(root, &doc).map_err(|error| {
        tracing::error!(%error, "a request that is as its schema says cannot be written");
        Refusal::new(Reason::RequestInvalid, "the request cannot be said in the words of the protocol")
    })?;
    Ok(xml.into_bytes().into())
}

/// What the external archive did not keep, and why.
fn problems(reply: &Reply, url: &str) -> Vec<Problem> {
    let document = reply.document.as_ref().unwrap_or(&Value::Null);
    let text = |at: &str| document.pointer(at).and_then(Value::as_str);
    let advice = "mend it, and ask again under a new event id";
    if reply.kind.is_error() {
        let told = text("/feilmelding").unwrap_or("it gave no reason");
        let rule = format!("is refused by the external archive {url}: {told}");
        return vec![Problem::new(AT, rule, advice)];
    }
    let failed = ["mappe", "registrering"].into_iter().filter_map(|part| {
        let told = text(&format!("/{part}Feilet/feilmelding"))?;
        let rule = format!("is refused by the external archive {url}, which may have kept the rest: {told}");
        Some(Problem::new(format!("{AT}/{part}"), rule, advice))
    });
    failed.collect()
}
