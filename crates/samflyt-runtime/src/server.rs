//! The two doors of a process: one for gRPC, one for HTTP. Services bring their routes; the doors are opened once all
//! of them are ready.

use std::net::SocketAddr;

use axum::Router;
use samflyt_proto::DESCRIPTORS;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;

use crate::lifecycle::Lifecycle;

/// What a service serves.
#[derive(Debug, Default)]
pub struct Served {
    pub grpc: Option<Routes>,
    pub http: Router,
    /// gRPC services by name, for health checks.
    pub names: Vec<&'static str>,
}

/// The doors could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: is the port taken?")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("gRPC reflection cannot be built")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Opens a port; 0 takes a free one.
///
/// # Errors
/// [`ServeError::Listen`] names the address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// The routes of several services as one, with health and reflection.
///
/// # Errors
/// [`ServeError::Reflection`] where the descriptors are broken.
pub async fn grpc_routes(
    services: impl IntoIterator<Item = (Routes, Vec<&'static str>)>,
) -> Result<Routes, ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut all = Routes::new(health_service).into_axum_router();
    for (routes, names) in services {
        for name in names {
            health.set_service_status(name, tonic_health::ServingStatus::Serving).await;
        }
        all = all.merge(routes.into_axum_router().reset_fallback());
    }
    let reflection = |builder: tonic_reflection::server::Builder<'static>| {
        builder
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = reflection(tonic_reflection::server::Builder::configure()).build_v1()?;
    let v1alpha = reflection(tonic_reflection::server::Builder::configure()).build_v1alpha()?;
    let reflected = Routes::new(v1).add_service(v1alpha).into_axum_router().reset_fallback();
    Ok(Routes::from(all.merge(reflected)))
}

/// Serves gRPC until intake ends and every open call is answered.
pub fn serve_grpc(listener: TcpListener, routes: Routes, lifecycle: &Lifecycle) {
    let intake = lifecycle.intake.clone();
    // tonic's own `tcp_nodelay` is ignored for a listener that was given to it: acknowledgements would wait.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    lifecycle.spawn_intake("gRPC server", async move {
        tonic::transport::Server::builder()
            .http2_adaptive_window(Some(false))
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20)
            .http2_keepalive_interval(Some(std::time::Duration::from_secs(30)))
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, intake.cancelled_owned())
            .await
    });
}

/// Serves HTTP until intake ends and every open request is answered.
pub fn serve_http(listener: TcpListener, router: Router, lifecycle: &Lifecycle) {
    let intake = lifecycle.intake.clone();
    lifecycle.spawn_intake("HTTP server", async move {
        axum::serve(listener, router).with_graceful_shutdown(intake.cancelled_owned()).await
    });
}
