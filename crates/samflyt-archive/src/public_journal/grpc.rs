//! `PublicJournalService`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::public_journal_service_server::PublicJournalService;
use samflyt_runtime::{Caller, refused};
use time::Date;
use tonic::{Request, Response, Status};

use super::entry::Public;
use super::limit::Pages;
use super::page::{Asked, page};
use crate::records::decide::disposal::inherited::date;
use crate::records::keys::Place;
use crate::records::reading;
use crate::{Archive, door};

const PAGE: u32 = 50;
const PAGE_MAX: u32 = 100;
/// How many days a request may cover: the whole journal is not fetched at once.
const DAYS_MAX: i64 = 31;
const SEARCH_BYTES_MAX: usize = 200;

/// The public's gRPC service.
pub(crate) struct Service {
    pub(super) archive: Arc<Archive>,
    pub(super) pages: Pages,
}

#[tonic::async_trait]
impl PublicJournalService for Service {
    async fn list_public_journal(
        &self,
        request: Request<pb::ListPublicJournalRequest>,
    ) -> Result<Response<pb::ListPublicJournalResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let answer = async {
            let caller = Caller::of_metadata(&self.archive.deps.authenticator, &metadata).await?;
            let tenant = door::tenant(&message.tenant)?;
            if self.archive.deps.feed.get().tenant(&tenant).is_none() {
                let advice = "name a municipality of this hub";
                return Err(Refusal::of_field(Reason::NotFound, "/tenant", "is not registered", advice));
            }
            self.list(&caller, tenant, &message).await
        };
        answer.await.map(Response::new).map_err(|refusal: Refusal| refused::status(&refusal))
    }
}

impl Service {
    async fn list(
        &self,
        caller: &Caller,
        tenant: TenantId,
        request: &pb::ListPublicJournalRequest,
    ) -> Result<pb::ListPublicJournalResponse, Refusal> {
        let asked = asked(request)?;
        let now = self.archive.deps.clock.now();
        self.pages.take(caller.principal.acting_organisation(), now)?;
        let records = self.archive.recorder.records(&tenant).await?;
        let (of, never) = (records.clone(), self.archive.config.public_journal.never.clone());
        let page = reading(move || {
            let public = Public::new(&of, &tenant, &never, now)?;
            page(&of, &public, &asked)
        });
        let page = page.await?;
        let token = |(day, place): (String, Place)| format!("{day}.{}", place.text());
        Ok(pb::ListPublicJournalResponse {
            completeness: Some(records.completeness(page.next.is_some())),
            next_page_token: page.next.map(token).unwrap_or_default(),
            entries: page.entries,
        })
    }
}

fn asked(request: &pb::ListPublicJournalRequest) -> Result<Asked, Refusal> {
    let invalid = |field: &str, rule: &str, advice: &str| {
        Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
    };
    let day = |field: &str, text: &str| {
        let found = date(text).filter(|_| text.len() == 10);
        found.ok_or_else(|| invalid(field, "is no date", "give a journaldato, as `2026-05-04`"))
    };
    let (from, to) = (day("/from", &request.from)?, day("/to", &request.to)?);
    match (to - from).whole_days() {
        ..0 => return Err(invalid("/to", "is before the first day", "give the last day of the period")),
        days if days >= DAYS_MAX => {
            return Err(invalid("/to", "makes it more than 31 days", "ask for a month at a time"));
        }
        _ => {}
    }
    if request.search.len() > SEARCH_BYTES_MAX {
        return Err(invalid("/search", "has more than 200 bytes", "search for fewer words"));
    }
    Ok(Asked {
        from: begin(request, from, to).ok_or_else(|| {
            invalid("/page_token", "is no token of a page of these days", "give the token of the page before")
        })?,
        to: to.to_string(),
        search: request.search.trim().to_lowercase(),
        journalenhet: request.journalenhet.clone(),
        administrativ_enhet: request.administrativ_enhet.clone(),
        size: if request.page_size == 0 { PAGE } else { request.page_size.min(PAGE_MAX) } as usize,
    })
}

/// Where the page begins. A token does not lead out of the period.
fn begin(request: &pb::ListPublicJournalRequest, from: Date, to: Date) -> Option<(String, Place)> {
    if request.page_token.is_empty() {
        return Some((from.to_string(), Place::START));
    }
    let (day, place) = request.page_token.split_once('.')?;
    let day = date(day).filter(|found| (from..=to).contains(found) && day.len() == 10)?;
    Some((day.to_string(), Place::parse(place)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(from: &str, to: &str, token: &str) -> Option<String> {
        let request = pb::ListPublicJournalRequest {
            from: from.to_owned(),
            to: to.to_owned(),
            page_token: token.to_owned(),
            ..pb::ListPublicJournalRequest::default()
        };
        asked(&request).err().and_then(|refusal| refusal.violations.first().map(|one| one.field.clone()))
    }

    #[test]
    fn a_request_covers_a_month_at_most_and_a_token_does_not_lead_out_of_it() {
        assert_eq!(refused("2026-05-01", "2026-05-31", ""), None);
        assert_eq!(refused("2026-05-01", "2026-05-01", "2026-05-01.7-0"), None);
        for (from, to, token, field) in [
            ("2026-05-01", "2026-06-01", "", "/to"),
            ("2026-05-02", "2026-05-01", "", "/to"),
            ("2026-05-01", "", "", "/to"),
            ("2026-02-30", "2026-03-01", "", "/from"),
            ("2026-05-01T00", "2026-05-02", "", "/from"),
            ("2026-05-02", "2026-05-03", "2026-05-01.7-0", "/page_token"),
            ("2026-05-02", "2026-05-03", "2026-05-04.7-0", "/page_token"),
            ("2026-05-02", "2026-05-03", "2026-05-02", "/page_token"),
        ] {
            assert_eq!(refused(from, to, token).as_deref(), Some(field), "{from} {to} {token}");
        }
    }
}
