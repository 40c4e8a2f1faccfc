//! Projections of the log and the gRPC query layer over them
