//! `ExportTenant`: reads twice, first to know what the files will be, then to send them; so that the manifest can come
//! first and nothing is kept meanwhile.

use std::collections::{BTreeMap, VecDeque};

use futures::{Stream, stream};
use samflyt_events::catalogue::Record;
use samflyt_events::subject::{REGISTRY_STREAM, events_stream, tenant_registry_stream};
use samflyt_events::{EventType, Reason, Refusal, TYPE_PREFIX, TenantId};
use samflyt_log::Log;
use samflyt_proto::registry as pb;
use samflyt_runtime::{Deps, refused};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::manifest::{FileSum, Manifest, Sum};
use super::selection::Selection;
use super::walk::Walk;
use super::{CATALOGUE, EVENTS, MANIFEST};

/// About how large a message is, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// The files of a tenant, as messages. The first comes when the whole log has been summed up. Where something goes wrong, or
/// the hub stops meanwhile, the last is an error: what came is not all.
pub(crate) fn export(
    deps: &Deps,
    tenant: &TenantId,
    stop: CancellationToken,
) -> impl Stream<Item = Result<pb::ExportTenantResponse, Status>> + Send + use<> {
    let (deps, tenant) = (deps.clone(), tenant.clone());
    stream::unfold(Some(State::Begin), move |state| {
        let (deps, tenant, stop) = (deps.clone(), tenant.clone(), stop.clone());
        async move {
            let mut state = state?;
            let chunk = match stop.run_until_cancelled(state.next(&deps, &tenant)).await {
                Some(chunk) => chunk.transpose()?,
                None => Err(Refusal::new(Reason::LogUnavailable, "the hub is stopping: export again")),
            };
            let go_on = chunk.is_ok().then_some(state);
            Some((chunk.map_err(|refusal| refused::status(&refusal)), go_on))
        }
    })
}

/// How far an export is.
enum State {
    Begin,
    Files(VecDeque<Sending>),
}

impl State {
    async fn next(
        &mut self,
        deps: &Deps,
        tenant: &TenantId,
    ) -> Result<Option<pb::ExportTenantResponse>, Refusal> {
        match self {
            Self::Files(files) => next_chunk(files).await,
            Self::Begin => {
                let survey = Survey::make(deps, tenant).await?;
                let content = manifest(deps, tenant, &survey)?;
                *self = Self::Files(VecDeque::from([
                    Sending::new(survey.catalogue_walk(&deps.log), survey.catalogue.clone()),
                    Sending::new(survey.events_walk(&deps.log, tenant), survey.events.clone()),
                ]));
                Ok(Some(pb::ExportTenantResponse { file: MANIFEST.to_owned(), content }))
            }
        }
    }
}

fn manifest(deps: &Deps, tenant: &TenantId, survey: &Survey) -> Result<Vec<u8>, Refusal> {
    let files = vec![survey.catalogue.clone(), survey.events.clone()];
    let manifest = Manifest::new(tenant.clone(), deps.clock.now(), survey.positions.clone(), files);
    serde_json::to_vec_pretty(&manifest)
        .map_err(|error| Refusal::new(Reason::Conflict, format!("the manifest cannot be written: {error}")))
}

/// What was found out before the first byte is sent.
struct Survey {
    positions: BTreeMap<String, u64>,
    selection: Selection,
    catalogue: FileSum,
    events: FileSum,
}

impl Survey {
    async fn make(deps: &Deps, tenant: &TenantId) -> Result<Self, Refusal> {
        let log = &deps.log;
        // Events first: what they stand on was there before them.
        let mut positions = BTreeMap::new();
        for stream in [events_stream(tenant), tenant_registry_stream(tenant), REGISTRY_STREAM.to_owned()] {
            positions.insert(stream.clone(), last_of(log, &stream).await?);
        }
        for (stream, position) in positions.iter().filter(|(stream, _)| stream.starts_with(REGISTRY_STREAM)) {
            deps.feed.reached(stream, *position).await;
        }
        let mut selection = Selection::new(&deps.feed.get(), tenant);
        for host in selection.hosts() {
            positions.insert(host.clone(), last_of(log, host).await?);
        }
        let position = |stream: &str| positions.get(stream).copied().unwrap_or(0);
        let stream = events_stream(tenant);
        let events = {
            let (mut walk, mut sum) =
                (Walk::stream(log, &selection, &stream, position(&stream)), Sum::default());
            while let Some(line) = walk.next().await? {
                sum.update(&line.to_bytes());
                let kind = line.header("ce-type").and_then(|kind| kind.strip_prefix(TYPE_PREFIX));
                if let Some(kind) = kind.and_then(|kind| EventType::new(kind).ok()) {
                    selection.kind(&kind);
                }
            }
            sum.finish(EVENTS)
        };
        let own = selection.own_stream();
        for (stream, take) in [
            (own.as_str(), Selection::own as fn(&mut Selection, &Record)),
            (REGISTRY_STREAM, Selection::of_all),
        ] {
            let mut walk = Walk::stream(log, &selection, stream, position(stream));
            while let Some(line) = walk.next().await? {
                if let Ok(record) = serde_json::from_str::<Record>(&line.data) {
                    take(&mut selection, &record);
                }
            }
        }
        let mut sum = Sum::default();
        let mut walk = Walk::catalogue(log, &selection, &positions);
        while let Some(line) = walk.next().await? {
            sum.update(&line.to_bytes());
        }
        Ok(Self { positions, selection, catalogue: sum.finish(CATALOGUE), events })
    }

    fn catalogue_walk(&self, log: &Log) -> Walk {
        Walk::catalogue(log, &self.selection, &self.positions)
    }

    fn events_walk(&self, log: &Log, tenant: &TenantId) -> Walk {
        let stream = events_stream(tenant);
        Walk::stream(log, &self.selection, &stream, self.positions.get(&stream).copied().unwrap_or(0))
    }
}

/// A file that is on its way.
struct Sending {
    walk: Walk,
    promised: FileSum,
    sum: Sum,
    begun: bool,
}

impl Sending {
    fn new(walk: Walk, promised: FileSum) -> Self {
        Self { walk, promised, sum: Sum::default(), begun: false }
    }
}

async fn next_chunk(files: &mut VecDeque<Sending>) -> Result<Option<pb::ExportTenantResponse>, Refusal> {
    loop {
        let Some(sending) = files.front_mut() else { return Ok(None) };
        let mut content = Vec::with_capacity(CHUNK_BYTES);
        while content.len() < CHUNK_BYTES
            && let Some(line) = sending.walk.next().await?
        {
            content.extend_from_slice(&line.to_bytes());
        }
        sending.sum.update(&content);
        // A file without entries is a file as well.
        if !content.is_empty() || !sending.begun {
            sending.begun = true;
            return Ok(Some(pb::ExportTenantResponse { file: sending.promised.name.clone(), content }));
        }
        if sending.sum.clone().finish(&sending.promised.name) != sending.promised {
            let rule = format!("{} is not what it was a moment ago: export again", sending.promised.name);
            return Err(Refusal::new(Reason::Conflict, rule));
        }
        files.pop_front();
    }
}

async fn last_of(log: &Log, stream: &str) -> Result<u64, Refusal> {
    let state = log.state(stream).await;
    let state = state.map_err(|error| Refusal::new(Reason::LogUnavailable, error.to_string()))?;
    Ok(state.map_or(0, |state| state.last))
}
