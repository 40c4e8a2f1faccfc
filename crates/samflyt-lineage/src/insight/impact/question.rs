//! What is asked: read from the request, refused where it makes no sense.

use std::collections::BTreeSet;

use samflyt_events::catalogue::AsOf;
use samflyt_events::{EventType, Reason, Refusal, SystemId, TenantId};
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::ImpactAction;
use samflyt_proto::lineage::analyze_impact_request::Subject as Asked;
use time::{Date, OffsetDateTime};

use super::page::{KINDS, Token, Wanted};
use crate::answer::{moment_of, not_found};
use crate::reader::Period;

const PAGE_DEFAULT: u32 = 1_000;
const PAGE_MAX: u32 = 10_000;

pub(super) enum Subject {
    System(SystemId),
    Product(String),
    Contract(EventType),
}

pub(super) struct Question {
    /// Sorted.
    pub tenants: Vec<TenantId>,
    pub subject: Subject,
    pub action: ImpactAction,
    pub substitute: Option<SystemId>,
    pub depth: u32,
    /// What the catalogue was then; none: now.
    pub moment: AsOf,
    /// The day of that.
    pub on: Date,
    /// Only flows that had been seen by then, in milliseconds since 1970.
    pub seen_ms: u64,
    pub wanted: Wanted,
    pub page_size: usize,
    pub after: Option<Token>,
}

impl Question {
    pub fn of(
        request: &pb::AnalyzeImpactRequest,
        tenants: BTreeSet<TenantId>,
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        let after = Token::parse(&request.page_token)?;
        let as_of = moment_of(request.as_of)?;
        let wanted = wanted(request, as_of)?;
        // Later pages are of the moment of the first: what comes meanwhile does not move lines across pages.
        let moment = match &after {
            Some(token) if as_of.is_none() => Some(token.moment()?),
            _ => as_of,
        };
        let size = if request.page_size == 0 { PAGE_DEFAULT } else { request.page_size.min(PAGE_MAX) };
        Ok(Self {
            tenants: tenants.into_iter().collect(),
            subject: subject(request)?,
            action: request.action(),
            substitute: substitute(request)?,
            depth: if request.depth == 0 { u32::MAX } else { request.depth },
            moment,
            on: moment.unwrap_or(now).date(),
            seen_ms: moment.map_or(u64::MAX, milliseconds),
            wanted,
            page_size: size as usize,
            after,
        })
    }

    pub fn period(&self) -> Period {
        Period { seen_ms: self.seen_ms, ..Period::ALL }
    }
}

pub(super) fn milliseconds(moment: OffsetDateTime) -> u64 {
    u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

fn subject(request: &pb::AnalyzeImpactRequest) -> Result<Subject, Refusal> {
    match &request.subject {
        Some(Asked::System(id)) => SystemId::new(id).map(Subject::System).map_err(|_| not_found("system")),
        Some(Asked::Product(id)) => Ok(Subject::Product(id.clone())),
        Some(Asked::Contract(kind)) => {
            EventType::new(kind).map(Subject::Contract).map_err(|_| not_found("event type"))
        }
        None => {
            let advice = "name a `system`, a `product` or a `contract`";
            Err(Refusal::of_field(Reason::RequestInvalid, "/subject", "is missing", advice))
        }
    }
}

fn substitute(request: &pb::AnalyzeImpactRequest) -> Result<Option<SystemId>, Refusal> {
    if request.substitute.is_empty() {
        return Ok(None);
    }
    let refused = |rule: &str, advice: &str| {
        Err(Refusal::of_field(Reason::RequestInvalid, "/substitute", rule, advice))
    };
    if request.action() != ImpactAction::Replace || matches!(request.subject, Some(Asked::Contract(_))) {
        return refused("takes the place of a system that is replaced", "leave it out, or replace a system");
    }
    match SystemId::new(&request.substitute) {
        Ok(id) => Ok(Some(id)),
        Err(rule) => refused(&rule.to_string(), "give a system's id"),
    }
}

fn wanted(request: &pb::AnalyzeImpactRequest, as_of: AsOf) -> Result<Wanted, Refusal> {
    let mut wanted = Wanted::none();
    for kind in request.kinds() {
        wanted.add(kind);
    }
    if request.kinds.is_empty() {
        KINDS.into_iter().for_each(|kind| wanted.add(kind));
    }
    if as_of.is_some() {
        if request.kinds.len() == 1 && wanted.has(pb::ImpactKind::Affair) {
            let rule = "asks for affairs as of an earlier time: what was under way then is not kept";
            let advice = "leave `as_of` out: affairs are those of now";
            return Err(Refusal::of_field(Reason::RequestInvalid, "/kinds", rule, advice));
        }
        wanted.remove(pb::ImpactKind::Affair);
    }
    Ok(wanted)
}
