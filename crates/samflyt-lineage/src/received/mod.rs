//! Who received an event: asked of what was folded of deliveries.
//!
//! Gives, for each subscription whose rule has an event, what became of it there. Keeps true: an event is received, on its
//! way, held back, withheld, discarded, or not looked at, and just one of these.

mod flows;
#[cfg(test)]
mod tests;

pub(crate) use flows::SubscribedIn;
use samflyt_events::delivery::{About, Failed, Rule, State, Subscription};
use samflyt_events::subject::encode_token;
use samflyt_events::{RecordedEvent, header_value};
use samflyt_projection::StoreError;
use serde::de::DeserializeOwned;

use crate::projections::delivery_values::{Exception, GivenUp, Hold, Passed, Stand, unpack_one};
use crate::projections::keys::{self, Number, Of, Tail, short_hash};
use crate::reader::Reader;

/// A subscription with all of its rules, oldest first.
pub(crate) struct Subscribed {
    pub of: Of,
    pub subscription: Subscription,
    pub rules: Vec<Rule>,
}

/// What is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub sequence: u64,
    pub learned_ms: u64,
    domain: String,
    event: String,
    provider: String,
    /// As a token.
    entity: String,
    hash: [u8; 8],
}

/// What became of an event in one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub what: What,
    /// It may have been received more than once, or though it counts as not received.
    pub repeated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Times are in milliseconds since 1970: by then the hub had told that it was received.
    Received {
        by_ms: u64,
    },
    OnItsWay,
    /// `failed`: the event that holds it back, which may be itself.
    Held {
        since_ms: u64,
        failed: Failed,
    },
    Withheld {
        at_ms: u64,
    },
    Discarded(GivenUp),
    NotLookedAt,
}

impl Asked {
    pub fn of(recorded: &RecordedEvent) -> Self {
        let event = &recorded.event;
        Self {
            sequence: recorded.sequence,
            learned_ms: u64::try_from(recorded.learned_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0),
            domain: event.kind.domain().to_owned(),
            event: event.kind.event().to_owned(),
            provider: event.system.to_string(),
            entity: encode_token(event.entity.as_str()),
            hash: short_hash(&header_value(event.entity.as_str())),
        }
    }

    fn about(&self) -> About<'_> {
        About { domain: &self.domain, event: &self.event, provider: &self.provider, entity: &self.entity }
    }
}

impl Subscribed {
    /// Whether an event is the subscription's.
    fn has(&self, asked: &Asked) -> bool {
        let until = self.subscription.replay.as_ref().map_or(u64::MAX, |replay| replay.until);
        let rule = self.rules.iter().rev().find(|rule| rule.from <= asked.sequence);
        let about = asked.about();
        asked.sequence <= until
            && rule.is_some_and(|rule| rule.filter.matches(&about) && rule.cover.covers(&about))
    }

    /// Nothing is sent at the moment, or ever.
    pub fn is_stopped(&self) -> bool {
        self.subscription.state != State::Active
    }
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|_| StoreError::Corrupt("what is kept of deliveries is not of its form"))
}

impl Reader {
    /// All subscriptions to the events of a stream, by the order of their making.
    pub fn subscribed(&self, stream: Number) -> Result<Vec<Subscribed>, StoreError> {
        let mut found = Vec::new();
        for item in self.view.scan_prefix(&keys::subscriptions_of(stream).into_bytes()) {
            let (key, value) = item?;
            let Some(subscription) = Tail(&key).number() else { continue };
            let of = Of { stream, subscription };
            let mut rules = Vec::new();
            for item in self.view.scan_prefix(&of.rules().into_bytes()) {
                rules.push(parsed(&item?.1)?);
            }
            found.push(Subscribed { of, subscription: parsed(&value)?, rules });
        }
        Ok(found)
    }

    /// What became of an event in a subscription; none: it is not the subscription's.
    pub fn outcome(&self, subscribed: &Subscribed, asked: &Asked) -> Result<Option<Outcome>, StoreError> {
        if !subscribed.has(asked) {
            return Ok(None);
        }
        let of = subscribed.of;
        // The stand first: what is folded meanwhile makes the rest later than it, never earlier.
        let stand = self.stand(of)?;
        let exception = self.json::<Exception>(&of.exceptions().sequence(asked.sequence).into_bytes())?;
        let exception = exception.unwrap_or_default();
        let hold = self.json::<Hold>(&of.hold(asked.hash))?.filter(|hold| hold.from <= asked.sequence);
        let passed = self.passed(of, asked)?;
        let interval = match (&hold, &passed) {
            (Some(hold), _) => Some((hold.since, u64::MAX)),
            (None, Some(passed)) => Some((passed.since, passed.until)),
            (None, None) => None,
        };
        let interrupted = self.was_interrupted(of, asked, interval)?;
        let what = match (exception.discarded, exception.withheld_ms) {
            (Some(given_up), _) => What::Discarded(given_up),
            (None, Some(at_ms)) => What::Withheld { at_ms },
            (None, None) => self.in_turn(of, asked, stand, hold, passed)?,
        };
        // An event that failed had been sent. What is received after that was sent again.
        let sent_before = u32::from(!matches!(what, What::Received { .. }));
        let repeated = interrupted || exception.failures > sent_before;
        Ok(Some(Outcome { what, repeated }))
    }

    /// What became of an event that nobody kept from the consumer.
    fn in_turn(
        &self,
        of: Of,
        asked: &Asked,
        stand: Option<Stand>,
        hold: Option<Hold>,
        passed: Option<Passed>,
    ) -> Result<What, StoreError> {
        // An urgent event is sent before what is in front of it was looked at.
        let is_told = |stand: &Stand| asked.sequence < stand.next || passed.is_some();
        let Some(stand) = stand.filter(is_told) else {
            return Ok(What::NotLookedAt);
        };
        Ok(match (hold, passed) {
            (Some(Hold { failed: Some(failed), since_ms, .. }), _) => {
                What::Held { since_ms: since_ms.max(asked.learned_ms), failed }
            }
            (Some(Hold { failed: None, .. }), _) => What::OnItsWay,
            (None, _) if stand.is_pending(asked.sequence) => What::OnItsWay,
            (None, Some(passed)) => What::Received { by_ms: passed.until_ms },
            (None, None) => {
                let by_ms = self.reached_ms(of, asked.sequence)?.unwrap_or(stand.at_ms);
                What::Received { by_ms }
            }
        })
    }

    pub(super) fn stand(&self, of: Of) -> Result<Option<Stand>, StoreError> {
        Ok(self.view.get(&of.stand())?.and_then(|bytes| Stand::from_bytes(&bytes)))
    }

    fn json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.view.get(key)?.map(|bytes| parsed(&bytes)).transpose()
    }

    /// How an event was held back before it was settled.
    fn passed(&self, of: Of, asked: &Asked) -> Result<Option<Passed>, StoreError> {
        let from = of.held(asked.hash).sequence(asked.sequence).into_bytes();
        let to = of.held(asked.hash).bytes(&[0xff; 12]).into_bytes();
        for item in self.view.range(&from..&to) {
            let passed = Passed::from_bytes(&item?.1);
            if let Some(passed) = passed.filter(|passed| passed.has(asked.sequence)) {
                return Ok(Some(passed));
            }
        }
        Ok(None)
    }

    /// By when all up to a sequence was settled or held back; none: not yet.
    pub(super) fn reached_ms(&self, of: Of, sequence: u64) -> Result<Option<u64>, StoreError> {
        let from = of.positions().sequence(sequence).into_bytes();
        let to = of.positions().bytes(&[0xff; 7]).into_bytes();
        let reached = self.view.range(&from..&to).next().transpose()?;
        Ok(reached.and_then(|(_, bytes)| unpack_one(&bytes)))
    }

    /// Whether it may have been on its way when delivery was interrupted. `interval`: the tellings between which it was
    /// held back.
    fn was_interrupted(
        &self,
        of: Of,
        asked: &Asked,
        interval: Option<(u64, u64)>,
    ) -> Result<bool, StoreError> {
        for item in self.view.scan_prefix(&of.interruptions().into_bytes()) {
            let (key, value) = item?;
            let (Some(telling), Some(before)) = (Tail(&key).sequence(), Stand::from_bytes(&value)) else {
                continue;
            };
            // What the hub learned of later cannot have been sent before.
            let in_window =
                (before.next..=before.window).contains(&asked.sequence) && asked.learned_ms <= before.at_ms;
            let was_held = interval.is_some_and(|(since, until)| since < telling && telling <= until);
            if before.is_pending(asked.sequence) || in_window || was_held {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
