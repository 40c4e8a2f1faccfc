//! Plain questions over HTTP.

use std::time::Duration;

use reqwest::{Client, Response};

use crate::Trust;

const ANSWER_WAIT_MAX: Duration = Duration::from_secs(5);
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The answer to a GET, of whatever status.
pub(super) async fn get(url: &str) -> Result<Response, String> {
    get_trusting(url, &Trust::default()).await
}

/// As [`get`], with other authorities behind `https://`.
pub(super) async fn get_trusting(url: &str, trust: &Trust) -> Result<Response, String> {
    // Fails where another part of the process has installed one, which is as good.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let client =
        Client::builder().timeout(ANSWER_WAIT_MAX).redirect(reqwest::redirect::Policy::none()).no_proxy();
    let client = trust.http(client).and_then(reqwest::ClientBuilder::build).map_err(|error| cause(&error))?;
    client.get(url).send().await.map_err(|error| cause(&error))
}

/// The body of an answer, of limited length.
pub(super) async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| cause(&error))? {
        body.extend_from_slice(&part);
        if body.len() > BODY_BYTES_MAX {
            return Err("the answer is too long".to_owned());
        }
    }
    Ok(body)
}

/// The innermost cause: the outer ones say only that a request failed.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
