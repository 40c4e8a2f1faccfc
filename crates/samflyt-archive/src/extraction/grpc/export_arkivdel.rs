//! `ExportArkivdel`.

use std::sync::Arc;

use samflyt_events::subject::archive_stream;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_noark::noark5::SCHEMAS;
use samflyt_noark::unit::Kind;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;
use tokio::sync::mpsc;

use super::{Answers, Service, answers};
use crate::extraction::outgoing::{Ended, Outgoing};
use crate::extraction::{Extract, Scope};
use crate::records::decide::calendar;
use crate::records::{Records, unreadable};

/// What waits for the client to read it, in parts of at most some hundred kB.
const WAITING_MAX: usize = 8;

impl Service {
    pub(super) async fn export(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::ExportArkivdelRequest,
    ) -> Result<Answers<pb::ExportArkivdelResponse>, Refusal> {
        let schemas = schemas(&request)?;
        let period = period(&request)?;
        let records = self.0.recorder.records(&tenant).await?;
        let scope = scope(&records, &tenant, &request.arkivdel, period)?;
        let extract = Extract {
            archive: Arc::clone(&self.0),
            records,
            scope,
            schemas,
            at: calendar::moment_text(self.0.deps.clock.now()),
            by: caller.principal.acting_organisation().to_owned(),
        };
        let (listener, told) = mpsc::channel(WAITING_MAX);
        self.0.lifecycle.spawn_intake("extraction", async move {
            let running = tokio::task::spawn_blocking(move || run(&extract, listener));
            running.await
        });
        Ok(answers(told, |part| pb::ExportArkivdelResponse { part: Some(part) }))
    }
}

type Listener = mpsc::Sender<Result<pb::export_arkivdel_response::Part, Refusal>>;

fn run(extract: &Extract, listener: Listener) {
    let mut out = Outgoing::new(listener.clone(), extract.archive.lifecycle.intake.clone());
    if let Err(Ended::Refused(refusal)) = extract.run(&mut out) {
        let _ = listener.blocking_send(Err(refusal));
    }
}

fn scope(
    records: &Records,
    tenant: &TenantId,
    code: &str,
    period: Option<(String, String)>,
) -> Result<Scope, Refusal> {
    let until = records.view.position(&archive_stream(tenant)).map_or(0, |position| position.sequence);
    let arkivdel = records.arkivdel(code).map_err(unreadable)?.ok_or_else(|| {
        let advice = "give the `kode` of one that was imported";
        Refusal::of_field(Reason::NotFound, "/arkivdel", "is no arkivdel of this archive", advice)
    })?;
    let arkiv = arkivdel.unit.parent.as_deref().map(|arkiv| records.unit(Kind::Arkiv, arkiv));
    let arkiv = arkiv.transpose().map_err(unreadable)?.flatten();
    let missing =
        || Refusal::of_field(Reason::NotFound, "/arkivdel", "is in no arkiv", "import its arkiv again");
    let arkiv = arkiv.ok_or_else(missing)?;
    if arkivdel.unit.doc.get("avsluttetDato").is_none() && period.is_none() {
        let advice = "close it first (`arkivdelstatus` P or U), or give a period";
        return Err(Refusal::of_field(Reason::RequestInvalid, "/arkivdel", "is not closed", advice));
    }
    Ok(Scope { arkiv, arkivdel, period, until })
}

fn schemas(request: &pb::ExportArkivdelRequest) -> Result<Vec<(String, String)>, Refusal> {
    let digest = |name: &str| {
        let file = request.schemas.iter().find(|file| file.name == name)?;
        let digest = crate::Digest::parse(&file.sha256).ok()?;
        Some((name.to_owned(), digest.to_string()))
    };
    let missing = |name: &str| {
        let rule = format!("has no {name} with its SHA-256");
        Refusal::of_field(
            Reason::RequestInvalid,
            "/schemas",
            rule,
            "give all five schemas of Noark 5, version 5.0",
        )
    };
    SCHEMAS.iter().map(|name| digest(name).ok_or_else(|| missing(name))).collect()
}

fn period(request: &pb::ExportArkivdelRequest) -> Result<Option<(String, String)>, Refusal> {
    let (from, to) = (&request.from, &request.to);
    if from.is_empty() && to.is_empty() {
        return Ok(None);
    }
    for (field, text) in [("/from", from), ("/to", to)] {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        if time::Date::parse(text, &format).is_err() {
            let advice = "give both days of the period, such as 2026-01-01";
            return Err(Refusal::of_field(Reason::RequestInvalid, field, "is not a date", advice));
        }
    }
    if from > to {
        let advice = "give the first day as `from`";
        return Err(Refusal::of_field(Reason::RequestInvalid, "/to", "is before `from`", advice));
    }
    Ok(Some((from.clone(), to.clone())))
}
