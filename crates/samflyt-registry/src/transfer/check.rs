//! Everything that could speak against an import, found out before the first entry is appended.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::catalogue::{Catalogue, Kind, Record, place};
use samflyt_events::subject::{self, events_stream, tenant_registry_stream};
use samflyt_events::{Event, Reason, Refusal, TenantId};
use samflyt_log::{Follow, Follower, Log};

use super::line::Line;
use super::receive::Received;
use super::standing::{is_missing, place_of};
use super::{CATALOGUE, EVENTS, invalid, log_failed};

/// How many entries one thing of the shared catalogue may have.
const OF_SUBJECT_MAX: usize = 10_000;
const AS_EXPORTED: &str = "take the file as it was exported";

/// An entry of what others share with the municipality.
struct Said {
    /// Its line.
    number: u64,
    message_id: String,
    record: Record,
}

/// What is left to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Line numbers of the catalogue that this hub has already.
    pub known: BTreeSet<u64>,
    /// How many entries of the municipality's own streams an earlier try has appended.
    pub appended: BTreeMap<String, u64>,
}

impl Plan {
    /// # Errors
    /// `ALREADY_EXISTS` where the hub knows the tenant, or has something else by a name of the files; `REQUEST_INVALID`
    /// where the files are not what an export writes.
    pub async fn make(log: &Log, catalogue: &Catalogue, received: &Received) -> Result<Self, Refusal> {
        let tenant = &received.manifest.tenant;
        if catalogue.tenant(tenant).is_some() {
            let message = format!(
                "this hub knows `{tenant}` already: import into one that does not, and hosts before those who use \
                 their systems"
            );
            return Err(Refusal::new(Reason::AlreadyExists, message));
        }
        let mut plan = Self::default();
        plan.check_events(log, received).await?;
        plan.check_catalogue(log, catalogue, received).await?;
        Ok(plan)
    }

    async fn check_events(&mut self, log: &Log, received: &Received) -> Result<(), Refusal> {
        let tenant = &received.manifest.tenant;
        let mut standing = Standing::of(log, events_stream(tenant)).await?;
        let mut lines = received.lines(EVENTS).await?;
        while let Some(line) = lines.next().await? {
            is_event(tenant, &line)
                .map_err(|rule| invalid(EVENTS, format!("{rule} in line {}", lines.number()), AS_EXPORTED))?;
            in_order(EVENTS, &line, lines.number())?;
            standing.compare(&line).await?;
        }
        self.count(EVENTS, received, &standing, lines.number())?;
        self.appended.insert(standing.stream, standing.last);
        Ok(())
    }

    async fn check_catalogue(
        &mut self,
        log: &Log,
        catalogue: &Catalogue,
        received: &Received,
    ) -> Result<(), Refusal> {
        let tenant = &received.manifest.tenant;
        let mut standing = Standing::of(log, tenant_registry_stream(tenant)).await?;
        let (mut own, mut last) = (0, None);
        let mut others: BTreeMap<(String, String), Vec<Said>> = BTreeMap::new();
        let mut lines = received.lines(CATALOGUE).await?;
        while let Some(line) = lines.next().await? {
            let number = lines.number();
            let record = is_record(&line)
                .map_err(|rule| invalid(CATALOGUE, format!("{rule} in line {number}"), AS_EXPORTED))?;
            if line.stream == standing.stream {
                own += 1;
                in_order(CATALOGUE, &line, own)?;
                standing.compare(&line).await?;
            } else {
                let message_id = line.message_id().to_owned();
                last = Some(line.subject.clone());
                others.entry((line.stream, line.subject)).or_default().push(Said {
                    number,
                    message_id,
                    record,
                });
            }
        }
        if last != Some(place(None, Kind::Tenant, tenant.as_str()).1) {
            return Err(invalid(CATALOGUE, "does not end with the tenant's own record", AS_EXPORTED));
        }
        self.count(CATALOGUE, received, &standing, own)?;
        self.appended.insert(standing.stream, standing.last);
        for ((stream, subject), entries) in others {
            self.check_shared(log, catalogue, (&stream, &subject), entries).await?;
        }
        Ok(())
    }

    /// What of one thing of others this hub has: by the names of its entries, where an import brought them; otherwise by
    /// what it is.
    async fn check_shared(
        &mut self,
        log: &Log,
        catalogue: &Catalogue,
        (stream, subject): (&str, &str),
        entries: Vec<Said>,
    ) -> Result<(), Refusal> {
        let mut there = Vec::new();
        if log.state(stream).await.map_err(|e| Refusal::new(Reason::LogUnavailable, e.to_string()))?.is_some()
        {
            let page = log.read_subject(stream, subject, 1, OF_SUBJECT_MAX).await;
            let page = page.map_err(|error| log_failed(&error))?;
            there.extend(page.entries.iter().map(|e| e.header("Nats-Msg-Id").unwrap_or_default().to_owned()));
        }
        let imported = there.len() <= entries.len()
            && there.iter().zip(&entries).all(|(there, said)| *there == said.message_id);
        if imported {
            self.known.extend(entries.iter().take(there.len()).map(|said| said.number));
            return Ok(());
        }
        for Said { number, message_id, record } in entries {
            if there.contains(&message_id) || !is_missing(catalogue, stream, &record)? {
                self.known.insert(number);
            }
        }
        Ok(())
    }

    fn count(
        &self,
        file: &str,
        received: &Received,
        standing: &Standing,
        entries: u64,
    ) -> Result<(), Refusal> {
        let promised = received.manifest.positions.get(&standing.stream).copied().unwrap_or(0);
        if entries != promised {
            let rule = format!("has {entries} entries of {}; the manifest says {promised}", standing.stream);
            return Err(invalid(file, rule, AS_EXPORTED));
        }
        if standing.last > entries {
            return Err(holds_other(&standing.stream));
        }
        Ok(())
    }
}

/// What stands in a stream that an import was to fill.
struct Standing {
    stream: String,
    last: u64,
    follower: Option<Follower>,
}

impl Standing {
    async fn of(log: &Log, stream: String) -> Result<Self, Refusal> {
        let state = log.state(&stream).await;
        let state = state.map_err(|error| Refusal::new(Reason::LogUnavailable, error.to_string()))?;
        let last = state.map_or(0, |state| state.last);
        let follow = Follow { stream: stream.clone(), after: 0, headers_only: false };
        Ok(Self { stream, last, follower: (last > 0).then(|| log.follow(follow)) })
    }

    /// # Errors
    /// `ALREADY_EXISTS` where something else stands where the line belongs.
    async fn compare(&mut self, line: &Line) -> Result<(), Refusal> {
        let Some(follower) = self.follower.as_mut().filter(|_| line.sequence <= self.last) else {
            return Ok(());
        };
        let entry = follower.next().await;
        if entry.sequence == line.sequence && line.is(&entry) {
            Ok(())
        } else {
            Err(holds_other(&self.stream))
        }
    }
}

fn holds_other(stream: &str) -> Refusal {
    let message = format!("{stream} holds something else than the files: import into a hub without it");
    Refusal::new(Reason::AlreadyExists, message)
}

fn in_order(file: &str, line: &Line, number: u64) -> Result<(), Refusal> {
    if line.sequence == number {
        return Ok(());
    }
    let rule = format!("has {} of {} where {number} was to come", line.sequence, line.stream);
    Err(invalid(file, rule, AS_EXPORTED))
}

fn is_event(tenant: &TenantId, line: &Line) -> Result<(), String> {
    let event = Event::from_headers(|name| line.header(name), bytes::Bytes::new())
        .map_err(|error| error.to_string())?;
    let subject = subject::event(tenant, &event.kind, &event.system, &event.entity);
    let own = event.tenant == *tenant && line.stream == events_stream(tenant) && line.subject == subject;
    if !own || line.message_id() != event.message_id() {
        return Err(format!("is no event of `{tenant}`'s log"));
    }
    Ok(())
}

fn is_record(line: &Line) -> Result<Record, String> {
    Event::from_headers(|name| line.header(name), bytes::Bytes::new()).map_err(|error| error.to_string())?;
    let record: Record = serde_json::from_str(&line.data).map_err(|error| error.to_string())?;
    match place_of(&line.stream, &record.event) {
        Some((stream, subject)) if stream == line.stream && subject == line.subject => Ok(record),
        _ => Err("is no entry of the catalogue where it stands".to_owned()),
    }
}

/// Whose stream it is, of another host; none where it is a stream of the tenant, or the shared one.
pub(super) fn host_of(stream: &str, tenant: &TenantId) -> Option<TenantId> {
    let host = TenantId::new(stream.strip_prefix("REGISTRY_")?).ok()?;
    (host != *tenant).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_another_municipality_is_no_event_of_this_one() {
        use std::collections::BTreeMap;
        let headers = [
            ("ce-id", "1"),
            ("ce-source", "urn:samflyt:system:seljord-ephorte"),
            ("ce-type", "no.samflyt.case.opened"),
            ("ce-subject", "2026/17"),
            ("ce-time", "2026-03-02T08:00:00Z"),
            ("ce-tenant", "seljord"),
            ("ce-correlationid", "seljord-ephorte/1"),
            ("Nats-Msg-Id", "seljord-ephorte/1"),
        ];
        let headers: BTreeMap<_, _> = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        let line = |stream: &str, subject: &str| Line {
            stream: stream.to_owned(),
            sequence: 1,
            subject: subject.to_owned(),
            learned_at: time::OffsetDateTime::UNIX_EPOCH,
            headers: headers.clone(),
            data: "{}".to_owned(),
        };
        let [seljord, vinje] = ["seljord", "vinje"].map(|id| TenantId::new(id).unwrap());
        let right = "events.seljord.case.opened.seljord-ephorte.2026/17";
        assert_eq!(is_event(&seljord, &line("EVENTS_seljord", right)), Ok(()));
        assert!(is_event(&vinje, &line("EVENTS_vinje", right)).is_err());
        assert!(is_event(&seljord, &line("EVENTS_vinje", right)).is_err());
        let elsewhere = right.replace("seljord.", "vinje.");
        assert!(is_event(&seljord, &line("EVENTS_seljord", &elsewhere)).is_err());
    }
}
