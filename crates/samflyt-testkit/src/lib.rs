//! For tests: a real nats-server per test, the hub in process, generators
