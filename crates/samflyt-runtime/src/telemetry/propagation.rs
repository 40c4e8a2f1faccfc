//! The trace of an event: from the publisher's `traceparent` through gateway and log to each projection.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The context that a `traceparent` names.
pub fn context_of(traceparent: Option<&str>) -> Context {
    let Some(traceparent) = traceparent else { return Context::new() };
    let carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), &carrier)
    })
}

/// The `traceparent` that names a span; none where nobody records it.
pub fn traceparent_of(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let mut carrier = HashMap::new();
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut carrier);
    });
    carrier.remove("traceparent")
}

/// Makes a span a child of what a `traceparent` names.
pub fn continue_from(span: &Span, traceparent: Option<&str>) {
    if !span.is_disabled() && traceparent.is_some() {
        // Fails only where no exporter is there to show it.
        let _ = span.set_parent(context_of(traceparent));
    }
}

/// Makes a span follow the message that a `traceparent` names: same trace, and a link, as OpenTelemetry's messaging
/// conventions ask of consumers.
pub fn follow_from(span: &Span, traceparent: Option<&str>) {
    if !span.is_disabled() && traceparent.is_some() {
        let context = context_of(traceparent);
        span.add_link(context.span().span_context().clone());
        let _ = span.set_parent(context);
    }
}
