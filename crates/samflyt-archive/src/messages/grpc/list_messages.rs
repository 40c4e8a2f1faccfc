//! `ListMessages`.

use samflyt_events::catalogue::Scope;
use samflyt_events::{Refusal, SystemId, TenantId};
use samflyt_noark::fiks::MessageType;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::MessageState;
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;
use time::OffsetDateTime;

use super::{FIELDS, Service};
use crate::messages::check::invalid;
use crate::messages::index::Row;

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 1_000;

impl Service {
    pub(super) async fn list(
        &self,
        caller: Caller,
        request: pb::ListMessagesRequest,
    ) -> Result<pb::ListMessagesResponse, Refusal> {
        let mend = |field, rule: String| invalid(field, &rule, "mend it");
        let tenant = TenantId::new(&request.tenant).map_err(|rule| mend(FIELDS.tenant, rule.to_string()))?;
        let system = Some(&request.system).filter(|system| !system.is_empty());
        let system = system.map(|system| SystemId::new(system)).transpose();
        let system = system.map_err(|rule| mend(FIELDS.system, rule.to_string()))?;
        crate::door::admit(&self.0.deps, &caller, Scope::Admin, &tenant, None)?;
        let before = match request.page_token.as_str() {
            "" => u64::MAX,
            token => token.parse().map_err(|_| mend("/page_token", "is none of ours".to_owned()))?,
        };
        let page = match usize::try_from(request.page_size) {
            Ok(0) => PAGE_DEFAULT,
            Ok(size) if size <= PAGE_MAX => size,
            _ => return Err(mend("/page_size", format!("is not between 0 and {PAGE_MAX}"))),
        };
        let state = MessageState::try_from(request.state)
            .map_err(|_| mend("/state", "is none of the states".to_owned()))?;
        let now = self.0.deps.clock.now();
        let asked = |row: &&Row| {
            system.as_ref().is_none_or(|system| row.system == *system)
                && (state == MessageState::Unspecified || state_of(row, now) == state)
        };
        let desk = self.0.desk(&tenant).await?;
        Ok(desk.read(|index| {
            let mut found: Vec<&Row> = index.newest_before(before).filter(asked).take(page + 1).collect();
            let more = found.len() > page;
            found.truncate(page);
            let next = found.last().filter(|_| more).map(|row| row.sequence.to_string());
            pb::ListMessagesResponse {
                messages: found.into_iter().map(|row| summary(row, now)).collect(),
                next_page_token: next.unwrap_or_default(),
                waiting: index.waiting() as u64,
                dead_replies: index.dead(now) as u64,
            }
        }))
    }
}

fn state_of(row: &Row, now: OffsetDateTime) -> MessageState {
    if row.answers().any(|given| given.is_dead(now)) {
        return MessageState::DeadReply;
    }
    match &row.answer {
        None => MessageState::Waiting,
        Some(given) if given.kind == MessageType::Tidsavbrudd => MessageState::Expired,
        Some(_) => MessageState::Answered,
    }
}

fn summary(row: &Row, now: OffsetDateTime) -> pb::MessageSummary {
    let answer = row.answer.as_ref();
    pb::MessageSummary {
        message_id: row.id.to_string(),
        system: row.system.to_string(),
        r#type: row.kind.name(),
        state: state_of(row, now).into(),
        received_at: Some(timestamp(row.received_at)),
        expires_at: Some(timestamp(row.expires_at)),
        answer_type: answer.map(|given| given.kind.name()).unwrap_or_default(),
        answered_at: answer.map(|given| timestamp(given.at)),
        confirmed_at: answer.and_then(|given| given.confirmed_at).map(timestamp),
    }
}
