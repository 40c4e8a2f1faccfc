//! What is known of a tenant's messages, folded from the headers of its log; kept in memory, made anew at every start.
//!
//! Kept true: folding what was folded before changes nothing; a message that the stream has dropped is not here either.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use samflyt_events::SystemId;
use samflyt_noark::fiks::MessageType;
use time::OffsetDateTime;

use super::id::{Id, Part};
use super::told::{ContentDigest, Told};

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub id: Id,
    pub sequence: u64,
    pub kind: MessageType,
    pub system: SystemId,
    pub digest: ContentDigest,
    pub received_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    /// A write of the right form has it from the moment on that it is in the log.
    pub receipt: Option<Given>,
    pub answer: Option<Given>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    pub part: Part,
    pub kind: MessageType,
    /// Of the answer; a receipt has its message's.
    pub sequence: u64,
    pub at: OffsetDateTime,
    /// An answer that is not confirmed by then is a dead reply.
    pub expires_at: OffsetDateTime,
    pub confirmed_at: Option<OffsetDateTime>,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    rows: HashMap<Id, Row>,
    by_sequence: BTreeMap<u64, Id>,
    by_answer: HashMap<Id, (Id, Part)>,
    waiting_writes: BTreeMap<u64, Id>,
    waiting_reads: BTreeMap<u64, Id>,
    /// Messages without an answer, by the end of their time: whichever it is, it is first here.
    expiring: BTreeSet<(OffsetDateTime, Id)>,
    /// Answers that are not confirmed, by the end of their time.
    unconfirmed: BTreeSet<(OffsetDateTime, Id)>,
    to_fetch: HashMap<SystemId, BTreeSet<(u64, Part, Id)>>,
}

impl Row {
    pub fn given(&self, part: Part) -> Option<&Given> {
        match part {
            Part::Receipt => self.receipt.as_ref(),
            Part::Answer => self.answer.as_ref(),
        }
    }

    pub fn answers(&self) -> impl Iterator<Item = &Given> {
        self.receipt.iter().chain(&self.answer)
    }
}

impl Given {
    pub fn is_dead(&self, now: OffsetDateTime) -> bool {
        self.confirmed_at.is_none() && self.expires_at <= now
    }
}

impl Index {
    /// `receipt_kept`: for how long a receipt waits to be confirmed.
    pub fn fold(&mut self, sequence: u64, id: Id, told: Told, receipt_kept: time::Duration) {
        match told {
            Told::Asked { kind, receipt, system, digest, at, expires_at } => {
                if self.rows.contains_key(&id) {
                    return;
                }
                let receipt = receipt.map(|kind| Given {
                    part: Part::Receipt,
                    kind,
                    sequence,
                    at,
                    expires_at: at + receipt_kept,
                    confirmed_at: None,
                });
                let waiting =
                    if kind.is_write() { &mut self.waiting_writes } else { &mut self.waiting_reads };
                waiting.insert(sequence, id);
                self.expiring.insert((expires_at, id));
                self.by_sequence.insert(sequence, id);
                if let Some(given) = &receipt {
                    self.offer(id, &system, given);
                }
                let row = Row {
                    id,
                    sequence,
                    kind,
                    system,
                    digest,
                    received_at: at,
                    expires_at,
                    receipt,
                    answer: None,
                };
                self.rows.insert(id, row);
            }
            Told::Answered { kind, at, expires_at } => {
                let Some(row) = self.rows.get_mut(&id).filter(|row| row.answer.is_none()) else { return };
                let given = Given { part: Part::Answer, kind, sequence, at, expires_at, confirmed_at: None };
                row.answer = Some(given);
                let row = row.clone();
                self.settle(&row);
                self.offer(id, &row.system, &given);
            }
            Told::Confirmed { part, at } => {
                let Some(row) = self.rows.get_mut(&id) else { return };
                let given = match part {
                    Part::Receipt => row.receipt.as_mut(),
                    Part::Answer => row.answer.as_mut(),
                };
                let Some(given) = given.filter(|given| given.confirmed_at.is_none()) else { return };
                given.confirmed_at = Some(at);
                let (given, system) = (*given, row.system.clone());
                self.withdraw(id, &system, &given);
            }
        }
    }

    /// Forgets what the stream has dropped: messages that came before a moment.
    pub fn forget(&mut self, before: OffsetDateTime) {
        while let Some((sequence, id)) = self.by_sequence.first_key_value().map(|(s, id)| (*s, *id)) {
            let Some(row) = self.rows.get(&id).filter(|row| row.received_at < before).cloned() else {
                return;
            };
            self.by_sequence.remove(&sequence);
            self.settle(&row);
            for given in row.answers() {
                self.withdraw(id, &row.system, given);
                self.by_answer.remove(&id.of_answer(given.part));
            }
            self.rows.remove(&id);
        }
    }

    fn settle(&mut self, row: &Row) {
        self.waiting_writes.remove(&row.sequence);
        self.waiting_reads.remove(&row.sequence);
        self.expiring.remove(&(row.expires_at, row.id));
    }

    fn offer(&mut self, id: Id, system: &SystemId, given: &Given) {
        let answer = id.of_answer(given.part);
        self.by_answer.insert(answer, (id, given.part));
        self.unconfirmed.insert((given.expires_at, answer));
        self.to_fetch.entry(system.clone()).or_default().insert((given.sequence, given.part, id));
    }

    fn withdraw(&mut self, id: Id, system: &SystemId, given: &Given) {
        self.unconfirmed.remove(&(given.expires_at, id.of_answer(given.part)));
        if let Some(waiting) = self.to_fetch.get_mut(system) {
            waiting.remove(&(given.sequence, given.part, id));
            if waiting.is_empty() {
                self.to_fetch.remove(system);
            }
        }
    }

    pub fn row(&self, id: Id) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// The message of an answer.
    pub fn answered(&self, answer: Id) -> Option<(&Row, Part)> {
        let (id, part) = self.by_answer.get(&answer)?;
        Some((self.rows.get(id)?, *part))
    }

    /// Writes without an answer, in the order in which they came.
    pub fn waiting_writes(&self) -> impl Iterator<Item = Id> {
        self.waiting_writes.values().copied()
    }

    pub fn waiting_reads(&self) -> impl Iterator<Item = Id> {
        self.waiting_reads.values().copied()
    }

    /// Messages without an answer whose time is over.
    pub fn expired(&self, now: OffsetDateTime) -> impl Iterator<Item = Id> {
        self.expiring.iter().take_while(move |(at, _)| *at <= now).map(|(_, id)| *id)
    }

    /// When the next message without an answer expires.
    pub fn expires_next(&self) -> Option<OffsetDateTime> {
        self.expiring.first().map(|(at, _)| *at)
    }

    /// How many wait for their answer.
    pub fn waiting(&self) -> usize {
        self.expiring.len()
    }

    /// When the message came that has waited longest.
    pub fn oldest_waiting(&self) -> Option<OffsetDateTime> {
        let first =
            self.waiting_writes.first_key_value().into_iter().chain(self.waiting_reads.first_key_value());
        first.filter_map(|(_, id)| self.rows.get(id)).map(|row| row.received_at).min()
    }

    /// How many answers nobody confirmed in their time.
    pub fn dead(&self, now: OffsetDateTime) -> usize {
        self.unconfirmed.iter().take_while(|(at, _)| *at <= now).count()
    }

    /// Answers of a system that are not confirmed, oldest first, after a place.
    pub fn to_fetch(&self, system: &SystemId, after: (u64, Part)) -> impl Iterator<Item = (&Row, &Given)> {
        let waiting = self.to_fetch.get(system).into_iter().flatten();
        waiting.filter(move |(sequence, part, _)| (*sequence, *part) > after).filter_map(|(_, part, id)| {
            let row = self.rows.get(id)?;
            Some((row, row.given(*part)?))
        })
    }

    /// Messages that came before a sequence, newest first.
    pub fn newest_before(&self, sequence: u64) -> impl Iterator<Item = &Row> {
        self.by_sequence.range(..sequence).rev().filter_map(|(_, id)| self.rows.get(id))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);
    const KEPT: Duration = Duration::hours(1);

    fn id(number: u8) -> Id {
        Id::parse(&format!("{number:02x}000000-0000-8000-8000-000000000000")).unwrap()
    }

    fn system() -> SystemId {
        SystemId::new("seljord-oppvekst").unwrap()
    }

    fn asked(kind: &str, lives: Duration) -> Told {
        let kind = MessageType::parse(&format!("no.ks.fiks.arkiv.v1.{kind}")).unwrap();
        Told::Asked {
            kind,
            receipt: kind.mottatt(),
            system: system(),
            digest: [0; 16],
            at: NOON,
            expires_at: NOON + lives,
        }
    }

    fn write(lives: Duration) -> Told {
        asked("arkivering.arkivmelding.opprett", lives)
    }

    fn answered() -> Told {
        let kind = MessageType::parse("no.ks.fiks.arkiv.v1.feilmelding.serverfeil").unwrap();
        Told::Answered { kind, at: NOON, expires_at: NOON + KEPT }
    }

    fn confirmed(part: Part) -> Told {
        Told::Confirmed { part, at: NOON }
    }

    #[test]
    fn writes_wait_in_their_order_and_expire_each_by_itself() {
        let mut index = Index::default();
        for (number, lives) in [(1, 50), (2, 10), (3, 30)] {
            index.fold(number.into(), id(number), write(Duration::seconds(lives)), KEPT);
        }
        index.fold(4, id(4), asked("innsyn.sok", Duration::seconds(5)), KEPT);
        assert_eq!(index.waiting_writes().collect::<Vec<_>>(), [id(1), id(2), id(3)]);
        assert_eq!(index.waiting_reads().collect::<Vec<_>>(), [id(4)]);
        assert_eq!(index.expired(NOON + Duration::seconds(30)).collect::<Vec<_>>(), [id(4), id(2), id(3)]);
        index.fold(5, id(2), answered(), KEPT);
        assert_eq!(index.waiting_writes().collect::<Vec<_>>(), [id(1), id(3)]);
        assert_eq!(index.expires_next(), Some(NOON + Duration::seconds(5)));
    }

    #[test]
    fn an_answer_is_offered_until_it_is_confirmed_and_dead_after_its_time() {
        let mut index = Index::default();
        index.fold(1, id(1), write(KEPT), KEPT);
        index.fold(2, id(1), answered(), KEPT);
        let offered = |index: &Index| {
            index.to_fetch(&system(), (0, Part::Receipt)).map(|(_, g)| g.part).collect::<Vec<_>>()
        };
        assert_eq!(offered(&index), [Part::Receipt, Part::Answer]);
        assert_eq!((index.dead(NOON), index.dead(NOON + KEPT)), (0, 2));
        index.fold(3, id(1), confirmed(Part::Receipt), KEPT);
        assert_eq!(offered(&index), [Part::Answer]);
        assert_eq!(index.dead(NOON + KEPT), 1);
        assert!(index.answered(id(1).of_answer(Part::Answer)).is_some());
    }

    #[test]
    fn what_the_stream_dropped_is_forgotten_whole() {
        let mut index = Index::default();
        index.fold(1, id(1), write(KEPT), KEPT);
        index.fold(2, id(1), answered(), KEPT);
        index.forget(NOON);
        assert!(index.row(id(1)).is_some());
        index.forget(NOON + Duration::seconds(1));
        assert_eq!(format!("{index:?}"), format!("{:?}", Index::default()));
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(steps in proptest::collection::vec((0_u8..4, 0_u8..4), 1..40)) {
            let told = |what| match what {
                0 => write(KEPT),
                1 => answered(),
                2 => confirmed(Part::Receipt),
                _ => confirmed(Part::Answer),
            };
            let seen = |index: &Index| {
                let rows = index.newest_before(u64::MAX).map(|row| format!("{row:?}")).collect::<Vec<_>>();
                let fetch = index.to_fetch(&system(), (0, Part::Receipt)).map(|(row, _)| row.id).collect::<Vec<_>>();
                (rows, fetch, index.waiting(), index.dead(NOON + KEPT))
            };
            let (mut once, mut twice) = (Index::default(), Index::default());
            for (sequence, (of, what)) in (1..).zip(&steps) {
                once.fold(sequence, id(*of), told(*what), KEPT);
                twice.fold(sequence, id(*of), told(*what), KEPT);
                twice.fold(sequence + 1_000, id(*of), told(*what), KEPT);
            }
            prop_assert_eq!(seen(&once), seen(&twice));
        }
    }
}
