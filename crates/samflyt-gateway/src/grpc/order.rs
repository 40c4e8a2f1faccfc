//! The order on one stream of events. Pure: consumes requests and outcomes, gives what may be sent and what may be
//! answered.
//!
//! Keeps true: of one entity at most one event is on its way; answers come in the order of the requests; after one event was
//! refused for now (the log failed, a limit is reached), nothing more is sent.

use std::collections::{HashSet, VecDeque};

use samflyt_events::Refusal;

use crate::intake::Receipt;

/// The place of a request in its stream.
pub(super) type Index = u64;

/// An answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub index: Index,
    /// What the publisher called the event.
    pub id: String,
    pub outcome: Result<Receipt, Refusal>,
}

/// `N` is an event that may be appended.
#[derive(Debug)]
pub(super) struct Order<N> {
    /// Requests that are not answered yet, oldest first.
    open: VecDeque<Open>,
    /// The index of the oldest.
    first: Index,
    /// Entities with an event on its way.
    busy: HashSet<String>,
    /// An event that waits for the one before it of its entity.
    held: Option<Held<N>>,
    failed: Option<Refusal>,
}

#[derive(Debug)]
struct Open {
    id: String,
    /// Set while the event is on its way.
    entity: Option<String>,
    outcome: Option<Result<Receipt, Refusal>>,
}

#[derive(Debug)]
struct Held<N> {
    index: Index,
    entity: String,
    event: N,
}

impl<N> Order<N> {
    pub fn new() -> Self {
        Self { open: VecDeque::new(), first: 0, busy: HashSet::new(), held: None, failed: None }
    }

    /// How many requests were taken and not answered.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Whether an event waits for the one before it of its entity. Nothing behind it may be taken meanwhile.
    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// What every later request is refused with, where one was refused for now: what follows must not overtake it.
    pub fn failed(&self) -> Option<Refusal> {
        let first = self.failed.as_ref()?;
        let message = format!(
            "an event before this one was not taken for now ({}): open a new stream and resend from that one on",
            first.reason.as_str()
        );
        Some(Refusal { retry_after: first.retry_after, ..Refusal::new(first.reason, message) })
    }

    /// Takes a request.
    pub fn take(&mut self, id: String) -> Index {
        self.open.push_back(Open { id, entity: None, outcome: None });
        self.first + self.open.len() as Index - 1
    }

    /// Asks for an event to be sent: given back where it may go now, else held until its entity is free.
    pub fn send(&mut self, index: Index, entity: String, event: N) -> Option<(Index, N)> {
        let asked = Held { index, entity, event };
        if self.busy.contains(&asked.entity) {
            self.held = Some(asked);
            return None;
        }
        Some(self.go(asked))
    }

    /// Takes in what became of a request. Gives the event that waited for it, which is on its way from now on.
    pub fn settle(&mut self, index: Index, outcome: Result<Receipt, Refusal>) -> Option<(Index, N)> {
        if let Err(refusal) = &outcome
            && self.failed.is_none()
            && refusal.retry_after.is_some()
        {
            self.failed = Some(refusal.clone());
        }
        let open = self.at(index)?;
        open.outcome = Some(outcome);
        let freed = open.entity.take()?;
        self.busy.remove(&freed);
        let held = self.held.take_if(|held| held.entity == freed)?;
        Some(self.go(held))
    }

    fn go(&mut self, Held { index, entity, event }: Held<N>) -> (Index, N) {
        self.busy.insert(entity.clone());
        if let Some(open) = self.at(index) {
            open.entity = Some(entity);
        }
        (index, event)
    }

    /// Whether the oldest request can be answered.
    pub fn is_answered(&self) -> bool {
        self.open.front().is_some_and(|open| open.outcome.is_some())
    }

    /// The answer to the oldest request.
    pub fn answer(&mut self) -> Option<Answer> {
        let open = self.open.pop_front_if(|open| open.outcome.is_some())?;
        let index = self.first;
        self.first += 1;
        Some(Answer { index, id: open.id, outcome: open.outcome? })
    }

    fn at(&mut self, index: Index) -> Option<&mut Open> {
        let place = usize::try_from(index.checked_sub(self.first)?).ok()?;
        self.open.get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use samflyt_events::{Reason, TenantId};

    use super::*;

    fn accepted(sequence: u64) -> Result<Receipt, Refusal> {
        let tenant = TenantId::new("seljord").unwrap();
        Ok(Receipt { tenant, sequence, duplicate: false, contract: None })
    }

    fn sent(
        order: &mut Order<&'static str>,
        event: &'static str,
        entity: &str,
    ) -> Option<(Index, &'static str)> {
        let index = order.take(event.to_owned());
        order.send(index, entity.to_owned(), event)
    }

    #[test]
    fn an_event_goes_once_the_one_of_its_own_entity_is_settled_though_earlier_ones_are_not() {
        let mut order = Order::new();
        assert_eq!(sent(&mut order, "slow", "case-1"), Some((0, "slow")));
        assert_eq!(sent(&mut order, "first", "case-2"), Some((1, "first")));
        assert_eq!(sent(&mut order, "second", "case-2"), None);
        assert!(order.holds());
        assert_eq!(order.settle(1, accepted(1)), Some((2, "second")));
        assert!(!order.holds());
        assert_eq!(order.answer(), None, "the answer to the first request is still to come");
    }

    #[test]
    fn of_one_entity_one_event_is_on_its_way() {
        let mut order = Order::new();
        assert!(sent(&mut order, "a", "case-1").is_some());
        assert!(sent(&mut order, "x", "case-2").is_some());
        assert_eq!(sent(&mut order, "b", "case-1"), None);
        assert_eq!(order.settle(1, accepted(1)), None, "another entity's end frees nothing");
        assert_eq!(order.settle(0, accepted(2)), Some((2, "b")));
        assert_eq!(sent(&mut order, "c", "case-1"), None, "what was held is on its way now");
        assert_eq!(order.settle(2, accepted(3)), Some((3, "c")));
    }

    #[test]
    fn answers_come_in_the_order_of_the_requests() {
        let mut order = Order::new();
        for (event, entity) in [("a", "case-1"), ("b", "case-2"), ("c", "case-3")] {
            assert!(sent(&mut order, event, entity).is_some());
        }
        for index in [2, 0, 1] {
            order.settle(index, accepted(index));
        }
        let answers: Vec<_> =
            std::iter::from_fn(|| order.answer()).map(|answer| (answer.index, answer.id)).collect();
        assert_eq!(answers, [(0, "a".to_owned()), (1, "b".to_owned()), (2, "c".to_owned())]);
        assert_eq!(order.open(), 0);
    }

    #[test]
    fn a_passing_failure_is_remembered_and_a_refused_event_is_not() {
        let mut order = Order::<&str>::new();
        let bad = order.take("bad".to_owned());
        order.settle(bad, Err(Refusal::new(Reason::ContractViolated, "")));
        assert_eq!(order.failed(), None);
        assert!(sent(&mut order, "a", "case-1").is_some());
        order.settle(1, Err(Refusal::new(Reason::LogUnavailable, "")));
        assert_eq!(order.failed().unwrap().reason, Reason::LogUnavailable);
    }
}
