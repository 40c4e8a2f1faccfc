//! `ListLimits`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::gateway as pb;
use samflyt_runtime::Caller;

use super::Gateway;
use crate::limits::Used;

impl Gateway {
    #[allow(clippy::unused_async, reason = "as `rpc!` calls every method")]
    pub(super) async fn limits(
        &self,
        caller: Caller,
        request: pb::ListLimitsRequest,
    ) -> Result<pb::ListLimitsResponse, Refusal> {
        // What is no id of a tenant is none that the caller may read.
        let asked = request.tenants.iter().map(|id| TenantId::new(id).map_err(|_| Refusal::not_granted()));
        let asked = asked.collect::<Result<Vec<_>, _>>()?;
        let readable = caller.readable(&self.intake.deps.feed.get(), &asked)?;
        Ok(pb::ListLimitsResponse { tenants: readable.iter().map(|tenant| self.limits_of(tenant)).collect() })
    }

    fn limits_of(&self, tenant: &TenantId) -> pb::TenantLimits {
        let now = self.intake.deps.clock.now();
        let of_it = self.intake.limits.of(tenant, now);
        let (limits, Used { events_left, bytes_left, refused }) = (of_it.limits, of_it.used(now));
        pb::TenantLimits {
            tenant: tenant.to_string(),
            events_per_s: limits.events_per_s,
            events_burst: limits.events_burst,
            bytes_per_s: limits.bytes_per_s,
            bytes_burst: limits.bytes_burst,
            stored_bytes_max: limits.stored_bytes_max,
            events_left,
            bytes_left,
            stored_bytes: self.intake.index.stored_bytes(tenant),
            refused,
        }
    }
}
