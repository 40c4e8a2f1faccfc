//! One trace from the publisher's `traceparent` through gateway and log to the projection, received by a collector.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, register};
use tonic::{Request, Response, Status};

use crate::answers::publish;
use crate::process::HubProcess;

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans = request.into_inner().resource_spans.into_iter().flat_map(|spans| spans.scope_spans);
        self.0.lock().unwrap().extend(spans.flat_map(|spans| spans.spans));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_spans_publisher_gateway_log_and_projection() {
    let collector = Collector::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let server = tonic::transport::Server::builder().add_service(TraceServiceServer::new(collector.clone()));
    let serving = tokio::spawn(server.serve_with_incoming(incoming));
    let dir = tempfile::tempdir().unwrap();
    let environment =
        [("SAMFLYT_TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "200")];
    let hub = HubProcess::start(dir.path(), &environment).await;
    let operator = hub.operator().await;
    register(&operator, SELJORD).await;
    let mut traced = event(SELJORD, "traced", "case-1");
    traced.traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    publish(&operator, traced).await.unwrap();

    let spans = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let spans = of_trace(&collector);
            if spans.len() >= 3 && spans.keys().any(|name| name.starts_with("process")) {
                return spans;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the collector received the trace");
    let template = "events.{tenant}.{domain}.{event}.{system}.{entity}";
    let receive = &spans[&format!("receive {template}")];
    assert_eq!(
        hex(&receive.parent_span_id),
        "b7ad6b7169203331",
        "the gateway continues the publisher's trace"
    );
    let send = &spans[&format!("send {template}")];
    assert_eq!(send.parent_span_id, receive.span_id);
    let process = &spans[&format!("process {template}")];
    assert_eq!(process.parent_span_id, send.span_id);
    assert_eq!(process.links[0].span_id, send.span_id, "a consumer links to what created the message");
    let all = format!("{spans:?}");
    assert!(!all.contains("case-1") && !all.contains("ordinary"), "no entity and no payload in a span");
    hub.kill().await;
    serving.abort();
}

fn of_trace(collector: &Collector) -> BTreeMap<String, Span> {
    let spans = collector.0.lock().unwrap();
    spans
        .iter()
        .filter(|span| hex(&span.trace_id) == TRACE)
        .map(|span| (span.name.clone(), span.clone()))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
