//! Lines into the hub's stream of events, pipelined, and again from the first unsettled one where the stream breaks off.

use std::collections::VecDeque;

use anyhow::{Context, bail};
use samflyt_proto::common::Refusal;
use samflyt_proto::gateway::publish_events_response::Outcome as Answer;
use samflyt_proto::gateway::{PublishEventRequest, PublishEventsRequest, PublishEventsResponse, Receipt};
use samflyt_runtime::refused::is_passing;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_stream::wrappers::ReceiverStream;

use super::interrupted::{Interrupted, refusal_of_event};
use super::ledger::{Ledger, Outcome};
use super::lines::{Line, Step};
use super::retry::Retry;
use crate::cli::Remote;

/// Lines that are read and not settled.
const WINDOW_MAX: usize = 2_048;
const REQUESTS_WAITING_MAX: usize = 64;

pub(super) struct Pusher<'r> {
    remote: &'r Remote,
    lines: mpsc::Receiver<Step>,
    read_all: bool,
    /// Unsettled, in their order.
    window: VecDeque<Line>,
    /// How many of the window are sent on this stream, or need no sending.
    sent: usize,
    /// How many were sent on an earlier one.
    sent_before: usize,
    ledger: Ledger,
    validate_only: bool,
}

impl<'r> Pusher<'r> {
    pub(super) fn new(
        remote: &'r Remote,
        lines: mpsc::Receiver<Step>,
        ledger: Ledger,
        validate_only: bool,
    ) -> Self {
        let window = VecDeque::new();
        Self { remote, lines, read_all: false, window, sent: 0, sent_before: 0, ledger, validate_only }
    }

    pub(super) fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// Until every line is settled. May be dropped at any time: the ledger is always right.
    ///
    /// # Errors
    /// Where the lines cannot be read, the hub will not have the caller, or nothing has got on for too long.
    pub(super) async fn run(&mut self, mut retry: Retry) -> anyhow::Result<()> {
        loop {
            let settled = self.ledger.settled_here();
            let Some(mut interrupted) = self.attempt().await? else { return Ok(()) };
            self.sent_before = self.sent_before.max(self.sent).min(self.window.len());
            if interrupted.suspect && self.ledger.settled_here() == settled && !self.window.is_empty() {
                // An event that breaks the stream must not do so for ever: alone, it gets an answer of its own.
                match self.send_alone().await? {
                    None => continue,
                    Some(again) => interrupted = again,
                }
            }
            if interrupted.is_final {
                bail!("{}", interrupted.why);
            }
            if self.ledger.settled_here() > settled {
                retry.progressed();
            }
            let Some(pause) = retry.next(Instant::now(), interrupted.pause) else {
                bail!("given up: {}", interrupted.why);
            };
            self.ledger.note(&format!("{}\n  trying again in {} ms", interrupted.why, pause.as_millis()));
            sleep(pause).await;
        }
    }

    /// One stream; none where every line is settled.
    async fn attempt(&mut self) -> anyhow::Result<Option<Interrupted>> {
        let mut gateway = match self.remote.gateway().await {
            Ok(gateway) => gateway,
            Err(error) => return Ok(Some(Interrupted::passing(format!("{error:#}"), None))),
        };
        let (requests, outgoing) = mpsc::channel(REQUESTS_WAITING_MAX);
        let mut answers = match gateway.publish_events(ReceiverStream::new(outgoing)).await {
            Ok(answers) => answers.into_inner(),
            Err(status) => return Ok(Some(status.into())),
        };
        let mut answered = 0;
        self.sent = 0;
        loop {
            self.settle_bad_lines()?;
            if self.read_all && self.window.is_empty() {
                return Ok(None);
            }
            let (sends, reads) =
                (self.sent < self.window.len(), !self.read_all && self.window.len() < WINDOW_MAX);
            tokio::select! {
                biased;
                answer = answers.message() => {
                    let answer = match answer {
                        Ok(Some(answer)) => answer,
                        Ok(None) => return Ok(Some(Interrupted::unanswered())),
                        Err(status) => return Ok(Some(status.into())),
                    };
                    if let Some(interrupted) = self.settle(answer, answered)? {
                        return Ok(Some(interrupted));
                    }
                    answered += 1;
                },
                Ok(place) = requests.reserve(), if sends => {
                    let event = self.window[self.sent].content.as_ref().ok().cloned();
                    place.send(PublishEventsRequest { event, validate_only: self.validate_only });
                    self.sent += 1;
                }
                step = self.lines.recv(), if reads => match step {
                    Some(Step::Line(line)) => self.window.push_back(*line),
                    Some(Step::End) => self.read_all = true,
                    Some(Step::Failed(error)) => return Err(error).context("the lines cannot be read"),
                    None => bail!("the lines ended before the end of the file: this is a mistake in samflyt"),
                },
            }
        }
    }

    /// Bad lines are not sent. They are settled when all before them are.
    fn settle_bad_lines(&mut self) -> anyhow::Result<()> {
        while let Some(Err(_)) = self.window.front().map(|line| &line.content) {
            if let Some(Line { number, end, content: Err(refusal), .. }) = self.pop() {
                self.ledger.settle(number, end, &Outcome::Refused(&refusal))?;
            }
        }
        while self.window.get(self.sent).is_some_and(|line| line.content.is_err()) {
            self.sent += 1;
        }
        Ok(())
    }

    fn pop(&mut self) -> Option<Line> {
        self.sent = self.sent.saturating_sub(1);
        self.sent_before = self.sent_before.saturating_sub(1);
        self.window.pop_front()
    }

    /// An answer is to the first of the window: answers come in the order of the requests.
    fn settle(
        &mut self,
        answer: PublishEventsResponse,
        expected: u64,
    ) -> anyhow::Result<Option<Interrupted>> {
        if answer.index != expected || self.sent == 0 {
            bail!(
                "the hub answered request {} where {expected} was due: is it of another version?",
                answer.index
            );
        }
        match answer.outcome {
            None => bail!("the hub's answer says neither accepted nor refused: is it of another version?"),
            Some(Answer::Accepted(receipt)) => self.settle_first(Ok(&receipt))?,
            Some(Answer::Refused(refusal)) if is_passing(&refusal) => {
                let pause = refusal.retry_after.and_then(|pause| pause.try_into().ok());
                return Ok(Some(Interrupted::passing(
                    format!("{} ({})", refusal.message, refusal.reason),
                    pause,
                )));
            }
            Some(Answer::Refused(refusal)) => self.settle_first(Err(&refusal))?,
        }
        Ok(None)
    }

    fn settle_first(&mut self, outcome: Result<&Receipt, &Refusal>) -> anyhow::Result<()> {
        let resent = self.sent_before > 0;
        let Some(Line { number, end, .. }) = self.pop() else {
            bail!("an answer came to nothing that was sent")
        };
        let outcome = match outcome {
            Ok(receipt) => Outcome::Accepted { receipt, resent },
            Err(refusal) => Outcome::Refused(refusal),
        };
        self.ledger.settle(number, end, &outcome)
    }

    /// Sends the first event without a stream around it.
    async fn send_alone(&mut self) -> anyhow::Result<Option<Interrupted>> {
        let Some(Ok(event)) = self.window.front().map(|line| line.content.clone()) else { return Ok(None) };
        let request = PublishEventRequest { event: Some(event), validate_only: self.validate_only };
        let mut gateway = match self.remote.gateway().await {
            Ok(gateway) => gateway,
            Err(error) => return Ok(Some(Interrupted::passing(format!("{error:#}"), None))),
        };
        match gateway.publish_event(request).await {
            Ok(answer) => {
                self.settle_first(Ok(&answer.into_inner().receipt.unwrap_or_default()))?;
            }
            Err(status) => match refusal_of_event(status) {
                Ok(refusal) => self.settle_first(Err(&refusal))?,
                Err(interrupted) => return Ok(Some(interrupted)),
            },
        }
        Ok(None)
    }
}
