//! `GetRecord`.

use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_runtime::{Caller, refused};

use super::Service;
use crate::records::{Stored, unreadable};

impl Service {
    pub(super) async fn get_record(
        &self,
        _caller: Caller,
        tenant: TenantId,
        request: pb::GetRecordRequest,
    ) -> Result<pb::GetRecordResponse, Refusal> {
        let records = self.0.recorder.records(&tenant).await?;
        let (field, found) = match &request.reference {
            Some(Reference::SystemId(id)) => ("/system_id", records.get(&id.to_lowercase())),
            Some(Reference::MappeId(id)) => ("/mappe_id", records.by_mappe_id(id)),
            Some(Reference::RegistreringsId(id)) => ("/registrerings_id", records.by_registrerings_id(id)),
            None => {
                let advice = "give a systemID, a mappeID or a registreringsID";
                let rule = "names no record";
                return Err(Refusal::of_field(Reason::RequestInvalid, "/reference", rule, advice));
            }
        };
        let record = found.map_err(unreadable)?.ok_or_else(|| not_found(field))?;
        Ok(pb::GetRecordResponse { record: Some(described(&record)) })
    }
}

pub(super) fn not_found(field: &str) -> Refusal {
    Refusal::of_field(
        Reason::NotFound,
        field,
        "leads to no record of this archive",
        "refer to one that is there",
    )
}

fn described(record: &Stored) -> pb::Record {
    let unit = &record.unit;
    let kind = serde_json::to_value(unit.kind).unwrap_or_default();
    pb::Record {
        system_id: unit.system_id.clone(),
        kind: kind.as_str().unwrap_or_default().to_owned(),
        parent: unit.parent.clone().unwrap_or_default(),
        arkivdel: unit.arkivdel.clone().unwrap_or_default(),
        document: serde_json::to_vec(&unit.doc).unwrap_or_default().into(),
        created_at: Some(refused::timestamp(record.created_at)),
        changed_at: Some(refused::timestamp(record.changed_at)),
        created_by_system: record.by.system.clone().unwrap_or_default(),
    }
}
