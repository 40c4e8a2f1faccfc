//! `CaseworkService`: one file per RPC.

mod assess_entry;
mod dispose_documents;
mod journalise_entry;
mod list_work;
mod withdraw_entry;

use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_noark::unit::Unit;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::casework_service_server::CaseworkService;
use samflyt_runtime::Caller;
use serde_json::{Value, json};

use crate::Archive;
use crate::door::rpcs;
use crate::records::decide::quality::AT;
use crate::records::decide::{Trouble, find};
use crate::records::{Actor, Decision, NotCarried, Records, new_id, refusal};

/// The archivists' gRPC service.
pub(crate) struct Service(pub Arc<Archive>);

/// How long a name or a reason may be, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;

/// Who is at work: the organisation of the token, and a name.
fn archivist(caller: &Caller, by: &str) -> Result<Actor, Refusal> {
    let name = short("/by", by)?;
    if name.is_empty() {
        let advice = "give the name of who does it: it is kept with what is done";
        return Err(Refusal::of_field(Reason::RequestInvalid, "/by", "is missing", advice));
    }
    let organisation = caller.principal.acting_organisation().to_owned();
    Ok(Actor { organisation, system: None, user: Some(name.to_owned()) })
}

/// A text that is kept, without white space around it.
fn short<'t>(field: &str, text: &'t str) -> Result<&'t str, Refusal> {
    if text.len() > TEXT_BYTES_MAX {
        let rule = format!("has more than {TEXT_BYTES_MAX} bytes");
        return Err(Refusal::of_field(Reason::RequestInvalid, field, rule, "say it in fewer words"));
    }
    Ok(text.trim())
}

/// In the words of `referanseTilRegistrering`.
fn reference(entry: Option<&pb::EntryReference>) -> Value {
    let Some(entry) = entry else { return json!({}) };
    let mut reference = json!({});
    if !entry.system_id.is_empty() {
        reference["systemID"] = json!(entry.system_id);
    }
    if !entry.registrerings_id.is_empty() {
        reference["registreringsID"] = json!(entry.registrerings_id);
    }
    if (entry.journal_year, entry.journal_number) != (0, 0) {
        reference["journalnummer"] =
            json!({"journalaar": entry.journal_year, "journalsekvensnummer": entry.journal_number});
    }
    if !entry.fagsystem.is_empty() || !entry.noekkel.is_empty() {
        reference["referanseEksternNoekkel"] =
            json!({"fagsystem": entry.fagsystem, "noekkel": entry.noekkel});
    }
    reference
}

impl Service {
    /// Carries out what is decided, once, and gives the records as they are after it.
    async fn carry(
        &self,
        tenant: &TenantId,
        by: &Actor,
        decide: impl Fn(&Records) -> Result<Decision, Trouble>,
    ) -> Result<(Records, Value), Refusal> {
        let cause = format!("casework:{}", new_id());
        match self.0.recorder.carry_out(tenant, &cause, by, decide).await {
            Ok(carried) => Ok((carried.records, carried.answer)),
            Err(NotCarried::Refused(trouble)) => Err(refusal(trouble)),
            Err(NotCarried::Unavailable(refused)) => Err(refused),
        }
    }

    /// Works on an entry, and gives it as it is then.
    async fn work(
        &self,
        tenant: &TenantId,
        entry: &Value,
        by: &Actor,
        decide: impl Fn(&Records) -> Result<Decision, Trouble>,
    ) -> Result<pb::JournalEntry, Refusal> {
        let (records, _) = self.carry(tenant, by, decide).await?;
        let stored = find::registrering(&records, entry, AT).map_err(refusal)?;
        Ok(described(&stored.unit))
    }

    fn code_is_listed(&self, code: &str) -> Result<(), Refusal> {
        let lists = self.0.config.code_lists();
        let listed = lists.get("tilgangsrestriksjon");
        if code.is_empty() || listed.is_none_or(|list| list.contains_key(code)) {
            return Ok(());
        }
        let known: Vec<&str> = listed.into_iter().flat_map(|list| list.keys().map(String::as_str)).collect();
        let advice = format!("use one of {}, or have the list extended", known.join(", "));
        let rule = "is no code of the list `tilgangsrestriksjon`";
        Err(Refusal::of_field(Reason::RequestInvalid, "/skjerming/tilgangsrestriksjon", rule, advice))
    }
}

fn described(unit: &Unit) -> pb::JournalEntry {
    let text = |pointer: &str| unit.text(pointer).unwrap_or_default().to_owned();
    let number = |member: &str| unit.doc.get(member).and_then(Value::as_i64).unwrap_or_default();
    pb::JournalEntry {
        system_id: unit.system_id.clone(),
        registrerings_id: text("/registreringsID"),
        journalaar: number("journalaar"),
        journalsekvensnummer: number("journalsekvensnummer"),
        journaldato: text("/journaldato"),
        journalstatus: unit.code("journalstatus").unwrap_or_default().to_owned(),
        offentlighetsvurdert_dato: text("/offentlighetsvurdertDato"),
        tilgangsrestriksjon: text("/skjerming/tilgangsrestriksjon/kode"),
        skjermingshjemmel: text("/skjerming/skjermingshjemmel"),
    }
}

rpcs! {
    CaseworkService, Scope::Admin;
    list_work(ListWorkRequest) -> ListWorkResponse;
    journalise_entry(JournaliseEntryRequest) -> JournaliseEntryResponse;
    assess_entry(AssessEntryRequest) -> AssessEntryResponse;
    withdraw_entry(WithdrawEntryRequest) -> WithdrawEntryResponse;
    dispose_documents(DisposeDocumentsRequest) -> DisposeDocumentsResponse;
}
