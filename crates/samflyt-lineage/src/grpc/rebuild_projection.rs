//! `RebuildProjection`: beside the old, then switch; progress is streamed.

use samflyt_events::Refusal;
use samflyt_events::catalogue::Scope;
use samflyt_proto::lineage as pb;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::Answers;
use crate::Lineage;
use crate::answer::store_failed;

impl Lineage {
    pub(super) async fn rebuild(
        &self,
        caller: Caller,
        _: pb::RebuildProjectionRequest,
    ) -> Result<Answers<pb::RebuildProjectionResponse>, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Admin)?;
        let (answers, received) = mpsc::channel(4);
        let (runner, stop) = (self.runner.clone(), self.lifecycle.intake.clone());
        self.lifecycle.spawn_intake("rebuild", async move {
            let mut progress = match runner.rebuild() {
                Ok(progress) => progress,
                Err(error) => {
                    let _ = answers.send(Err(refused::status(&store_failed(error)))).await;
                    return Ok::<(), String>(());
                }
            };
            loop {
                let now = progress.borrow_and_update().clone();
                let answer =
                    pb::RebuildProjectionResponse { folded: now.folded, head: now.head, done: now.done };
                if answers.send(Ok(answer)).await.is_err() || now.done {
                    return Ok(());
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    changed = progress.changed() => if changed.is_err() { return Ok(()) },
                }
            }
        });
        Ok(Box::pin(ReceiverStream::new(received)))
    }
}
