//! `PublishEvent`.

use samflyt_events::Refusal;
use samflyt_proto::gateway as pb;
use tonic::metadata::MetadataMap;

use super::{Gateway, draft::draft, receipt};

impl Gateway {
    pub(super) async fn publish_one(
        &self,
        metadata: &MetadataMap,
        request: pb::PublishEventRequest,
    ) -> Result<pb::PublishEventResponse, Refusal> {
        let caller = self.caller(metadata).await?;
        let draft = draft(request.event.unwrap_or_default());
        let published = self.intake.publish(&caller, draft, request.validate_only).await?;
        Ok(pb::PublishEventResponse { receipt: Some(receipt(&published)) })
    }
}
