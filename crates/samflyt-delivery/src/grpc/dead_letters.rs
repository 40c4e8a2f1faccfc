//! Dead letters: looked at, tried again, given up.

use samflyt_events::subject::{encode_token, events_stream};
use samflyt_events::{Reason, Refusal};
use samflyt_proto::delivery as pb;
use samflyt_runtime::refused::timestamp;
use samflyt_runtime::{Caller, message};

use super::{Service, invalid};
use crate::desk::{Command, Which};

const PAGE: u32 = 100;
const PAGE_MAX: u32 = 1_000;

impl Service {
    pub(super) async fn dead_letters(
        &self,
        caller: Caller,
        request: pb::ListDeadLettersRequest,
    ) -> Result<pb::ListDeadLettersResponse, Refusal> {
        let (desk, _) = self.subscription(&caller, &request.tenant, &request.id).await?;
        let tenant = Self::tenant(&request.tenant, "/tenant")?;
        let after: u64 = match request.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| {
                invalid("/page_token", "is no token that an answer gave", "begin without one")
            })?,
        };
        let size = if request.page_size == 0 { PAGE } else { request.page_size.min(PAGE_MAX) } as usize;
        let all = desk.ask(|reply| Command::DeadLetters(request.id, reply)).await?;
        let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let mut rest = all.into_iter().filter(|failed| failed.sequence > after);
        let mut letters = Vec::new();
        for failed in rest.by_ref().take(size) {
            let entry = self.0.deps.log.read(&events_stream(&tenant), failed.sequence).await;
            let entry = entry.map_err(|_| {
                Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment: try again")
            })?;
            let recorded = entry.as_ref().and_then(|entry| entry.event().ok());
            letters.push(pb::DeadLetter {
                event: recorded.map(|recorded| {
                    let data = recorded.event.data.clone();
                    message::recorded(&recorded, data)
                }),
                reason: failed.reason,
                tries: failed.tries,
                first_tried_at: Some(timestamp(failed.first_at)),
            });
        }
        let last = letters.last().and_then(|letter| Some(letter.event.as_ref()?.sequence));
        let next_page_token = match (rest.next(), last) {
            (Some(_), Some(last)) => last.to_string(),
            _ => String::new(),
        };
        Ok(pb::ListDeadLettersResponse { dead_letters: letters, next_page_token, total })
    }

    pub(super) async fn redrive(
        &self,
        caller: Caller,
        request: pb::RedriveDeadLettersRequest,
    ) -> Result<pb::RedriveDeadLettersResponse, Refusal> {
        let (desk, _) = self.subscription(&caller, &request.tenant, &request.id).await?;
        let which = which(request.which);
        let redriven = desk.ask(|reply| Command::Redrive(request.id, which, reply)).await?;
        Ok(pb::RedriveDeadLettersResponse { redriven: u32::try_from(redriven).unwrap_or(u32::MAX) })
    }

    pub(super) async fn discard(
        &self,
        caller: Caller,
        request: pb::DiscardDeadLettersRequest,
    ) -> Result<pb::DiscardDeadLettersResponse, Refusal> {
        let (desk, _) = self.subscription(&caller, &request.tenant, &request.id).await?;
        for (field, text) in [("/reason", &request.reason), ("/by", &request.by)] {
            if text.trim().is_empty() {
                return Err(invalid(field, "is missing", "say why, and who decides: it stays on record"));
            }
        }
        let (id, which) = (request.id, which(request.which));
        let by = format!("{} ({})", request.by, caller.principal.acting_organisation());
        let discarded =
            desk.ask(|reply| Command::Discard { id, which, reason: request.reason, by, reply }).await?;
        Ok(pb::DiscardDeadLettersResponse { discarded: u32::try_from(discarded).unwrap_or(u32::MAX) })
    }
}

fn which(asked: Option<pb::Which>) -> Which {
    let asked = asked.unwrap_or_default();
    Which {
        sequences: asked.sequences.into_iter().collect(),
        entities: asked.entities.iter().map(|entity| encode_token(entity)).collect(),
    }
}
