//! `POST /fiks-arkiv/v1/meldinger`: takes a message.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use samflyt_events::Refusal;
use samflyt_runtime::Problem;

use super::form::Form;
use super::{caller, view};
use crate::Archive;
use crate::messages::check::invalid;

/// A form that nobody needs is read up to here, so that its sender gets to the answer.
const UNREAD_BYTES_MAX: usize = 8 * 1024 * 1024;

pub(super) async fn post(State(archive): State<Arc<Archive>>, request: Request) -> Result<Response, Problem> {
    let caller = caller(&archive, request.headers()).await?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| {
        invalid("/Content-Type", "is not multipart/form-data with a boundary", "send the message as a form")
    })?;
    let outcome = take(&archive, &caller, &mut parts).await;
    if let Err(refusal) = &outcome {
        archive.exchange.metrics.refuse(refusal.reason);
        read_on(&mut parts).await;
    }
    Ok(outcome?)
}

async fn take(
    archive: &Arc<Archive>,
    caller: &samflyt_runtime::Caller,
    parts: &mut Multipart,
) -> Result<Response, Refusal> {
    let form = Form::read(archive, caller, parts).await?;
    let (checked, payload, files) = form.store().await?;
    let accepted = archive.send(caller, checked, payload, files).await?;
    Ok((StatusCode::ACCEPTED, Json(view::accepted(&accepted))).into_response())
}

async fn read_on(parts: &mut Multipart) {
    let mut unread = 0;
    while let Ok(Some(mut part)) = parts.next_field().await {
        while let Ok(Some(piece)) = part.chunk().await {
            unread += piece.len();
            if unread > UNREAD_BYTES_MAX {
                return;
            }
        }
    }
}
