//! `GET /fiks-arkiv/v1/meldinger/{id}/svar/{answer}/filer/{name}`: a file of an answer, checked while it is read, as every
//! document is.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::Problem;

use super::caller;
use crate::Archive;

pub(super) async fn get(
    State(archive): State<Arc<Archive>>,
    Path((id, answer, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller(&archive, &headers).await?;
    let (desk, row, part) = archive.answer_of(&caller, &answer)?;
    let given = row.given(part).filter(|_| row.id.to_string().eq_ignore_ascii_case(&id));
    let answer = match given {
        Some(given) => desk.outgoing(row.id, given).await?,
        None => None,
    };
    let file = answer.and_then(|answer| answer.files.into_iter().find(|file| file.name == name));
    let file = file.ok_or_else(|| Refusal::new(Reason::NotFound, "the answer has no file of that name"))?;
    let mut download = archive.documents.open_download(desk.tenant.clone(), file.digest).await?;
    let first = download.next().await?;
    let headers = [
        (header::CONTENT_TYPE, download.fact.format.media_type.clone()),
        (header::CONTENT_LENGTH, download.fact.size.to_string()),
        (header::ETAG, format!("\"{}\"", file.digest)),
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let pieces = download.pieces(first).map_err(|refusal| std::io::Error::other(refusal.to_string()));
    Ok((headers, Body::from_stream(pieces)).into_response())
}
