//! `ConfirmAnswers`.

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::Service;

impl Service {
    pub(super) async fn confirm(
        &self,
        caller: Caller,
        request: pb::ConfirmAnswersRequest,
    ) -> Result<pb::ConfirmAnswersResponse, Refusal> {
        for answer in &request.answer_ids {
            self.0.confirm(&caller, answer).await?;
        }
        Ok(pb::ConfirmAnswersResponse {})
    }
}
