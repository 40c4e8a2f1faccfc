//! `RecordService`: one file per RPC.

mod check_numbers;
mod get_record;
mod get_record_history;
mod import_structure;

use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::record_service_server::RecordService;
use samflyt_runtime::{Caller, refused};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::decide::Trouble;
use super::{Actor, unreadable};
use crate::Archive;

/// The records' gRPC service.
pub(crate) struct Service(pub Arc<Archive>);

impl Service {
    /// The tenant that a request names, for its administrator.
    async fn admitted(&self, metadata: &MetadataMap, tenant: &str) -> Result<(Caller, TenantId), Refusal> {
        let caller = Caller::of_metadata(&self.0.deps.authenticator, metadata).await?;
        let tenant = TenantId::new(tenant).map_err(|rule| {
            Refusal::of_field(
                Reason::RequestInvalid,
                "/tenant",
                rule.to_string(),
                "mend it and send it again",
            )
        })?;
        self.0.admit(&caller, Scope::Admin, &tenant, None)?;
        Ok((caller, tenant))
    }
}

/// An administrator.
fn actor(caller: &Caller) -> Actor {
    Actor { organisation: caller.principal.acting_organisation().to_owned(), ..Actor::default() }
}

/// What the caller learns of a command that was not carried out.
fn refusal(trouble: Trouble) -> Refusal {
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

macro_rules! rpcs {
    ($($rpc:ident($request:ident) -> $response:ident;)*) => {
        #[tonic::async_trait]
        impl RecordService for Service {
            $(async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                let (metadata, _, message) = request.into_parts();
                let answer = async {
                    let (caller, tenant) = self.admitted(&metadata, &message.tenant).await?;
                    self.$rpc(caller, tenant, message).await
                };
                answer.await.map(Response::new).map_err(|refusal: Refusal| refused::status(&refusal))
            })*
        }
    };
}

rpcs! {
    import_structure(ImportStructureRequest) -> ImportStructureResponse;
    get_record(GetRecordRequest) -> GetRecordResponse;
    get_record_history(GetRecordHistoryRequest) -> GetRecordHistoryResponse;
    check_numbers(CheckNumbersRequest) -> CheckNumbersResponse;
}
