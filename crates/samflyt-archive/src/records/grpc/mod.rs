//! `RecordService`: one file per RPC.

mod check_numbers;
mod get_record;
mod get_record_history;
mod import_structure;

use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal};
use samflyt_proto::archive::record_service_server::RecordService;
use samflyt_runtime::Caller;

use super::decide::Trouble;
use super::{Actor, unreadable};
use crate::Archive;
use crate::door::rpcs;

/// The records' gRPC service.
pub(crate) struct Service(pub Arc<Archive>);

/// An administrator.
fn actor(caller: &Caller) -> Actor {
    Actor { organisation: caller.principal.acting_organisation().to_owned(), ..Actor::default() }
}

/// What the caller learns of a command that was not carried out.
pub(crate) fn refusal(trouble: Trouble) -> Refusal {
    let (reason, problems) = match trouble {
        Trouble::NotFound(problem) => (Reason::NotFound, vec![problem]),
        Trouble::Invalid(problems) => (Reason::RequestInvalid, problems),
        Trouble::Unreadable(error) => return unreadable(error),
    };
    let message = match problems.as_slice() {
        [one] if one.field.is_empty() => one.rule.clone(),
        [one] => format!("`{}` {}", one.field, one.rule),
        many => format!("{} things are wrong with it", many.len()),
    };
    Refusal { violations: problems, ..Refusal::new(reason, message) }
}

rpcs! {
    RecordService, Scope::Admin;
    import_structure(ImportStructureRequest) -> ImportStructureResponse;
    get_record(GetRecordRequest) -> GetRecordResponse;
    get_record_history(GetRecordHistoryRequest) -> GetRecordHistoryResponse;
    check_numbers(CheckNumbersRequest) -> CheckNumbersResponse;
}
