//! Subscriptions as messages, and messages as what they say of subscriptions.

use std::collections::BTreeSet;

use prost_types::Duration as Span;
use samflyt_events::{EntityId, EventType, Refusal, SystemId};
use samflyt_proto::delivery as pb;
use samflyt_runtime::refused::timestamp;

use super::invalid;
use crate::desk::Snapshot;
use samflyt_events::delivery::{Cover, Filter, Form, Limits, State, Subscription};

/// Values in one list of a filter.
const VALUES_MAX: usize = 1_000;

pub(super) fn subscription(tenant: &str, of: &Subscription) -> pb::Subscription {
    pb::Subscription {
        id: of.id.clone(),
        tenant: tenant.to_owned(),
        consumer: of.consumer.to_string(),
        filter: Some(filter_message(&of.filter)),
        limits: Some(limits_message(of.limits)),
        state: state_message(of).into(),
        from: of.from,
        replay_of: of.replay.as_ref().map(|replay| replay.of.clone()).unwrap_or_default(),
        changed_by: of.by.clone(),
        changed_at: Some(timestamp(of.at)),
        webhook: of.webhook().map(|webhook| pb::Webhook { url: webhook.url.clone() }),
        because: of.because.clone().unwrap_or_default(),
    }
}

/// A subscription and how it is doing, as answers have them.
pub(super) fn both(
    tenant: &str,
    of: &Snapshot,
) -> (Option<pb::Subscription>, Option<pb::SubscriptionStatus>) {
    (Some(subscription(tenant, &of.subscription)), Some(status(of)))
}

pub(super) fn status(of: &Snapshot) -> pb::SubscriptionStatus {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let flow = |(provider, kind): &(SystemId, EventType)| pb::Flow {
        provider: provider.to_string(),
        r#type: kind.to_string(),
    };
    pb::SubscriptionStatus {
        position: of.position,
        head: of.head,
        lag: of.lag(),
        in_flight: count(of.in_flight),
        held: count(of.held),
        dead_letters: count(of.dead),
        retrying: count(of.retrying),
        rate: of.rate,
        oldest_at: of.oldest_at.map(timestamp),
        clients: count(of.clients),
        resting_until: of.rests_until.map(timestamp),
        uncovered: uncovered(&of.subscription, &of.cover).iter().map(flow).collect(),
        covered: of.cover.flows.iter().map(flow).collect(),
        last_failure: of.last_failure.as_ref().map(|(reason, _)| reason.clone()).unwrap_or_default(),
        last_failed_at: of.last_failure.as_ref().map(|(_, at)| timestamp(*at)),
    }
}

/// The flows that a filter names, by provider and type, and no agreement covers.
fn uncovered(subscription: &Subscription, cover: &Cover) -> BTreeSet<(SystemId, EventType)> {
    let Filter { types, providers, .. } = &subscription.filter;
    let pairs =
        providers.iter().flat_map(|provider| types.iter().map(|kind| (provider.clone(), kind.clone())));
    let own = &subscription.consumer;
    pairs.filter(|pair| pair.0 != *own && !cover.flows.contains(pair)).collect()
}

fn filter_message(of: &Filter) -> pb::Filter {
    pb::Filter {
        types: of.types.iter().map(ToString::to_string).collect(),
        domains: of.domains.iter().cloned().collect(),
        providers: of.providers.iter().map(ToString::to_string).collect(),
        entities: of.entities.iter().map(ToString::to_string).collect(),
    }
}

/// # Errors
/// `REQUEST_INVALID` names every value that is not of its form.
pub(super) fn filter(of: &pb::Filter, at: &str) -> Result<Filter, Refusal> {
    fn all<T: Ord, E: ToString>(
        values: &[String],
        at: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<BTreeSet<T>, Refusal> {
        if values.len() > VALUES_MAX {
            return Err(invalid(
                at,
                "has more than 1000 values",
                "make more subscriptions, or filter by less",
            ));
        }
        let parsed = values.iter().enumerate().map(|(index, value)| {
            let advice = "mend it, or leave it out";
            parse(value).map_err(|rule| invalid(&format!("{at}/{index}"), rule.to_string(), advice))
        });
        parsed.collect()
    }
    let domain = |text: &str| {
        let probe = EventType::new(&format!("{text}.x"));
        probe.map(|_| text.to_owned()).map_err(|_| "is no domain such as `case`")
    };
    Ok(Filter {
        types: all(&of.types, &format!("{at}/types"), EventType::new)?,
        domains: all(&of.domains, &format!("{at}/domains"), domain)?,
        providers: all(&of.providers, &format!("{at}/providers"), SystemId::new)?,
        entities: all(&of.entities, &format!("{at}/entities"), EntityId::new)?,
    })
}

fn limits_message(of: Limits) -> pb::Limits {
    let span = |seconds: u32| Some(Span { seconds: seconds.into(), nanos: 0 });
    pb::Limits {
        in_flight: of.in_flight,
        settle_within: span(of.settle_within_s),
        try_for: span(of.try_for_s),
        pause_first: span(of.pause_first_s),
        pause_longest: span(of.pause_longest_s),
    }
}

/// What a subscription of a form has where nothing else is asked for.
pub(super) fn usual_limits(form: &Form) -> Limits {
    match form {
        Form::Pull => Limits::default(),
        Form::Webhook(_) => Limits::of_webhook(),
    }
}

/// # Errors
/// `REQUEST_INVALID` names the limit that is out of its bounds. What is not given is as usual.
pub(super) fn limits(of: &pb::Limits, at: &str, usual: Limits) -> Result<Limits, Refusal> {
    let seconds = |name: &str, span: &Option<Span>, usual: u32, most: u32| match span {
        None => Ok(usual),
        Some(span) => u32::try_from(span.seconds)
            .ok()
            .filter(|seconds| (1..=most).contains(seconds) && span.nanos == 0)
            .ok_or_else(|| {
                let rule = format!("is not between 1 and {most} whole seconds");
                invalid(&format!("{at}/{name}"), rule, "mend it, or leave it out")
            }),
    };
    let in_flight = if of.in_flight == 0 { usual.in_flight } else { of.in_flight };
    if in_flight > 10_000 {
        return Err(invalid(&format!("{at}/in_flight"), "is more than 10000", "lower it"));
    }
    let limits = Limits {
        in_flight,
        settle_within_s: seconds("settle_within", &of.settle_within, usual.settle_within_s, 3_600)?,
        try_for_s: seconds("try_for", &of.try_for, usual.try_for_s, 30 * 24 * 3_600)?,
        pause_first_s: seconds("pause_first", &of.pause_first, usual.pause_first_s, 3_600)?,
        pause_longest_s: seconds("pause_longest", &of.pause_longest, usual.pause_longest_s, 24 * 3_600)?,
    };
    if limits.pause_first_s > limits.pause_longest_s {
        let rule = "is longer than the longest pause";
        return Err(invalid(&format!("{at}/pause_first"), rule, "shorten it, or lengthen `pause_longest`"));
    }
    Ok(limits)
}

fn state_message(of: &Subscription) -> pb::SubscriptionState {
    match of.state {
        State::Active if !of.is_active() => pb::SubscriptionState::Unverified,
        State::Active => pb::SubscriptionState::Active,
        State::Paused => pb::SubscriptionState::Paused,
        State::Ended => pb::SubscriptionState::Ended,
    }
}

pub(super) fn state(of: pb::SubscriptionState) -> Option<State> {
    match of {
        pb::SubscriptionState::Unspecified => None,
        pb::SubscriptionState::Active => Some(State::Active),
        pb::SubscriptionState::Paused => Some(State::Paused),
        pb::SubscriptionState::Ended => Some(State::Ended),
        // The hub alone finds that.
        pb::SubscriptionState::Unverified => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_filter_or_a_limit_is_named_by_its_place() {
        let wrong =
            pb::Filter { types: vec!["case.opened".to_owned(), "Case".to_owned()], ..Default::default() };
        assert_eq!(filter(&wrong, "/filter").unwrap_err().violations[0].field, "/filter/types/1");
        let wrong = pb::Filter { domains: vec!["a.b".to_owned()], ..Default::default() };
        assert_eq!(filter(&wrong, "/filter").unwrap_err().violations[0].field, "/filter/domains/0");
        let span = |seconds| Some(Span { seconds, nanos: 0 });
        for (limit, field) in [
            (pb::Limits { in_flight: 10_001, ..Default::default() }, "/limits/in_flight"),
            (pb::Limits { settle_within: span(0), ..Default::default() }, "/limits/settle_within"),
            (
                pb::Limits { pause_first: span(9), pause_longest: span(8), ..Default::default() },
                "/limits/pause_first",
            ),
        ] {
            assert_eq!(limits(&limit, "/limits", Limits::default()).unwrap_err().violations[0].field, field);
        }
        assert_eq!(limits(&pb::Limits::default(), "", Limits::default()).unwrap(), Limits::default());
    }
}
