//! A hub as a process of its own, to be killed.

use std::path::Path;
use std::process::Stdio;

use samflyt::client::Client;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub struct HubProcess {
    child: Child,
    ready: Value,
}

impl HubProcess {
    /// `samflyt up` on a folder, with these variables beside.
    pub async fn start(dir: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_samflyt"))
            .args(["up", "--json", "--data-dir"])
            .arg(dir)
            .env("SAMFLYT_GRPC__LISTEN", "127.0.0.1:0")
            .env("SAMFLYT_HTTP__LISTEN", "127.0.0.1:0")
            .env("SAMFLYT_TELEMETRY__LOG_FILTER", "error")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the hub says when it is ready");
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    pub async fn client(&self, token: &str) -> Client {
        Client::connect(self.ready["grpc"].as_str().unwrap(), token).await.unwrap()
    }

    pub async fn operator(&self) -> Client {
        self.client(self.ready["operator_token"].as_str().unwrap()).await
    }

    pub fn nats(&self) -> (&str, &str, &str) {
        let text = |name: &str| self.ready["nats"][name].as_str().unwrap();
        (text("url"), text("hub_user"), text("hub_password"))
    }

    /// SIGKILL: the broker dies with it.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
