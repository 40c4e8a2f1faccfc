//! `SubscribeAnswers`.

use futures::StreamExt;
use samflyt_events::{Refusal, SystemId, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Answers, FIELDS, Service, view};
use crate::messages::check::invalid;
use crate::messages::desk::Desk;
use crate::messages::door::{ANSWERS_MAX, Fetched};
use crate::messages::id::Part;

/// Answers that wait for their reader.
const READ_AHEAD: usize = 16;

impl Service {
    pub(super) async fn subscribe(
        &self,
        caller: Caller,
        request: pb::SubscribeAnswersRequest,
    ) -> Result<Answers<pb::SubscribeAnswersResponse>, Refusal> {
        let wrong = |field, rule: String| invalid(field, &rule, "name municipality and system");
        let tenant = TenantId::new(&request.tenant).map_err(|rule| wrong(FIELDS.tenant, rule.to_string()))?;
        let system = SystemId::new(&request.system).map_err(|rule| wrong(FIELDS.system, rule.to_string()))?;
        self.0.admit_system(&caller, &tenant, &system, FIELDS.system)?;
        let desk = self.0.desk(&tenant).await?;
        let (answers, read) = mpsc::channel(READ_AHEAD);
        let stop = self.0.lifecycle.intake.clone();
        let archive = std::sync::Arc::clone(&self.0);
        self.0.lifecycle.tasks().spawn(async move {
            let told = async {
                let mut after = (0, Part::Receipt);
                loop {
                    // Whoever may no more is told no more.
                    let outcome = match archive.admit_system(&caller, &tenant, &system, FIELDS.system) {
                        Ok(()) => give(&desk, &system, &mut after, &answers).await,
                        Err(refusal) => Err(refusal),
                    };
                    if let Err(refusal) = outcome {
                        // Its reader may have gone.
                        let _ = answers.send(Err(refusal)).await;
                        return;
                    }
                    let mut changes = desk.changes();
                    let fresh = desk.to_fetch(&system, after, 1).is_empty();
                    tokio::select! {
                        changed = changes.changed(), if fresh => if changed.is_err() { return },
                        () = answers.closed() => return,
                        () = std::future::ready(()), if !fresh => {}
                    }
                }
            };
            stop.run_until_cancelled(told).await;
        });
        let answered = ReceiverStream::new(read).map(|fetched: Result<Fetched, Refusal>| {
            let answer = fetched.map(view::answer).map_err(|refusal| refused::status(&refusal))?;
            Ok(pb::SubscribeAnswersResponse { answer: Some(answer) })
        });
        Ok(answered.boxed())
    }
}

/// All that waits after a place.
async fn give(
    desk: &Desk,
    system: &SystemId,
    after: &mut (u64, Part),
    answers: &mpsc::Sender<Result<Fetched, Refusal>>,
) -> Result<(), Refusal> {
    loop {
        let waiting = desk.to_fetch(system, *after, ANSWERS_MAX);
        if waiting.is_empty() {
            return Ok(());
        }
        for (row, given) in waiting {
            if let Some(fetched) = desk.fetch(&row, &given).await?
                && answers.send(Ok(fetched)).await.is_err()
            {
                return Ok(());
            }
            *after = (given.sequence, given.part);
        }
    }
}
