//! `ListEntityEvents`: read from the log itself, so it is complete up to the log's head.

use samflyt_events::subject::{events_about, events_stream};
use samflyt_events::{EntityId, Reason, Refusal, TenantId};
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;

use crate::Lineage;
use crate::answer::{event, log_failed};

const PAGE_DEFAULT: u32 = 100;
const PAGE_MAX: u32 = 1_000;

impl Lineage {
    pub(super) async fn history(
        &self,
        caller: Caller,
        request: pb::ListEntityEventsRequest,
    ) -> Result<pb::ListEntityEventsResponse, Refusal> {
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        caller.readable(&self.deps.feed.get(), std::slice::from_ref(&tenant))?;
        let entity = EntityId::new(&request.entity).map_err(|rule| {
            Refusal::of_field(Reason::RequestInvalid, "/entity", rule.to_string(), "give an entity's id")
        })?;
        let after = page_token(&request.page_token)?;
        let size = if request.page_size == 0 { PAGE_DEFAULT } else { request.page_size.min(PAGE_MAX) };
        let stream = events_stream(&tenant);
        // The head first: the answer reflects at least that.
        let state = self.deps.log.state(&stream).await.map_err(|error| {
            tracing::warn!(%error, "the log cannot be read");
            Refusal::new(Reason::LogUnavailable, "the log does not answer: try again")
        })?;
        let head = state.map_or(0, |state| state.last);
        let subject = events_about(&tenant, &entity);
        let page = self
            .deps
            .log
            .read_subject(&stream, &subject, after + 1, size as usize)
            .await
            .map_err(log_failed)?;
        let next_page_token = match page.entries.last() {
            Some(last) if page.more => last.sequence.to_string(),
            _ => String::new(),
        };
        let events =
            page.entries.iter().filter_map(|entry| entry.event().ok()).map(|found| event(&found)).collect();
        let position = common::Position {
            tenant: tenant.to_string(),
            stream,
            sequence: head,
            head,
            lag_events: 0,
            head_observed_at: Some(timestamp(self.deps.clock.now())),
        };
        let completeness =
            common::Completeness { positions: vec![position], truncated: page.more, rebuilding: false };
        Ok(pb::ListEntityEventsResponse { events, next_page_token, completeness: Some(completeness) })
    }
}

fn page_token(token: &str) -> Result<u64, Refusal> {
    if token.is_empty() {
        return Ok(0);
    }
    token.parse().ok().filter(|after| *after < u64::MAX).ok_or_else(|| {
        let advice = "give the token of the page before";
        Refusal::of_field(Reason::RequestInvalid, "/page_token", "is no page token of this list", advice)
    })
}
