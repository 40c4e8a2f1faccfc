//! `HEAD`: whether a document is there, and how far the caller's upload of it came.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::Problem;

use super::{UPLOAD_OFFSET, caller};
use crate::documents::DocumentStore;
use crate::documents::intake::Claim;

pub(super) async fn head(
    State(store): State<Arc<DocumentStore>>,
    Path((tenant, sha256)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller(&store, &headers).await?;
    let claim = Claim::parse(&tenant, &sha256, size(query.as_deref())?)?;
    let (offset, stored) = store.came(&caller, &claim).await?;
    if stored {
        return Ok([(UPLOAD_OFFSET, offset), (header::CONTENT_LENGTH, offset)].into_response());
    }
    Ok((StatusCode::NOT_FOUND, [(UPLOAD_OFFSET, offset)]).into_response())
}

/// An upload is known by the size that it will have, beside its digest.
fn size(query: Option<&str>) -> Result<u64, Refusal> {
    match query {
        None | Some("") => Ok(0),
        Some(query) => query.strip_prefix("size=").and_then(|size| size.parse().ok()).ok_or_else(|| {
            let rule = "is not `size=<bytes of the whole document>`";
            Refusal::of_field(Reason::RequestInvalid, "/query", rule, "give the size, or nothing")
        }),
    }
}
