//! What a service stands on: configuration, telemetry, authentication, lifecycle, gRPC bootstrap, the supervised local broker
