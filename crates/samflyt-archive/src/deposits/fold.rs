//! Folds a tenant's log into its deposits: what was asked, and what the hub's archive answered.

use samflyt_events::{EventRef, RecordedEvent, SystemId, TYPE_PREFIX, TenantId, header_value};
use samflyt_log::Entry;
use samflyt_projection::{Fold, FoldError, StoreError, Writer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ACCEPTED, REJECTED, REQUESTED, keys};

/// Needs headers only.
pub(super) struct DepositFold;

/// Where a deposit stands. Its byte is persisted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Waiting,
    Accepted,
    Rejected,
}

/// A deposit as far as it has come. Persisted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deposit {
    pub request: EventRef,
    pub sequence: u64,
    #[serde(with = "time::serde::rfc3339")]
    pub requested_at: OffsetDateTime,
    pub state: State,
    pub answer: Option<Answered>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answered {
    pub event: EventRef,
    pub sequence: u64,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Deposit {
    pub fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt("a deposit is not of its form"))
    }
}

impl State {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Accepted, Self::Rejected];

    pub const fn byte(self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Accepted => 1,
            Self::Rejected => 2,
        }
    }
}

impl Fold for DepositFold {
    const NAME: &'static str = "deposits";
    const VERSION: u32 = 2;

    fn fold(&self, entry: &Entry, _: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let kind = entry.header("ce-type").and_then(|kind| kind.strip_prefix(TYPE_PREFIX));
        let state = match kind {
            Some(REQUESTED) => State::Waiting,
            Some(ACCEPTED) => State::Accepted,
            Some(REJECTED) => State::Rejected,
            _ => return Ok(()),
        };
        let recorded = entry.event().map_err(|error| FoldError::Refused(error.to_string()))?;
        match state {
            State::Waiting => asked(&recorded, writer),
            _ => answered(&recorded, state, writer),
        }
    }

    /// References scatter; sequences grow; counts are few.
    fn block_entries(family: u8) -> usize {
        match family {
            b's' => 32,
            _ => 8,
        }
    }
}

fn asked(recorded: &RecordedEvent, writer: &mut Writer<'_>) -> Result<(), FoldError> {
    let (tenant, request) = (&recorded.event.tenant, recorded.event.reference());
    let deposit = Deposit {
        request,
        sequence: recorded.sequence,
        requested_at: recorded.learned_at,
        state: State::Waiting,
        answer: None,
    };
    if writer.get(&keys::request(tenant.as_str(), &encoded(&deposit.request)))?.is_some() {
        return Err(FoldError::Refused("a deposit was requested twice by one id".to_owned()));
    }
    put(tenant, &deposit, writer)
}

/// The first answer counts, and only the hub's own archive gives one.
fn answered(recorded: &RecordedEvent, state: State, writer: &mut Writer<'_>) -> Result<(), FoldError> {
    let event = &recorded.event;
    let Some(request) =
        event.causation.as_ref().filter(|_| event.system == SystemId::archive_of(&event.tenant))
    else {
        return Ok(());
    };
    let Some(stored) = writer.get(&keys::request(event.tenant.as_str(), &encoded(request)))? else {
        // What it answers was asked in another way.
        return Ok(());
    };
    let mut deposit = Deposit::read(&stored)?;
    if deposit.state != State::Waiting {
        return Err(FoldError::Refused("a deposit was answered twice".to_owned()));
    }
    let tenant = event.tenant.as_str();
    writer.remove(keys::in_state(State::Waiting, tenant, deposit.sequence));
    add(tenant, State::Waiting, &deposit.request.system, -1, writer)?;
    deposit.state = state;
    deposit.answer =
        Some(Answered { event: event.reference(), sequence: recorded.sequence, at: recorded.learned_at });
    put(&event.tenant, &deposit, writer)
}

fn put(tenant: &TenantId, deposit: &Deposit, writer: &mut Writer<'_>) -> Result<(), FoldError> {
    let (tenant, reference) = (tenant.as_str(), encoded(&deposit.request));
    add(tenant, deposit.state, &deposit.request.system, 1, writer)?;
    writer.put(keys::in_state(deposit.state, tenant, deposit.sequence), reference.as_bytes());
    writer.put(keys::request(tenant, &reference), serde_json::to_vec(deposit).unwrap_or_default());
    Ok(())
}

fn add(
    tenant: &str,
    state: State,
    system: &SystemId,
    count: i64,
    writer: &mut Writer<'_>,
) -> Result<(), FoldError> {
    let key = keys::count(tenant, state, system.as_str());
    let before = writer.get(&key)?.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
    match before.saturating_add_signed(count) {
        0 => writer.remove(key),
        now => writer.put(key, now.to_be_bytes()),
    }
    Ok(())
}

/// As it stands in headers and keys.
pub(super) fn encoded(reference: &EventRef) -> String {
    header_value(&reference.to_string())
}
