//! The catalogue's own service: resources, agreements, changes.

use samflyt_events::catalogue::{Kind, ResourceState};
use samflyt_events::{Reason, Refusal};
use samflyt_proto::registry as pb;
use samflyt_proto::registry::catalogue_service_server::CatalogueService;
use samflyt_runtime::rpc::Answers;
use samflyt_runtime::{refused, rpc};
use tonic::{Request, Response, Status, Streaming};

use crate::Registry;

/// Authenticates, hands over to the method of the same name, and maps its refusal.
macro_rules! rpcs {
    ($($rpc:ident($request:ident) -> $response:ty;)*) => {
        #[tonic::async_trait]
        impl CatalogueService for Registry {
            type ExportTenantStream = Answers<pb::ExportTenantResponse>;
            type ExportCatalogueStream = Answers<pb::ExportCatalogueResponse>;

            $(async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<$response>, Status> {
                rpc!(self, request, $rpc)
            })*

            async fn import_tenant(
                &self,
                request: Request<Streaming<pb::ImportTenantRequest>>,
            ) -> Result<Response<pb::ImportTenantResponse>, Status> {
                rpc!(self, request, import_tenant)
            }
        }
    };
}

rpcs! {
    put_resource(PutResourceRequest) -> pb::PutResourceResponse;
    remove_resource(RemoveResourceRequest) -> pb::RemoveResourceResponse;
    get_resource(GetResourceRequest) -> pb::GetResourceResponse;
    list_resources(ListResourcesRequest) -> pb::ListResourcesResponse;
    list_resource_history(ListResourceHistoryRequest) -> pb::ListResourceHistoryResponse;
    adopt_product(AdoptProductRequest) -> pb::AdoptProductResponse;
    approve_agreement(ApproveAgreementRequest) -> pb::ApproveAgreementResponse;
    end_agreement(EndAgreementRequest) -> pb::EndAgreementResponse;
    analyse_change(AnalyseChangeRequest) -> pb::AnalyseChangeResponse;
    decide_change(DecideChangeRequest) -> pb::DecideChangeResponse;
    carry_out_change(CarryOutChangeRequest) -> pb::CarryOutChangeResponse;
    withdraw_change(WithdrawChangeRequest) -> pb::WithdrawChangeResponse;
    measure_gain(MeasureGainRequest) -> pb::MeasureGainResponse;
    import_table(ImportTableRequest) -> pb::ImportTableResponse;
    export_tenant(ExportTenantRequest) -> Self::ExportTenantStream;
    export_catalogue(ExportCatalogueRequest) -> Self::ExportCatalogueStream;
}

/// # Errors
/// `REQUEST_INVALID` where it is unspecified, or of a later version of the hub.
pub(super) fn kind(kind: pb::ResourceKind) -> Result<Kind, Refusal> {
    Ok(match kind {
        pb::ResourceKind::Unspecified => {
            let advice = "name one of the kinds of `ResourceKind`";
            return Err(Refusal::of_field(Reason::RequestInvalid, "/kind", "is missing", advice));
        }
        pb::ResourceKind::Product => Kind::Product,
        pb::ResourceKind::System => Kind::System,
        pb::ResourceKind::Usage => Kind::Usage,
        pb::ResourceKind::Process => Kind::Process,
        pb::ResourceKind::Dataset => Kind::Dataset,
        pb::ResourceKind::Service => Kind::Service,
        pb::ResourceKind::Agreement => Kind::Agreement,
        pb::ResourceKind::Change => Kind::Change,
        pb::ResourceKind::Controller => Kind::Controller,
    })
}

fn kind_message(kind: Kind) -> pb::ResourceKind {
    match kind {
        Kind::Product => pb::ResourceKind::Product,
        Kind::System => pb::ResourceKind::System,
        Kind::Usage => pb::ResourceKind::Usage,
        Kind::Process => pb::ResourceKind::Process,
        Kind::Dataset => pb::ResourceKind::Dataset,
        Kind::Service => pb::ResourceKind::Service,
        Kind::Agreement => pb::ResourceKind::Agreement,
        Kind::Change => pb::ResourceKind::Change,
        Kind::Controller => pb::ResourceKind::Controller,
        Kind::Tenant | Kind::Contract | Kind::Grant => pb::ResourceKind::Unspecified,
    }
}

/// A state as a message; none where it was removed.
pub(super) fn message(state: &ResourceState) -> Option<pb::Resource> {
    let resource = state.value.as_ref()?;
    Some(pb::Resource {
        kind: kind_message(resource.kind()).into(),
        id: resource.id().to_owned(),
        tenant: resource.tenant().map(ToString::to_string).unwrap_or_default(),
        document: resource.document().to_string().into_bytes(),
        revision: state.revision,
        changed_at: Some(refused::timestamp(state.at)),
        changed_by: state.by.as_ref().map(ToString::to_string).unwrap_or_default(),
    })
}
