//! `ReplayEvents`: a period of the past once more, beside what is new.

use std::collections::BTreeSet;

use samflyt_events::Refusal;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::replay_events_request::Until;
use samflyt_proto::delivery::start::At;
use samflyt_runtime::Caller;

use super::{Service, invalid, view};
use crate::desk::Command;
use samflyt_events::delivery::{Filter, Form, Replay, State, Subscription};

impl Service {
    pub(super) async fn replay(
        &self,
        caller: Caller,
        request: pb::ReplayEventsRequest,
    ) -> Result<pb::ReplayEventsResponse, Refusal> {
        let (desk, snapshot) = self.subscription(&caller, &request.tenant, &request.id).await?;
        let of = snapshot.subscription;
        if of.has_ended() || of.replay.is_some() {
            return Err(invalid(
                "/id",
                "has ended, or is a replay itself",
                "name a subscription that is open",
            ));
        }
        let tenant = Self::tenant(&request.tenant, "/tenant")?;
        let from = match self.from(&tenant, request.from.and_then(|start| start.at)).await? {
            0 => return Err(invalid("/from", "is not in the past", "say from when on it is to be repeated")),
            from => from,
        };
        let until = match request.until {
            None => snapshot.head,
            Some(Until::UntilSequence(until)) => until.min(snapshot.head),
            // What was learned of then or later is behind it.
            Some(Until::UntilTime(time)) => match self.from(&tenant, Some(At::Time(time))).await? {
                0 => snapshot.head,
                first => first - 1,
            },
        };
        if until < from {
            return Err(invalid("/until", "is before the beginning", "give a period that has begun"));
        }
        let filter = narrowed(&of.filter, view::filter(&request.filter.unwrap_or_default(), "/filter")?)?;
        let now = self.0.deps.clock.now();
        let subscription = Subscription {
            id: format!("{}~{}", of.id, now.unix_timestamp_nanos() / 1_000),
            filter,
            from,
            replay: Some(Replay { of: of.id.clone(), until }),
            // Whoever gets the subscription's events gets these.
            form: Form::Pull,
            state: State::Active,
            because: None,
            by: caller.principal.acting_organisation().to_owned(),
            at: now,
            ..of
        };
        let made = desk.ask(|reply| Command::Create(Box::new(subscription), reply)).await?;
        Ok(pb::ReplayEventsResponse { replay: made.subscription.id, from, until })
    }
}

/// What both name; a list that one of them leaves empty is the other's.
///
/// # Errors
/// `REQUEST_INVALID` names the list of which nothing is common.
fn narrowed(own: &Filter, asked: Filter) -> Result<Filter, Refusal> {
    fn both<T: Ord + Clone>(
        own: &BTreeSet<T>,
        asked: BTreeSet<T>,
        field: &str,
    ) -> Result<BTreeSet<T>, Refusal> {
        if own.is_empty() || asked.is_empty() {
            return Ok(if asked.is_empty() { own.clone() } else { asked });
        }
        let common: BTreeSet<T> = own.intersection(&asked).cloned().collect();
        if common.is_empty() {
            return Err(invalid(
                field,
                "names nothing that the subscription is about",
                "name some of its own",
            ));
        }
        Ok(common)
    }
    Ok(Filter {
        types: both(&own.types, asked.types, "/filter/types")?,
        domains: both(&own.domains, asked.domains, "/filter/domains")?,
        providers: both(&own.providers, asked.providers, "/filter/providers")?,
        entities: both(&own.entities, asked.entities, "/filter/entities")?,
    })
}
