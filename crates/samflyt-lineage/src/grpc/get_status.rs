//! `GetStatus`.

use samflyt_events::subject::events_stream;
use samflyt_events::{Refusal, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;
use crate::answer::{completeness, moment, position, silence, store_failed};
use crate::reader::Reader;

impl Lineage {
    pub(super) async fn status(
        &self,
        caller: Caller,
        request: pb::GetStatusRequest,
    ) -> Result<pb::GetStatusResponse, Refusal> {
        let (readable, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let tenants =
            readable.iter().map(|tenant| self.tenant_status(&reader, tenant)).collect::<Result<_, _>>();
        let completeness = Some(completeness(&reader, &readable, false));
        Ok(pb::GetStatusResponse { tenants: tenants.map_err(store_failed)?, completeness })
    }

    fn tenant_status(&self, reader: &Reader, tenant: &TenantId) -> Result<pb::TenantStatus, StoreError> {
        let stream = events_stream(tenant);
        let counted = match reader.number(&stream)? {
            Some(number) => reader.systems(number)?,
            None => Vec::new(),
        };
        let now = self.deps.clock.now();
        let mut systems = Vec::with_capacity(counted.len());
        for (system, totals) in counted {
            systems.push(pb::SystemStatus {
                system: reader.name(system)?,
                events: totals.events,
                last_event_at: Some(moment(totals.last_ms)),
                silent_for: Some(silence(now, totals.last_ms)),
            });
        }
        systems.sort_by(|a, b| a.system.cmp(&b.system));
        Ok(pb::TenantStatus {
            tenant: tenant.to_string(),
            position: position(reader, tenant, &stream),
            events: systems.iter().map(|system| system.events).sum(),
            systems,
        })
    }
}
