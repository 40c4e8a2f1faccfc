//! `GetRecordHistory`: read from the log itself.

use samflyt_events::{Refusal, TenantId};
use samflyt_noark::unit::Edit;
use samflyt_proto::archive as pb;
use samflyt_runtime::{Caller, refused};
use serde_json::Value;

use super::Service;
use super::get_record::not_found;
use crate::records::{Change, Step, unreadable};

impl Service {
    pub(super) async fn get_record_history(
        &self,
        _caller: Caller,
        tenant: TenantId,
        request: pb::GetRecordHistoryRequest,
    ) -> Result<pb::GetRecordHistoryResponse, Refusal> {
        let id = request.system_id.to_lowercase();
        let records = self.0.recorder.records(&tenant).await?;
        if records.get(&id).map_err(unreadable)?.is_none() {
            return Err(not_found("/system_id"));
        }
        let mut corrections = Vec::new();
        for sequence in records.history(&id) {
            let change = self.0.recorder.change(&records, sequence.map_err(unreadable)?).await?;
            corrections.extend(corrections_of(&change, &id));
        }
        Ok(pb::GetRecordHistoryResponse { corrections })
    }
}

fn corrections_of(change: &Change, id: &str) -> Vec<pb::Correction> {
    let edits = change.steps.iter().filter_map(|step| match step {
        Step::Edited { system_id, edits, .. } if system_id == id => Some(edits),
        _ => None,
    });
    edits.flatten().map(|edit| correction(change, edit)).collect()
}

fn correction(change: &Change, edit: &Edit) -> pb::Correction {
    let json = |value: &Option<Value>| {
        value.as_ref().map(|value| value.to_string().into_bytes().into()).unwrap_or_default()
    };
    pb::Correction {
        changed_at: Some(refused::timestamp(change.at)),
        changed_by: change.by.name().to_owned(),
        path: edit.path.clone(),
        old: json(&edit.old),
        new: json(&edit.new),
    }
}
