//! Events in: gRPC, CloudEvents over HTTP, CloudEvents over NATS
