//! `ExportTenant`: reads twice, first to know what the files will be, then to send them; so that the manifest can come
//! first and nothing is kept meanwhile.

use std::collections::{BTreeMap, VecDeque};

use futures::{Stream, StreamExt, stream};
use samflyt_events::catalogue::Record;
use samflyt_events::subject::{REGISTRY_STREAM, events_stream};
use samflyt_events::{EventType, Reason, Refusal, TYPE_PREFIX, TenantId};
use samflyt_log::{Log, StreamError};
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

/// The files of a tenant, as messages. Where the hub stops meanwhile, the last is an error: what came is not all.
///
/// # Errors
/// `LOG_UNAVAILABLE`; `CONFLICT` where the log has a gap.
pub(crate) async fn export(
    deps: &Deps,
    tenant: &TenantId,
    stop: CancellationToken,
) -> Result<impl Stream<Item = Result<pb::ExportTenantResponse, Status>> + Send + use<>, Refusal> {
    let survey = Survey::make(deps, tenant).await?;
    let manifest = Manifest::new(
        tenant.clone(),
        deps.clock.now(),
        survey.positions.clone(),
        vec![survey.catalogue.clone(), survey.events.clone()],
    );
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| {
        Refusal::new(Reason::Conflict, format!("the manifest cannot be written: {error}"))
    })?;
    let first = pb::ExportTenantResponse { file: MANIFEST.to_owned(), content: text };
    let files = VecDeque::from([
        Sending::new(survey.catalogue_walk(&deps.log), survey.catalogue.clone()),
        Sending::new(survey.events_walk(&deps.log, tenant), survey.events.clone()),
    ]);
    let rest = stream::unfold(Some(files), move |files| {
        let stop = stop.clone();
        async move {
            let mut files = files?;
            let chunk = match stop.run_until_cancelled(next_chunk(&mut files)).await {
                Some(chunk) => chunk.transpose()?,
                None => Err(Refusal::new(Reason::LogUnavailable, "the hub is stopping: export again")),
            };
            let go_on = chunk.is_ok().then_some(files);
            Some((chunk.map_err(|refusal| refused::status(&refusal)), go_on))
        }
    });
    Ok(stream::iter([Ok(first)]).chain(rest))
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
        let mut selection = Selection::new(&deps.feed.get(), tenant);
        let mut positions = BTreeMap::new();
        let own = [events_stream(tenant), selection.own_stream(), REGISTRY_STREAM.to_owned()];
        for stream in own.into_iter().chain(selection.hosts().cloned()) {
            let state = log.state(&stream).await.map_err(|error| unavailable(&error))?;
            positions.insert(stream, state.map_or(0, |state| state.last));
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

fn unavailable(error: &StreamError) -> Refusal {
    Refusal::new(Reason::LogUnavailable, error.to_string())
}
