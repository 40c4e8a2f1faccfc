//! Records for tests: the real fold on a real store, without a broker.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use parking_lot::Mutex;
use samflyt_events::TenantId;
use samflyt_events::subject::{archive_changes, archive_stream};
use samflyt_log::{Entry, Follow, StreamError, StreamState};
use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::{Lifecycle, ProjectionConfig, Runner, Source};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::decide::create::{Create, create};
use super::decide::files::FileFact;
use super::decide::{Trouble, structure};
use super::fold::message_place;
use super::{Actor, Change, Decision, Keys, RecordFold, Records, Seal, Step, Stored};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-05-04 10:00 UTC);

/// A stream that grows.
struct Fed {
    entries: Mutex<Vec<Entry>>,
    length: watch::Sender<usize>,
}

/// What the runner follows, and the test feeds.
#[derive(Clone)]
struct Shared(Arc<Fed>);

impl Source for Shared {
    fn state(&self, _stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let last = self.0.entries.lock().len() as u64;
        let created = OffsetDateTime::UNIX_EPOCH;
        async move { Ok(Some(StreamState { first: 1, last, messages: last, bytes: 0, created })) }.boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        let from = usize::try_from(follow.after).unwrap();
        let start = (Arc::clone(&self.0), self.0.length.subscribe(), from);
        stream::unfold(start, |(fed, mut length, at)| async move {
            length.wait_for(|length| *length > at).await.ok()?;
            let entry = fed.entries.lock()[at].clone();
            Some((entry, (fed, length, at + 1)))
        })
        .boxed()
    }
}

/// The archive of one municipality.
pub(crate) struct Archive {
    tenant: TenantId,
    seal: Arc<Seal>,
    source: Shared,
    runner: Runner,
    lifecycle: Lifecycle,
    ids: u64,
    _dir: tempfile::TempDir,
}

impl Drop for Archive {
    fn drop(&mut self) {
        self.lifecycle.shutdown.cancel();
    }
}

impl Archive {
    /// Without any record.
    pub async fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tenant = TenantId::new("seljord").unwrap();
        let keys = Arc::new(Keys::in_folder(dir.path().join("keys")));
        let seal = keys.ready(&tenant, false).unwrap();
        let source = Shared(Arc::new(Fed { entries: Mutex::default(), length: watch::Sender::new(0) }));
        let lifecycle = Lifecycle { shutdown: CancellationToken::new(), tracker: TaskTracker::new() };
        let config = ProjectionConfig { dir: dir.path().to_owned(), ..ProjectionConfig::default() };
        let clock = Arc::new(|| NOW);
        let started = Runner::start_with_source(
            RecordFold(keys),
            Arc::new(source.clone()),
            config,
            clock,
            lifecycle.clone(),
        );
        let runner = started.await.unwrap();
        runner.follow(&archive_stream(&tenant));
        Self { tenant, seal, source, runner, lifecycle, ids: 0, _dir: dir }
    }

    /// With an arkiv that has a standard arkivdel, the klassifikasjonssystem `FA` (classes `K01`, `K02`, and `K03` with
    /// `K03.1`, disposed of after five years) and the open one `GBNR`, and a second arkivdel `PERSONAL` after which all is
    /// disposed of after ten.
    pub async fn with_structure() -> Self {
        let mut archive = Self::empty().await;
        let klasse = |id: &str| json!({"klasseID": id, "tittel": id});
        let file = json!({"arkiv": [{
            "tittel": "Seljord kommune",
            "arkivskaper": [{"arkivskaperID": "964963193", "arkivskaperNavn": "Seljord kommune"}],
            "klassifikasjonssystem": [
                {"klassifikasjonssystemID": "FA", "klassifikasjonstype": "FE", "tittel": "Felles", "klasse": [
                    klasse("K01"), klasse("K02"),
                    {"klasseID": "K03", "tittel": "K03", "kassasjon": {
                        "kassasjonsvedtak": "K", "bevaringstid": 5}, "klasse": [klasse("K03.1")]},
                ]},
                {"klassifikasjonssystemID": "GBNR", "klassifikasjonstype": "GBN", "tittel": "Eiendom"},
            ],
            "arkivdel": [
                {"kode": "SAK", "tittel": "Saksarkiv", "standard": true, "klassifikasjonssystem": ["FA", "GBNR"]},
                {"kode": "PERSONAL", "tittel": "Personalarkiv", "klassifikasjonssystem": ["FA"],
                    "kassasjon": {"kassasjonsvedtak": "K", "bevaringstid": 10}},
            ],
        }]});
        let text = serde_json::to_vec(&file).unwrap();
        archive
            .carry_out(|records, ids| structure::import(records, &text, &actor(), NOW, ids))
            .await
            .unwrap();
        archive
    }

    pub fn records(&self) -> Records {
        Records { tenant: self.tenant.clone(), view: self.runner.view(), seal: Arc::clone(&self.seal) }
    }

    /// A unit that must be there.
    pub fn unit(&self, system_id: &str) -> Stored {
        self.records().get(system_id).unwrap().unwrap()
    }

    /// Decides, and folds what was decided.
    pub async fn carry_out(
        &mut self,
        decide: impl FnOnce(&Records, &mut dyn FnMut() -> String) -> Result<Decision, Trouble>,
    ) -> Result<Decision, Trouble> {
        let mut last = self.ids;
        let decision = decide(&self.records(), &mut || {
            last += 1;
            format!("00000000-0000-4000-8000-{last:012}")
        })?;
        self.ids = last;
        if !decision.steps.is_empty() {
            self.take(decision.steps.clone()).await;
        }
        Ok(decision)
    }

    /// Folds a change with these steps.
    pub async fn take(&self, steps: Vec<Step>) {
        let stream = archive_stream(&self.tenant);
        let sequence = self.source.0.entries.lock().len() as u64 + 1;
        let (id, cause) = (format!("m{sequence}"), format!("c{sequence}"));
        let change = Change { at: NOW, by: actor(), cause, steps, answer: Value::Null };
        let clear = serde_json::to_vec(&change).unwrap();
        let sealed = self.seal.seal(message_place(&stream, &id).as_bytes(), &clear).unwrap();
        let headers = [("Nats-Msg-Id".to_owned(), id)];
        let entry = Entry::new(archive_changes(&self.tenant), sequence, NOW, 0, headers, sealed);
        self.source.0.entries.lock().push(entry);
        self.source.0.length.send_modify(|length| *length += 1);
        self.runner.wait_for(&stream, sequence).await;
    }

    /// Makes a mappe and a registrering, or one of them, by `arkivmelding.opprett`; gives the systemIDs made.
    pub async fn make(&mut self, doc: Value, files: &[FileFact]) -> Vec<String> {
        let by = actor();
        let what = Create { doc: &doc, files, by: &by, now: NOW, partial: false };
        let decision = self.carry_out(|records, ids| create(records, &what, ids)).await.unwrap();
        let made = decision.steps.into_iter().filter_map(|step| match step {
            Step::Created { unit, .. } => Some(unit),
            _ => None,
        });
        let kept = |unit: &Unit| matches!(unit.kind, Kind::Mappe | Kind::Registrering);
        made.filter(kept).map(|unit| unit.system_id).collect()
    }

    /// A saksmappe in class `K01`, with members of its own.
    pub async fn saksmappe(&mut self, more: Value) -> String {
        let mut doc = json!({"@type": "saksmappe", "tittel": "Sak",
            "klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K01"}]});
        merge(&mut doc, more);
        self.make(json!({"mappe": doc}), &[]).await.remove(0)
    }

    /// A journalpost with one document, in a mappe, with members of its own.
    pub async fn journalpost(&mut self, mappe: &str, more: Value) -> String {
        let mut doc = json!({
            "@type": "journalpost", "tittel": "Brev", "referanseForelderMappe": {"systemID": mappe},
            "journalposttype": {"kode": "I"}, "journalstatus": {"kode": "J"},
            "korrespondansepart": [
                {"korrespondansepartID": "avsender", "korrespondanseparttype": {"kode": "EA"},
                    "korrespondansepartNavn": "Ola Nordmann"},
                {"korrespondansepartID": "mottaker", "korrespondanseparttype": {"kode": "IM"},
                    "korrespondansepartNavn": "Barnehagekontoret"},
            ],
            "dokumentbeskrivelse": [{"tittel": "Brev", "dokumentstatus": {"kode": "F"},
                "tilknyttetRegistreringSom": {"kode": "H"},
                "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]}],
        });
        merge(&mut doc, more);
        self.make(json!({"registrering": doc}), &[file("brev.pdf")]).await.remove(0)
    }
}

fn merge(doc: &mut Value, more: Value) {
    let (Value::Object(doc), Value::Object(more)) = (doc, more) else { return };
    doc.extend(more);
}

pub(crate) fn actor() -> Actor {
    Actor { organisation: "964963193".to_owned(), system: Some("seljord-acos".to_owned()), user: None }
}

/// A PDF whose digest is made of its name.
pub(crate) fn file(name: &str) -> FileFact {
    let digest =
        name.bytes().chain(std::iter::repeat(0)).take(32).map(|byte| format!("{byte:02x}")).collect();
    FileFact {
        name: name.to_owned(),
        digest,
        size: 1000,
        format_code: "PDF".to_owned(),
        format_details: "PDF/A-2B".to_owned(),
        mime_type: "application/pdf".to_owned(),
    }
}

/// The problems of a refusal.
pub(crate) fn problems(refused: Result<Decision, Trouble>) -> Vec<(String, String)> {
    let problems = refused.unwrap_err().into_problems().unwrap();
    problems.into_iter().map(|problem| (problem.field, problem.rule)).collect()
}
