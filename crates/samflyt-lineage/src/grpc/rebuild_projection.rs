//! `RebuildProjection`: beside the old, then switch; progress is streamed.

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::Answers;
use crate::Lineage;

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
            let mut progress = runner.rebuild().await;
            loop {
                let now = *progress.borrow_and_update();
                if now.failed {
                    let _ = answers.send(Err(refused::status(&failed()))).await;
                    return Ok::<(), String>(());
                }
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

fn failed() -> Refusal {
    Refusal::new(
        Reason::LogUnavailable,
        "the rebuild was given up and the old projection stays: see the hub's log",
    )
}
