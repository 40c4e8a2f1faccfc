//! The auth callout: a bearer token becomes permissions for just the subjects that the registry grants.

use std::sync::Arc;

use futures::StreamExt;
use samflyt_events::catalogue::{Catalogue, Scope};
use samflyt_events::subject::ingest;
use samflyt_runtime::{Caller, Lifecycle};

use super::name::{inbox_prefix, name_of};
use super::user_jwt::{CalloutRequest, UserPermissions, decode_request, sign_response};
use super::{QUEUE, connect};
use crate::{Intake, StartError};

/// Where the broker asks.
const SUBJECT: &str = "$SYS.REQ.USER.AUTH";
/// The account that systems are placed in.
const ACCOUNT: &str = "SYSTEMS";

pub(super) async fn start(intake: &Arc<Intake>, lifecycle: &Lifecycle) -> Result<(), StartError> {
    let failed = |error: &dyn std::fmt::Display| StartError::Broker(error.to_string());
    let client = connect(intake, "samflyt-callout").await.map_err(|error| failed(&error))?;
    let subscription = client.queue_subscribe(SUBJECT, QUEUE.to_owned()).await;
    let mut questions = subscription.map_err(|error| failed(&error))?;
    // A round trip on the same connection, which `flush` is not: after it, the broker knows of the subscription.
    client.request("$SYS.REQ.USER.INFO", "".into()).await.map_err(|error| failed(&error))?;
    let (intake, stop) = (Arc::clone(intake), lifecycle.services.clone());
    lifecycle.spawn("auth callout", async move {
        loop {
            let question = tokio::select! {
                () = stop.cancelled() => return Ok::<(), &str>(()),
                question = questions.next() => question.ok_or("the connection for callouts is gone")?,
            };
            let Some(reply) = question.reply.clone() else { continue };
            if let Some(answer) = answer(&intake, &question.payload).await {
                // A lost answer is a refused connection, which the client tries again.
                let _ = client.publish(reply, answer.into()).await;
            }
        }
    });
    Ok(())
}

async fn answer(intake: &Intake, payload: &[u8]) -> Option<String> {
    let request = match decode_request(std::str::from_utf8(payload).ok()?) {
        Ok(request) => request,
        Err(error) => {
            tracing::warn!(%error, "a callout of the broker cannot be read");
            return None;
        }
    };
    let decision = decide(intake, &request).await;
    if let Err(reason) = &decision {
        let client = request.client_name.as_deref().map(samflyt_events::subject::encode_token);
        tracing::info!(host = request.client_host, client, reason, "a system was not let in to the broker");
    }
    let seed = &intake.deps.log.config().auth_issuer_seed;
    match sign_response(seed, &request, decision, intake.deps.clock.now()) {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::error!(%error, "a callout cannot be answered");
            None
        }
    }
}

async fn decide(intake: &Intake, request: &CalloutRequest) -> Result<UserPermissions, String> {
    let caller = Caller::of_token(&intake.deps.authenticator, request.bearer_token.as_deref()).await;
    let caller = caller.map_err(|refusal| refusal.message)?;
    let publish = subjects(&intake.deps.feed.get(), &caller);
    if publish.is_empty() {
        return Err("no grant of the registry lets this caller publish".to_owned());
    }
    Ok(UserPermissions {
        account: ACCOUNT.to_owned(),
        name: name_of(&caller.principal),
        publish,
        subscribe: vec![format!("{}.>", inbox_prefix(&caller.principal))],
        expires_at: Some(caller.principal.expires_at),
    })
}

/// `ingest.<tenant>.<system>` for each pair that a grant covers, with wildcards where the grant has them.
fn subjects(catalogue: &Catalogue, caller: &Caller) -> Vec<String> {
    if !caller.principal.has_scope(Scope::Publish.as_str()) {
        return Vec::new();
    }
    let holder = caller.holder();
    let mut subjects = std::collections::BTreeSet::new();
    for tenant in catalogue.tenants_for(&holder, Scope::Publish) {
        let grants = catalogue
            .grants_held(&holder)
            .filter(|grant| grant.scopes.contains(&Scope::Publish) && grant.tenants.covers(&tenant));
        for grant in grants {
            match &grant.systems {
                samflyt_events::catalogue::Wildcard::All(_) => {
                    subjects.insert(format!("ingest.{tenant}.*"));
                }
                samflyt_events::catalogue::Wildcard::Only(systems) => {
                    subjects.extend(systems.iter().map(|system| ingest(&tenant, system)));
                }
            }
        }
    }
    subjects.into_iter().collect()
}
