//! `GetAnswers`.

use std::time::Duration;

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::{Service, view};
use crate::messages::check::invalid;
use crate::messages::id::Part;

impl Service {
    pub(super) async fn answers(
        &self,
        caller: Caller,
        request: pb::GetAnswersRequest,
    ) -> Result<pb::GetAnswersResponse, Refusal> {
        let wait = request.wait.map_or(Ok(Duration::ZERO), Duration::try_from);
        let wait = wait.map_err(|_| invalid("/wait", "is negative", "give at most 60 seconds"))?;
        let answers = self.0.answers(&caller, &request.message_id, wait).await?;
        let complete = answers.iter().any(|fetched| fetched.given.part == Part::Answer);
        Ok(pb::GetAnswersResponse { answers: answers.into_iter().map(view::answer).collect(), complete })
    }
}
