//! Appends what was checked. The municipality's own record comes last: until then nothing of it shows, and an import that
//! was cut off goes on where it ended.

use std::collections::{BTreeMap, VecDeque};

use samflyt_events::catalogue::Catalogue;
use samflyt_events::{DigestKey, Event, ParsedDraft, Reason, Refusal};
use samflyt_log::{AppendError, Appending, Copied, Expected, Log};

use super::check::{Plan, host_of};
use super::line::Line;
use super::receive::Received;
use super::{CATALOGUE, EVENTS};

/// How many copies wait for their acknowledgement at once.
const IN_FLIGHT_MAX: usize = 256;

/// What was appended, all in all.
pub(super) struct Appended {
    pub events: u64,
    pub catalogue_entries: u64,
    /// The last sequence of each stream.
    pub positions: BTreeMap<String, u64>,
}

pub(super) struct Appender<'a> {
    pub log: &'a Log,
    pub digest_key: &'a DigestKey,
    pub plan: &'a Plan,
    pub catalogue: &'a Catalogue,
}

impl Appender<'_> {
    /// # Errors
    /// `LOG_UNAVAILABLE`, `CONFLICT`: importing again goes on from there.
    pub async fn run(&self, received: &Received) -> Result<Appended, Refusal> {
        let tenant = &received.manifest.tenant;
        self.log.ensure_tenant(tenant).await.map_err(|error| passing(&error.to_string()))?;
        let events = self.events(received).await?;
        let mut appended = Appended { events, catalogue_entries: 0, positions: BTreeMap::new() };
        let mut sequences: BTreeMap<String, u64> = BTreeMap::new();
        let mut lines = received.lines(CATALOGUE).await?;
        while let Some(line) = lines.next().await? {
            appended.catalogue_entries += 1;
            let done = self.plan.appended.get(&line.stream).is_some_and(|done| line.sequence <= *done);
            if done || self.plan.known.contains(&lines.number()) {
                continue;
            }
            let expected = if self.plan.appended.contains_key(&line.stream) {
                Expected::After(line.sequence - 1)
            } else {
                if let Some(host) = host_of(&line.stream, tenant) {
                    self.log.ensure_tenant(&host).await.map_err(|error| passing(&error.to_string()))?;
                }
                let known = sequences.get(&line.subject).copied();
                Expected::AfterOfSubject(known.unwrap_or_else(|| self.catalogue.sequence(&line.subject)))
            };
            let sent = self.log.append_copy(&line.copied(), expected).await.map_err(|e| failed(&e))?;
            let sequence = sent.appended().await.map_err(|error| failed(&error))?.sequence;
            sequences.insert(line.subject, sequence);
            appended.positions.insert(line.stream, sequence);
        }
        Ok(appended)
    }

    async fn events(&self, received: &Received) -> Result<u64, Refusal> {
        let mut waiting: VecDeque<(u64, Appending)> = VecDeque::new();
        let mut lines = received.lines(EVENTS).await?;
        while let Some(line) = lines.next().await? {
            if self.plan.appended.get(&line.stream).is_some_and(|done| line.sequence <= *done) {
                continue;
            }
            if waiting.len() >= IN_FLIGHT_MAX
                && let Some(first) = waiting.pop_front()
            {
                settle(first).await?;
            }
            let copy = self.with_own_digest(&line)?;
            let sent = self.log.append_copy(&copy, Expected::After(line.sequence - 1)).await;
            waiting.push_back((line.sequence, sent.map_err(|error| failed(&error))?));
        }
        for sent in waiting {
            settle(sent).await?;
        }
        Ok(lines.number())
    }

    /// A resend is told from a reused id by a digest under the hub's own key, which no hub gives away: this one's takes the
    /// place of the other's.
    fn with_own_digest(&self, line: &Line) -> Result<Copied, Refusal> {
        let not_one = |what: String| {
            let rule = format!("holds no event at {}: {what}", line.sequence);
            super::invalid(EVENTS, rule, "take the file as it was exported")
        };
        let mut copy = line.copied();
        if line.header("ce-digest").is_none() {
            return Ok(copy);
        }
        let event = Event::from_headers(|name| line.header(name), bytes::Bytes::new());
        let event = event.map_err(|error| not_one(error.to_string()))?;
        let value = samflyt_events::parse_strict(line.data.as_bytes()).map_err(|e| not_one(e.to_string()))?;
        let digest = ParsedDraft { event, contract: None, value }.digest(self.digest_key).to_string();
        for (_, value) in copy.headers.iter_mut().filter(|(name, _)| name == "ce-digest") {
            value.clone_from(&digest);
        }
        Ok(copy)
    }
}

async fn settle((expected, sent): (u64, Appending)) -> Result<(), Refusal> {
    let appended = sent.appended().await.map_err(|error| failed(&error))?;
    if appended.sequence == expected && !appended.duplicate {
        return Ok(());
    }
    let message = format!("an event came to stand at {} instead of {expected}", appended.sequence);
    Err(Refusal::new(Reason::Conflict, message))
}

fn failed(error: &AppendError) -> Refusal {
    match error {
        AppendError::Conflict => {
            let message = "somebody else changed the same meanwhile: import again, it goes on where it ended";
            Refusal::new(Reason::Conflict, message)
        }
        AppendError::TooLarge => Refusal::new(Reason::TooLarge, error.to_string()),
        _ => passing(&error.to_string()),
    }
}

fn passing(error: &str) -> Refusal {
    tracing::warn!(error, "an import ended before all was appended");
    Refusal::new(Reason::LogUnavailable, format!("{error}; import again: it goes on where it ended"))
}
