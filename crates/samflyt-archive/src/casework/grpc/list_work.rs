//! `ListWork`.

use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;
use time::{Date, Duration};

use super::Service;
use crate::casework::work::{Asked, List, page};
use crate::records::decide::calendar;
use crate::records::decide::disposal::inherited::date;
use crate::records::keys::Place;
use crate::records::{Records, reading, unreadable};

const PAGE: u32 = 100;
const PAGE_MAX: u32 = 1_000;

impl Service {
    pub(super) async fn list_work(
        &self,
        _caller: Caller,
        tenant: TenantId,
        request: pb::ListWorkRequest,
    ) -> Result<pb::ListWorkResponse, Refusal> {
        let records = self.0.recorder.records(&tenant).await?;
        let today = calendar::local(self.0.deps.clock.now()).date();
        let asked = asked(&records, &request, today)?;
        let of = records.clone();
        let page = reading(move || page(&of, &asked)).await?;
        Ok(pb::ListWorkResponse {
            completeness: Some(records.completeness(page.next.is_some())),
            next_page_token: page.next.map(Place::text).unwrap_or_default(),
            examined: page.examined,
            items: page.items,
        })
    }
}

fn asked(records: &Records, request: &pb::ListWorkRequest, today: Date) -> Result<Asked, Refusal> {
    let invalid = |field: &str, rule: &str, advice: &str| {
        Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
    };
    let list = match pb::WorkList::try_from(request.list) {
        Ok(pb::WorkList::Restanse) => List::Restanse,
        Ok(pb::WorkList::Forfall) => {
            let ahead = Duration::days(request.within_days.into());
            List::Forfall(today.checked_add(ahead).unwrap_or(Date::MAX))
        }
        Ok(pb::WorkList::Kvalitet) => List::Kvalitet,
        Ok(pb::WorkList::Kassasjon) => List::Kassasjon,
        Ok(pb::WorkList::Unspecified) | Err(_) => {
            return Err(invalid(
                "/list",
                "names no list",
                "ask for restanse, forfall, kvalitet or kassasjon",
            ));
        }
    };
    let day = |field: &str, text: &str| match text {
        "" => Ok(None),
        text => date(text).map(Some).ok_or_else(|| invalid(field, "is no date", "give it as `2026-05-04`")),
    };
    let arkivdel = match request.arkivdel.as_str() {
        "" => None,
        code => {
            let found = records.arkivdel(code).map_err(unreadable)?;
            let none = || invalid("/arkivdel", "is no arkivdel of this archive", "give the code of one");
            Some(found.ok_or_else(none)?.unit.system_id)
        }
    };
    let from = match request.page_token.as_str() {
        "" => Place::START,
        token => Place::parse(token).ok_or_else(|| {
            invalid("/page_token", "is no token of a page", "give the token of the page before")
        })?,
    };
    let size = if request.page_size == 0 { PAGE } else { request.page_size.min(PAGE_MAX) };
    Ok(Asked {
        list,
        today,
        journaldato_from: day("/journaldato_from", &request.journaldato_from)?,
        journaldato_to: day("/journaldato_to", &request.journaldato_to)?,
        administrativ_enhet: request.administrativ_enhet.clone(),
        journalenhet: request.journalenhet.clone(),
        arkivdel,
        from,
        size: size as usize,
    })
}
