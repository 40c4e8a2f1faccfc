//! Are the hub's ports free, or held by a hub.

use std::net::{Ipv4Addr, TcpListener};

use super::check::Check;
use super::{http, hub};
use crate::cli::Remote;

const GRPC: u16 = 50_051;
const HTTP: u16 = 8_080;

pub(super) async fn grpc(remote: &Remote) -> Check {
    let name = "port 50051";
    if is_free(GRPC) {
        return Check::ok(name, "is free");
    }
    let local = Remote { endpoint: format!("http://127.0.0.1:{GRPC}"), ..remote.clone() };
    match hub::is_serving(&local).await {
        Ok(_) => Check::ok(name, "is held by a hub"),
        Err(_) => taken(name, "SAMFLYT_GRPC__LISTEN"),
    }
}

pub(super) async fn http() -> Check {
    let name = "port 8080";
    if is_free(HTTP) {
        return Check::ok(name, "is free");
    }
    let alive = async {
        let answer = http::get(&format!("http://127.0.0.1:{HTTP}/livez")).await?;
        http::body(answer).await
    };
    match alive.await {
        Ok(body) if body.starts_with(b"alive") => Check::ok(name, "is held by a hub"),
        _ => taken(name, "SAMFLYT_HTTP__LISTEN"),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn taken(name: &'static str, variable: &str) -> Check {
    Check::warn(
        name,
        "is held by another program",
        format!(
            "`samflyt up` cannot have it: stop that program, or set {variable}=127.0.0.1:0 for a free one"
        ),
    )
}
