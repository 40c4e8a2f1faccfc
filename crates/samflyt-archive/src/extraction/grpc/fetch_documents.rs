//! `FetchDocuments`: many small documents in few messages, large ones in many.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;
use tokio::sync::mpsc;

use super::{Answers, Service, answers, stopping};
use crate::Digest;
use crate::documents::DocumentStore;

const DOCUMENTS_MAX: usize = 1000;
/// What waits for the client to read it: messages.
const WAITING_MAX: usize = 4;
/// A message is sent when it holds so much.
const MESSAGE_BYTES: usize = 256 * 1024;
/// How many documents are being read at once; of each a piece of at most 1 MiB is in memory.
const READ_AHEAD: usize = 4;

type Listener = mpsc::Sender<Result<Vec<pb::DocumentPiece>, Refusal>>;

impl Service {
    pub(super) async fn fetch(
        &self,
        _caller: Caller,
        tenant: TenantId,
        request: pb::FetchDocumentsRequest,
    ) -> Result<Answers<pb::FetchDocumentsResponse>, Refusal> {
        let invalid = |field: &str, rule: &str, advice: &str| {
            Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
        };
        if request.documents.len() > DOCUMENTS_MAX {
            return Err(invalid("/documents", "has more than 1000 entries", "ask several times"));
        }
        let wanted = request.documents.iter().enumerate().map(|(index, document)| {
            let digest = Digest::parse(&document.sha256).map_err(|rule| {
                invalid(
                    &format!("/documents/{index}/sha256"),
                    rule,
                    "give the digest that the extraction named",
                )
            })?;
            Ok((digest, document.size))
        });
        let wanted = wanted.collect::<Result<Vec<_>, Refusal>>()?;
        let (listener, told) = mpsc::channel(WAITING_MAX);
        let (store, stop) = (Arc::clone(&self.0.documents), self.0.lifecycle.intake.clone());
        self.0.lifecycle.spawn_intake("documents of an extraction", async move {
            match stop.run_until_cancelled(send_all(&store, &tenant, &wanted, &listener)).await {
                Some(Ok(())) => {}
                Some(Err(refusal)) => drop(listener.send(Err(refusal)).await),
                None => drop(listener.try_send(Err(stopping()))),
            }
            Ok::<(), String>(())
        });
        Ok(answers(told, |pieces| pb::FetchDocumentsResponse { pieces }))
    }
}

/// Sends documents one after the other, the first pieces of the next ones being read meanwhile. Where nobody listens any more,
/// it ends.
async fn send_all(
    store: &Arc<DocumentStore>,
    tenant: &TenantId,
    wanted: &[(Digest, u64)],
    listener: &Listener,
) -> Result<(), Refusal> {
    let (mut pieces, mut bytes) = (Vec::new(), 0);
    let opened =
        stream::iter((0_u32..).zip(wanted.iter().copied())).map(|(index, (digest, size))| async move {
            let mut copy = store.copy_out(tenant, digest, size).await?;
            let first = copy.next().await?;
            Ok::<_, Refusal>((index, first, copy))
        });
    let mut opened = std::pin::pin!(opened.buffered(READ_AHEAD));
    while let Some((index, mut next, mut copy)) = opened.try_next().await? {
        while let Some(content) = next {
            next = copy.next().await?;
            bytes += content.len();
            pieces.push(pb::DocumentPiece { index, content });
            if bytes >= MESSAGE_BYTES {
                bytes = 0;
                if listener.send(Ok(std::mem::take(&mut pieces))).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
    if !pieces.is_empty() {
        let _ = listener.send(Ok(pieces)).await;
    }
    Ok(())
}
