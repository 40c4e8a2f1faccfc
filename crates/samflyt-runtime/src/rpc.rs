//! What all gRPC services do with a call.

use std::pin::Pin;

use futures::Stream;
use tonic::Status;
use tonic::metadata::errors::InvalidMetadataValue;
use tonic::metadata::{AsciiMetadataValue, MetadataValue};

/// A stream of answers.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A caller's token as `authorization` has it; never printed.
///
/// # Errors
/// Where it holds characters that no token has. The cause repeats the token: it is to be dropped.
pub fn bearer(token: &str) -> Result<AsciiMetadataValue, InvalidMetadataValue> {
    let mut value = MetadataValue::try_from(format!("Bearer {}", token.trim()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Authenticates a call by the service's `caller`, hands it over to the method that answers, and maps its refusal.
#[macro_export]
macro_rules! rpc {
    ($service:expr, $request:ident, $method:ident) => {{
        let (metadata, _, message) = $request.into_parts();
        let answer = async { $service.$method($service.caller(&metadata).await?, message).await };
        let refused = |refusal: samflyt_events::Refusal| $crate::refused::status(&refusal);
        answer.await.map(tonic::Response::new).map_err(refused)
    }};
}
