//! What every door of the archive asks first: who calls, for which municipality, and whether they may.

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_runtime::{Caller, Deps};
use tonic::metadata::MetadataMap;

/// The tenant that a request names.
///
/// # Errors
/// `REQUEST_INVALID`.
pub(crate) fn tenant(named: &str) -> Result<TenantId, Refusal> {
    TenantId::new(named).map_err(|rule| {
        let advice = "mend it and send it again";
        Refusal::of_field(Reason::RequestInvalid, "/tenant", rule.to_string(), advice)
    })
}

/// Whether a caller may use a tenant's archive, on behalf of a system or not. Who may not, does not learn whether there is
/// such a tenant.
///
/// # Errors
/// `NOT_GRANTED`, `NOT_FOUND`.
pub(crate) fn admit(
    deps: &Deps,
    caller: &Caller,
    scope: Scope,
    tenant: &TenantId,
    system: Option<&SystemId>,
) -> Result<(), Refusal> {
    let catalogue = deps.feed.get();
    caller.require(&catalogue, scope, tenant, system)?;
    if catalogue.tenant(tenant).is_none() {
        let advice = "register it first (`samflyt registry tenant register`)";
        return Err(Refusal::of_field(Reason::NotFound, "/tenant", "is not registered", advice));
    }
    Ok(())
}

/// The caller of a gRPC request and the tenant that it names, where a grant of the scope covers it.
///
/// # Errors
/// `TOKEN_MISSING`, `TOKEN_INVALID`, and as [`tenant`] and [`admit`].
pub(crate) async fn admitted(
    deps: &Deps,
    metadata: &MetadataMap,
    named: &str,
    scope: Scope,
) -> Result<(Caller, TenantId), Refusal> {
    let caller = Caller::of_metadata(&deps.authenticator, metadata).await?;
    let tenant = tenant(named)?;
    admit(deps, &caller, scope, &tenant, None)?;
    Ok((caller, tenant))
}

/// Authenticates a call, admits it to the tenant that its message names, hands it over to the method that answers, and maps
/// its refusal.
macro_rules! answered {
    ($service:expr, $request:ident, $scope:expr, $method:ident) => {{
        let (metadata, _, message) = $request.into_parts();
        let answer = async {
            let admitted = $crate::door::admitted(&$service.0.deps, &metadata, &message.tenant, $scope);
            let (caller, tenant) = admitted.await?;
            $service.$method(caller, tenant, message).await
        };
        let refused = |refusal: samflyt_events::Refusal| samflyt_runtime::refused::status(&refusal);
        answer.await.map(tonic::Response::new).map_err(refused)
    }};
}
pub(crate) use answered;

/// A gRPC service each of whose requests names a tenant that the caller needs one scope for: every RPC is a method of the
/// same name that is given the caller and the tenant.
macro_rules! rpcs {
    ($service:ident, $scope:expr; $($rpc:ident($request:ident) -> $response:ident;)*) => {
        #[tonic::async_trait]
        impl $service for Service {
            $(async fn $rpc(
                &self,
                request: tonic::Request<samflyt_proto::archive::$request>,
            ) -> Result<tonic::Response<samflyt_proto::archive::$response>, tonic::Status> {
                $crate::door::answered!(self, request, $scope, $rpc)
            })*
        }
    };
}
pub(crate) use rpcs;
