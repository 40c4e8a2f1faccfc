//! `PUT`: a document, or a piece of one.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::Problem;

use super::range::Carried;
use super::{UPLOAD_OFFSET, caller};
use crate::documents::DocumentStore;
use crate::documents::intake::{Begun, Claim, Upload, broken_off, stopping};

/// A body that nobody needs is read up to here, so that its sender gets to the answer.
const UNREAD_BYTES_MAX: usize = 8 * 1024 * 1024;

pub(super) async fn put(
    State(store): State<Arc<DocumentStore>>,
    Path((tenant, sha256)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut body = body.into_data_stream();
    let outcome = receive(&store, &tenant, &sha256, &headers, &mut body).await;
    if let Err(refusal) = &outcome {
        store.metrics.refuse(refusal.reason);
    }
    // Who asked first whether to send the body has not sent it, and would if it were read.
    let mut unread = if headers.contains_key(header::EXPECT) { UNREAD_BYTES_MAX } else { 0 };
    while unread < UNREAD_BYTES_MAX
        && let Some(Ok(piece)) = body.next().await
    {
        unread += piece.len();
    }
    Ok(outcome?)
}

async fn receive(
    store: &Arc<DocumentStore>,
    tenant: &str,
    sha256: &str,
    headers: &HeaderMap,
    body: &mut BodyDataStream,
) -> Result<Response, Refusal> {
    let caller = caller(store, headers).await?;
    let Carried { bytes, size } = Carried::of(headers)?;
    let claim = Claim::parse(tenant, sha256, size)?;
    let upload = match store.begin(&caller, claim).await? {
        Begun::Stored(receipt) => return Ok(Json(receipt.json()).into_response()),
        Begun::Open(upload) => upload,
    };
    let came = pieces(store, &upload, bytes.start, bytes.end, body).await?;
    if came < size {
        let offset = [(UPLOAD_OFFSET, came)];
        return Ok((StatusCode::ACCEPTED, offset).into_response());
    }
    Ok((StatusCode::CREATED, Json(upload.finish().await?.json())).into_response())
}

/// Says how far the upload came.
async fn pieces(
    store: &DocumentStore,
    upload: &Upload,
    mut at: u64,
    end: u64,
    body: &mut BodyDataStream,
) -> Result<u64, Refusal> {
    let mut came = upload.append(at, bytes::Bytes::new()).await?;
    loop {
        let piece = tokio::select! {
            piece = body.next() => piece,
            () = store.lifecycle.intake.cancelled() => return Err(stopping()),
        };
        match piece {
            None if at == end => return Ok(came),
            None => return Err(not_as_said("is longer than the body")),
            Some(Err(error)) => {
                tracing::debug!(%error, "an upload broke off");
                return Err(broken_off());
            }
            Some(Ok(piece)) if piece.len() as u64 > end - at => {
                return Err(not_as_said("is shorter than the body"));
            }
            Some(Ok(piece)) => {
                let len = piece.len() as u64;
                came = upload.append(at, piece).await?;
                at += len;
            }
        }
    }
}

fn not_as_said(rule: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, "/Content-Range", rule, "name the bytes that the body holds")
}
