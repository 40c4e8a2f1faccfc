//! `GET`: a document, checked while it is read. One that turns out to be damaged never arrives whole: where it fits into
//! one piece the answer is a refusal, and else the connection breaks off before its `Content-Length`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use samflyt_runtime::Problem;

use super::caller;
use crate::documents::DocumentStore;
use crate::documents::intake::parse;

pub(super) async fn get(
    State(store): State<Arc<DocumentStore>>,
    Path((tenant, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller(&store, &headers).await?;
    let (tenant, digest) = parse(&tenant, &sha256)?;
    let mut download = store.download(&caller, tenant, digest).await?;
    let first = download.next().await?;
    let headers = [
        (header::CONTENT_TYPE, download.fact.format.media_type.clone()),
        (header::CONTENT_LENGTH, download.fact.size.to_string()),
        (header::ETAG, format!("\"{digest}\"")),
        // It is somebody else's content: no browser runs it, none takes it for anything else.
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let pieces = download.pieces(first).map_err(|refusal| std::io::Error::other(refusal.to_string()));
    Ok((headers, Body::from_stream(pieces)).into_response())
}
