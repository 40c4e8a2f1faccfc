//! The API: parse → decide → append → reply. One file per kind of thing.

mod agreements;
mod catalogue;
mod changes;
mod contracts;
mod exports;
mod grants;
mod history;
mod imports;
mod parse;
mod products;
mod resources;
mod systems;
mod tables;
mod tenants;

use samflyt_events::Refusal;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::registry_service_server::RegistryService;
use samflyt_runtime::{Caller, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use crate::Registry;

impl Registry {
    async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.deps.authenticator, metadata).await
    }
}

macro_rules! rpcs {
    ($($rpc:ident($request:ident) -> $response:ident;)*) => {
        #[tonic::async_trait]
        impl RegistryService for Registry {
            $(async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                rpc!(self, request, $rpc)
            })*
        }
    };
}

rpcs! {
    register_tenant(RegisterTenantRequest) -> RegisterTenantResponse;
    change_tenant(ChangeTenantRequest) -> ChangeTenantResponse;
    merge_tenant(MergeTenantRequest) -> MergeTenantResponse;
    split_tenant(SplitTenantRequest) -> SplitTenantResponse;
    list_tenants(ListTenantsRequest) -> ListTenantsResponse;
    register_system(RegisterSystemRequest) -> RegisterSystemResponse;
    enrol_system(EnrolSystemRequest) -> EnrolSystemResponse;
    replace_system(ReplaceSystemRequest) -> ReplaceSystemResponse;
    retire_system(RetireSystemRequest) -> RetireSystemResponse;
    list_systems(ListSystemsRequest) -> ListSystemsResponse;
    publish_contract(PublishContractRequest) -> PublishContractResponse;
    retire_contract(RetireContractRequest) -> RetireContractResponse;
    get_contract(GetContractRequest) -> GetContractResponse;
    list_contracts(ListContractsRequest) -> ListContractsResponse;
    give_grant(GiveGrantRequest) -> GiveGrantResponse;
    withdraw_grant(WithdrawGrantRequest) -> WithdrawGrantResponse;
    list_grants(ListGrantsRequest) -> ListGrantsResponse;
}
