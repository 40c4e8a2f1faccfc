//! Which hub is spoken to, and as whom.

use std::path::PathBuf;
use std::{fs, io};

use samflyt_runtime::rpc::bearer;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

/// A hub, a municipality in it, and the system on whose behalf it is spoken to. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    /// May be of a hub that is not up yet.
    pub channel: Channel,
    pub token: Token,
    pub tenant: String,
    pub system: String,
}

/// Where the bearer token comes from. Never prints.
#[derive(Clone)]
pub enum Token {
    /// None: calls are made without one.
    Given(Option<String>),
    /// Read before each call, as tokens do not live long.
    File(PathBuf),
}

/// Why nothing can be sent now.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    #[error("{0}")]
    Hub(String),
    #[error("the token cannot be read from its file")]
    Token(#[source] io::Error),
    #[error("the token holds characters that no token has")]
    TokenInvalid,
}

impl From<Status> for Stuck {
    fn from(status: Status) -> Self {
        Self::Hub(said(&status).join("; "))
    }
}

impl Hub {
    /// With the token.
    pub(crate) fn request<T>(&self, message: T) -> Result<Request<T>, Stuck> {
        let token = match &self.token {
            Token::Given(token) => token.clone(),
            Token::File(path) => Some(fs::read_to_string(path).map_err(Stuck::Token)?),
        };
        let mut request = Request::new(message);
        if let Some(token) = token {
            // The cause would repeat the token.
            let value = bearer(&token).map_err(|_| Stuck::TokenInvalid)?;
            request.metadata_mut().insert("authorization", value);
        }
        Ok(request)
    }
}

/// The hub's stable reason; empty where something else answered.
pub(crate) fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// Every problem with its field, or the message where there is none.
pub(crate) fn said(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    if violations.is_empty() {
        let reason = reason(status);
        let reason = if reason.is_empty() { format!("{:?}", status.code()) } else { reason };
        return vec![format!("{} ({reason})", status.message())];
    }
    violations.into_iter().map(|violation| format!("{} {}", violation.field, violation.description)).collect()
}

/// An error with what caused it, on one line.
pub(crate) fn whole_cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.dedup();
    causes.join(": ")
}
