//! What all gRPC services do with a call.

use std::pin::Pin;

use futures::Stream;
use tonic::Status;

/// A stream of answers.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

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
