//! `AnalyzeImpact`: everything that a change touches, nearest first.
//!
//! Consumes the flows of the log and the catalogue, both as of one moment; gives counts of all and the lines of a page. Keeps
//! true: nothing but what the municipalities asked about know themselves is walked along, named or counted.

mod affairs;
mod analysis;
mod declared;
mod duties;
mod house;
mod lines;
mod messages;
mod page;
mod paths;
mod question;
mod ranks;
mod sources;
mod subject;
mod substitute;
#[cfg(test)]
pub(super) mod tests;
mod things;

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_events::catalogue::Catalogue;
use samflyt_events::{Reason, RecordedEvent, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;

pub(super) use declared::stands;

use crate::Lineage;
use crate::answer::{completeness, store_failed};
use crate::projections::keys::Place;
use crate::reader::{Reader, Streams};
use analysis::Analysis;
use declared::Declared;
use lines::Kept;
use messages::Messages;
use page::{Line, Page, Token};
use paths::Paths;
use question::{Question, milliseconds};
use sources::{Places, Sources};

/// A page, but for what the log has to be read for.
struct Draft {
    counts: Vec<pb::ImpactCount>,
    lines: Vec<(pb::ImpactLine, Option<Place>)>,
    next: Option<Token>,
    streams: Streams,
}

impl Lineage {
    pub(super) async fn impact(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::AnalyzeImpactRequest,
    ) -> Result<pb::AnalyzeImpactResponse, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least.clone()).await?;
        let now = self.deps.clock.now();
        let question = Question::of(&request, tenants.clone(), now)?;
        let (catalogue, reader) = (self.deps.feed.get(), Arc::new(reader));
        let mut draft = {
            let reader = Arc::clone(&reader);
            // A nation takes a while, in which others are answered.
            let work = move || draft(&reader, &catalogue, &question, milliseconds(now));
            self.lifecycle.tasks().spawn_blocking(work).await.map_err(|_| failed())??
        };
        self.name_affairs(&reader, &mut draft).await?;
        let next_page_token = draft.next.as_ref().map(Token::text).unwrap_or_default();
        let completeness = completeness(&reader, &tenants, !next_page_token.is_empty());
        Ok(pb::AnalyzeImpactResponse {
            counts: draft.counts,
            lines: draft.lines.into_iter().map(|(line, _)| line).collect(),
            next_page_token,
            completeness: Some(completeness),
        })
    }

    /// The entity of each event that waits, from the log.
    async fn name_affairs(&self, reader: &Reader, draft: &mut Draft) -> Result<(), Refusal> {
        let places: Vec<Place> = draft.lines.iter().filter_map(|(_, event)| *event).collect();
        let read = self.read(reader, &draft.streams, places).await?;
        let found: HashMap<(&str, u64), &RecordedEvent> =
            read.iter().map(|event| ((event.event.tenant.as_str(), event.sequence), event)).collect();
        for (line, event) in &mut draft.lines {
            let Some(place) = event else { continue };
            let Some(event) = found.get(&(line.tenant.as_str(), place.sequence)) else {
                "its event cannot be read from the log".clone_into(&mut line.note);
                continue;
            };
            line.id = event.event.entity.to_string();
            line.events = 1;
            line.last_seen = Some(timestamp(event.learned_at));
            line.note = format!("{} waits for {}", event.event.reference(), line.consumer);
        }
        Ok(())
    }
}

fn failed() -> Refusal {
    Refusal::new(Reason::LogUnavailable, "the analysis did not end: try again")
}

fn draft(reader: &Reader, catalogue: &Catalogue, question: &Question, now_ms: u64) -> Result<Draft, Refusal> {
    let places = Places::of(reader, question.tenants.clone()).map_err(store_failed)?;
    let declared = Declared::new(catalogue, question.moment, question.on, &question.tenants);
    let sources = Sources::new(reader, &places, declared, question.seen_ms);
    substitute::check(question, &sources)?;
    let mut analysis = Analysis::of(question, sources)?;
    let (counts, lines, next) = page(&mut analysis, now_ms).map_err(store_failed)?;
    Ok(Draft { counts, lines, next, streams: places.streams.clone() })
}

type Paged = (Vec<pb::ImpactCount>, Vec<(pb::ImpactLine, Option<Place>)>, Option<Token>);

fn page(analysis: &mut Analysis<'_>, now_ms: u64) -> Result<Paged, samflyt_projection::StoreError> {
    let kept = Kept::of(analysis)?;
    let question = analysis.question;
    let after = question.after.as_ref().map(|token| kept.key(analysis, token));
    let mut page = Page::new(question.wanted, after, question.page_size);
    kept.offer(analysis, &mut page)?;
    let (counts, lines, more) = page.end();
    let last = if more { lines.last() } else { None };
    let next = last.map(|line| token(analysis, &kept, line, now_ms));
    let mut messages = Messages { analysis, kept: &kept, paths: Paths::default() };
    let lines = lines.iter().map(|line| messages.line(line)).collect::<Result<_, _>>()?;
    Ok((counts, lines, next))
}

/// Names for ranks, and the moment that all pages are of.
fn token(analysis: &Analysis<'_>, kept: &Kept, last: &Line, now_ms: u64) -> Token {
    let names = kept.names(analysis, last);
    let asked_ms = analysis.question.seen_ms;
    // What came by another clock than the hub's own is of the first page, too.
    let seen_ms = if asked_ms == u64::MAX { now_ms.max(analysis.sources.newest_ms) } else { asked_ms };
    Token {
        seen_ms,
        distance: last.key.distance,
        kind: last.key.kind,
        tenant: analysis.sources.places.tenant(last.key.place / 2).to_string(),
        names,
        sequence: last.key.sequence,
    }
}
