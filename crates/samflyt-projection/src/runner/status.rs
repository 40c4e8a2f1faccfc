//! How far each stream is, as far as readers may know. Pure.

use std::{collections::VecDeque, time::Instant};

use samflyt_log::StreamState;
use time::OffsetDateTime;

use crate::{StreamPosition, store::Position};

/// Observations of a stream's end that are not folded up to yet. A backlog keeps the oldest.
const MARKS_MAX: usize = 64;

/// The log is not the one that was folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Alarm {
    #[error("the log ends at {last}, and {folded} was folded already")]
    Regressed { folded: u64, last: u64 },
    #[error("the stream was made anew")]
    Recreated,
    #[error("the log goes on at {found} after {folded}")]
    Gap { folded: u64, found: u64 },
}

#[derive(Debug, Default)]
pub(super) struct Status {
    pub sequence: u64,
    pub created: Option<i128>,
    pub caught_up_at: Option<Instant>,
    /// Whether it was folded up to where the log once ended.
    pub reached: bool,
    head: u64,
    head_observed_at: Option<OffsetDateTime>,
    marks: VecDeque<(Instant, u64)>,
}

impl Status {
    pub fn at(position: Position) -> Self {
        Self {
            sequence: position.sequence,
            head: position.sequence,
            created: Some(position.created),
            ..Self::default()
        }
    }

    /// Takes in what the log answered. `folded` is the position from before it was asked, at `asked`.
    pub fn observe(
        &mut self,
        folded: u64,
        asked: Instant,
        state: &StreamState,
        now: OffsetDateTime,
    ) -> Result<(), Alarm> {
        let created = state.created.unix_timestamp_nanos();
        if folded > 0 && self.created.is_some_and(|known| known != created) {
            return Err(Alarm::Recreated);
        }
        if state.last < folded {
            return Err(Alarm::Regressed { folded, last: state.last });
        }
        self.created = Some(created);
        self.see_head(state.last, now);
        if self.marks.len() < MARKS_MAX {
            self.marks.push_back((asked, state.last));
        }
        self.resolve();
        Ok(())
    }

    pub fn see_head(&mut self, head: u64, now: OffsetDateTime) {
        self.head = self.head.max(head);
        self.head_observed_at = Some(now);
    }

    pub fn advance(&mut self, sequence: u64) {
        self.sequence = self.sequence.max(sequence);
        self.resolve();
    }

    pub fn position(&self, stream: &str) -> StreamPosition {
        StreamPosition {
            stream: stream.to_owned(),
            sequence: self.sequence,
            head: self.head.max(self.sequence),
            head_observed_at: self.head_observed_at,
        }
    }

    fn resolve(&mut self) {
        while let Some((asked, _)) = self.marks.pop_front_if(|(_, last)| *last <= self.sequence) {
            self.caught_up_at = Some(asked);
            self.reached = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(last: u64, created: i64) -> StreamState {
        let created = OffsetDateTime::from_unix_timestamp(created).unwrap();
        StreamState { first: 1, last, messages: last, bytes: 0, created }
    }

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn it_is_caught_up_as_of_when_the_log_was_asked_not_of_when_the_fold_got_there() {
        let (mut status, asked) = (Status::default(), Instant::now());
        status.observe(0, asked, &state(10, 1), NOW).unwrap();
        status.advance(9);
        assert_eq!(status.caught_up_at, None);
        status.advance(12);
        assert_eq!(status.caught_up_at, Some(asked));
        assert_eq!(status.position("s").head, 12);
    }

    #[test]
    fn a_log_behind_the_checkpoint_is_an_alarm() {
        let mut status = Status::at(Position { sequence: 5, created: 1_000_000_000 });
        assert_eq!(
            status.observe(5, Instant::now(), &state(4, 1), NOW),
            Err(Alarm::Regressed { folded: 5, last: 4 })
        );
    }

    #[test]
    fn a_stream_made_anew_is_an_alarm_once_something_was_folded() {
        let mut status = Status::at(Position { sequence: 5, created: 1_000_000_000 });
        assert_eq!(status.observe(5, Instant::now(), &state(9, 2), NOW), Err(Alarm::Recreated));
        let mut new = Status::at(Position { sequence: 0, created: 1_000_000_000 });
        assert_eq!(new.observe(0, Instant::now(), &state(9, 2), NOW), Ok(()));
    }
}
