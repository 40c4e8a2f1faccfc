//! An answer that is given tenant by tenant: the first rows go out while the rest is still being read.

use std::collections::BTreeSet;

use samflyt_events::TenantId;
use samflyt_projection::StoreError;
use samflyt_runtime::refused;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::Lineage;
use crate::answer::store_failed;
use crate::grpc::Answers;

/// How many messages are made before the client has taken them.
const AHEAD: usize = 4;

/// A question that is answered for each tenant by itself.
pub(super) trait EachTenant: Send + 'static {
    type Answer: Send + 'static;

    /// What there is to say of a tenant, in messages of a size that every client takes.
    fn tenant(&mut self, tenant: &TenantId) -> Result<Vec<Self::Answer>, StoreError>;

    /// The last message: how complete the others are.
    fn last(&self) -> Self::Answer;
}

impl Lineage {
    /// Answers for each tenant in turn. It ends when the client goes, or when the hub takes in nothing more: then without
    /// the last message.
    pub(super) fn each_tenant<Q: EachTenant>(
        &self,
        name: &'static str,
        tenants: BTreeSet<TenantId>,
        question: Q,
    ) -> Answers<Q::Answer> {
        let (answers, received) = mpsc::channel(AHEAD);
        let stop = self.lifecycle.intake.clone();
        self.lifecycle.spawn_intake(name, async move {
            tokio::select! {
                () = stop.cancelled() => Ok(()),
                () = answers.closed() => Ok(()),
                done = answer(tenants, question, &answers) => done,
            }
        });
        Box::pin(ReceiverStream::new(received))
    }
}

type Sender<T> = mpsc::Sender<Result<T, Status>>;

async fn answer<Q: EachTenant>(
    tenants: BTreeSet<TenantId>,
    mut question: Q,
    answers: &Sender<Q::Answer>,
) -> Result<(), String> {
    for tenant in tenants {
        let found;
        (question, found) = off_the_loop(question, move |question| question.tenant(&tenant)).await?;
        let messages = match found {
            Ok(messages) => messages,
            Err(error) => {
                let _ = answers.send(Err(refused::status(&store_failed(error)))).await;
                return Ok(());
            }
        };
        for message in messages {
            if answers.send(Ok(message)).await.is_err() {
                return Ok(());
            }
        }
    }
    let _ = answers.send(Ok(question.last())).await;
    Ok(())
}

/// Runs what reads much where it holds up no connection. Whoever stops waiting leaves it to its end.
pub(super) async fn off_the_loop<S: Send + 'static, T: Send + 'static>(
    mut state: S,
    work: impl FnOnce(&mut S) -> T + Send + 'static,
) -> Result<(S, T), String> {
    let done = tokio::task::spawn_blocking(move || {
        let result = work(&mut state);
        (state, result)
    });
    done.await.map_err(|error| error.to_string())
}
