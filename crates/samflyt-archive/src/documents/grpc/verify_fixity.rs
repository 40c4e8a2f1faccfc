//! `VerifyFixity`.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt;
use samflyt_events::{Reason, Refusal};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::verify_fixity_response::Part;
use samflyt_runtime::{Caller, refused};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Answers, Service};
use crate::documents::fixity::{Extent, Progress, Told};
use crate::documents::intake::{finding, parse, stopping};

/// What waits for the client to read it.
const TOLD_WAITING_MAX: usize = 64;
/// Digests in one request.
const DIGESTS_MAX: usize = 10_000;

impl Service {
    pub(super) async fn verify(
        &self,
        caller: Caller,
        request: pb::VerifyFixityRequest,
    ) -> Result<Answers<pb::VerifyFixityResponse>, Refusal> {
        // Any digest will do to read the tenant's name.
        let (tenant, _) = parse(&request.tenant, &"0".repeat(64))?;
        self.store.admit(&caller, &tenant)?;
        let extent = extent(&request)?;
        let held = self.archive.held(&tenant).await?;
        let (listener, told) = mpsc::channel(TOLD_WAITING_MAX);
        let (store, stop) = (Arc::clone(&self.store), self.store.lifecycle.intake.clone());
        self.store.lifecycle.spawn_intake("fixity", async move {
            let verifying = store.verify_extent(&tenant, extent, &held, listener.clone());
            if stop.run_until_cancelled(verifying).await.is_none() {
                let _ = listener.try_send(Err(stopping()));
            }
            Ok::<(), String>(())
        });
        let answers = ReceiverStream::new(told).map(|told| match told {
            Ok(told) => Ok(message(told)),
            Err(refusal) => Err(refused::status(&refusal)),
        });
        Ok(answers.boxed())
    }
}

fn extent(request: &pb::VerifyFixityRequest) -> Result<Extent, Refusal> {
    let invalid = |field: &str, rule: &str, advice: &str| {
        Err(Refusal::of_field(Reason::RequestInvalid, field, rule, advice))
    };
    if request.sha256.len() > DIGESTS_MAX {
        return invalid("/sha256", "has more than 10000 entries", "ask several times, or for all");
    }
    let digests = request.sha256.iter().map(|text| parse(&request.tenant, text).map(|(_, digest)| digest));
    let digests = digests.collect::<Result<BTreeSet<_>, Refusal>>()?;
    match (digests.is_empty(), &request.not_verified_since) {
        (false, Some(_)) => invalid("/not_verified_since", "stands beside digests", "give one of the two"),
        (false, None) => Ok(Extent::These(digests)),
        (true, None) => Ok(Extent::All),
        (true, Some(since)) => match OffsetDateTime::from_unix_timestamp(since.seconds) {
            Ok(since) => Ok(Extent::NotSince(since)),
            Err(_) => invalid("/not_verified_since", "is out of range", "give a moment that a calendar has"),
        },
    }
}

fn message(told: Told) -> pb::VerifyFixityResponse {
    let progress = |progress: &Progress| pb::Progress {
        documents: progress.done.documents,
        bytes: progress.done.bytes,
        findings: progress.findings,
        documents_total: progress.total.documents,
        bytes_total: progress.total.bytes,
    };
    let part = match told {
        Told::Progress(so_far) => Part::Progress(progress(&so_far)),
        Told::Finding(digest, found, holders) => Part::Finding(finding(digest, &found, holders)),
        Told::Done(all) => Part::Done(progress(&all)),
    };
    pb::VerifyFixityResponse { part: Some(part) }
}
