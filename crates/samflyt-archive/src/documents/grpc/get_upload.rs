//! `GetUpload`.

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::Service;
use crate::documents::intake::Claim;

impl Service {
    pub(super) async fn upload_came(
        &self,
        caller: Caller,
        request: pb::GetUploadRequest,
    ) -> Result<pb::GetUploadResponse, Refusal> {
        let claim = Claim::parse(&request.tenant, &request.sha256, request.size)?;
        let (offset, stored) = self.store.came(&caller, &claim).await?;
        Ok(pb::GetUploadResponse { offset, stored })
    }
}
