//! A store folded from events, and a catalogue, for tests: the real fold and the real reader, without a broker.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Placed, Resource, System, Turn};
use samflyt_events::{SystemId, TenantId};
use samflyt_log::{Entry, Follow, StreamError, StreamState};
use samflyt_projection::{Lifecycle, ProjectionConfig, Runner, Source};
use time::OffsetDateTime;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::projections::Lineage;
use crate::reader::Reader;

/// An event of a test: whose affair, which system and type, and the event that led to it, by its place in the list.
#[derive(Debug, Clone)]
pub(in crate::insight) struct Happened {
    pub tenant: String,
    pub system: String,
    pub kind: String,
    pub cause: Option<usize>,
}

/// When the event at a place in the list was learned of: one each second.
pub(super) fn at(place: usize) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1 + i64::try_from(place).unwrap())
}

/// Entries by the name of their stream.
pub(crate) type Streams = BTreeMap<String, Vec<Entry>>;

struct Recorded(BTreeMap<String, Arc<Vec<Entry>>>);

impl Source for Recorded {
    fn state(&self, stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let last = self.0.get(stream).map_or(0, |entries| entries.len() as u64);
        let created = OffsetDateTime::UNIX_EPOCH;
        async move { Ok(Some(StreamState { first: 1, last, messages: last, bytes: 0, created })) }.boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        let entries = self.0.get(&follow.stream).cloned().unwrap_or_default();
        let from = usize::try_from(follow.after).unwrap();
        let rest = (from..entries.len()).map(move |place| entries[place].clone());
        stream::iter(rest).chain(stream::pending()).boxed()
    }
}

fn recorded(happened: &[Happened], at: impl Fn(usize) -> OffsetDateTime) -> Streams {
    let mut streams = Streams::new();
    let reference = |place: usize| format!("{}/e-{place}", happened[place].system);
    for (place, event) in happened.iter().enumerate() {
        let entries = streams.entry(format!("EVENTS_{}", event.tenant)).or_default();
        let mut headers = vec![
            ("Nats-Msg-Id".to_owned(), reference(place)),
            ("ce-type".to_owned(), format!("no.samflyt.{}", event.kind)),
            ("ce-source".to_owned(), format!("urn:samflyt:system:{}", event.system)),
            ("ce-correlationid".to_owned(), reference(place)),
        ];
        headers.extend(event.cause.map(|cause| ("ce-causationid".to_owned(), reference(cause))));
        let sequence = entries.len() as u64 + 1;
        entries.push(Entry::new("events.t.d.e.s.1", sequence, at(place), 0, headers, ""));
    }
    streams
}

/// Folds the events, and gives the reader to `ask`.
pub(super) async fn folded<T>(happened: &[Happened], ask: impl FnOnce(&Reader) -> T) -> T {
    folded_at(happened, at, ask).await
}

/// As [`folded`], each event learned of when `at` says.
pub(in crate::insight) async fn folded_at<T>(
    happened: &[Happened],
    at: impl Fn(usize) -> OffsetDateTime,
    ask: impl FnOnce(&Reader) -> T,
) -> T {
    folded_streams(recorded(happened, at), ask).await
}

/// Folds streams, and gives the reader to `ask`.
pub(crate) async fn folded_streams<T>(streams: Streams, ask: impl FnOnce(&Reader) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let lifecycle = Lifecycle { shutdown: CancellationToken::new(), tracker: TaskTracker::new() };
    let source = Recorded(streams.into_iter().map(|(stream, entries)| (stream, Arc::new(entries))).collect());
    let heads: Vec<(String, u64)> =
        source.0.iter().map(|(stream, entries)| (stream.clone(), entries.len() as u64)).collect();
    let config = ProjectionConfig {
        dir: dir.path().to_owned(),
        headers_only: true,
        whole_prefix: "DELIVERY_".to_owned(),
        ..ProjectionConfig::default()
    };
    let clock = Arc::new(|| OffsetDateTime::UNIX_EPOCH);
    let runner =
        Runner::start_with_source(Lineage, Arc::new(source), config, clock, lifecycle.clone()).await.unwrap();
    for (stream, head) in heads {
        runner.follow(&stream);
        runner.wait_for(&stream, head).await;
    }
    let answer = ask(&Reader::new(runner.view()));
    lifecycle.shutdown.cancel();
    lifecycle.tracker.close();
    lifecycle.tracker.wait().await;
    answer
}

/// A catalogue of systems, each with its host and product, that all of `enrolled` use, and of other resources; all there from the beginning.
pub(super) fn catalogue(
    systems: &[(String, String, String)],
    enrolled: &[TenantId],
    resources: Vec<Resource>,
) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let mut sequence = 0;
    let mut take = |event: CatalogueEvent| {
        sequence += 1;
        let placed = Placed { stream: "R", subject: "r", sequence, at: OffsetDateTime::UNIX_EPOCH, by: None };
        catalogue.apply(&placed, &event);
    };
    for (id, host, product) in systems {
        let (id, host) = (SystemId::new(id).unwrap(), TenantId::new(host).unwrap());
        let name = id.to_string();
        for tenant in enrolled {
            take(CatalogueEvent::SystemEnrolled { id: id.clone(), tenant: tenant.clone() });
        }
        take(CatalogueEvent::SystemRegistered { system: System::new(id, host, product.clone(), name) });
    }
    for resource in resources {
        take(CatalogueEvent::ResourceTurned { turn: Turn::Described, resource: Box::new(resource) });
    }
    catalogue
}
