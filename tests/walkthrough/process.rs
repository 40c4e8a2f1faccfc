//! The binary as processes of its own: a hub to be killed or told to stop, and the command line beside it.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use samflyt::client::Client;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::http::client;

pub const BINARY: &str = env!("CARGO_BIN_EXE_samflyt");

pub struct HubProcess {
    child: Child,
    ready: Value,
}

impl HubProcess {
    /// `samflyt up` on a folder, with these variables beside.
    pub async fn start(dir: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = up(dir);
        command.envs(environment.iter().copied());
        Self::of(command).await
    }

    /// What [`up`] made, with more to it.
    pub async fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
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

    /// What the hub said when it was ready.
    pub fn ready(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// A command of the command line, at this hub, as its operator. Not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .env("SAMFLYT_ENDPOINT", self.ready("grpc"))
            .env("SAMFLYT_TOKEN", self.ready("operator_token"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// What the hub measures of Seljord, by the name of it at `/metrics`.
    pub async fn metric(&self, name: &str) -> Option<u64> {
        let url = format!("{}/metrics", self.ready("http"));
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        let of_seljord = |line: &&str| line.starts_with(&format!("{name}{{")) && line.contains("\"seljord\"");
        let line = text.lines().find(of_seljord)?;
        line.rsplit(' ').next()?.parse().ok()
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub fn nats(&self) -> (&str, &str, &str) {
        let text = |name: &str| self.ready["nats"][name].as_str().unwrap();
        (text("url"), text("hub_user"), text("hub_password"))
    }

    /// The log behind the hub.
    pub async fn log(&self) -> samflyt_log::Log {
        let (url, user, password) = self.nats();
        let config = samflyt_log::LogConfig {
            url: url.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
            ..Default::default()
        };
        samflyt_log::Log::connect(config).await.unwrap()
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        signal(&self.child, rustix::process::Signal::TERM);
    }

    pub async fn ended(mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }

    /// SIGKILL: the broker dies with it.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// `samflyt up` on a folder. Not started yet.
pub fn up(dir: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(["up", "--json", "--data-dir"])
        .arg(dir)
        .env("SAMFLYT_GRPC__LISTEN", "127.0.0.1:0")
        .env("SAMFLYT_HTTP__LISTEN", "127.0.0.1:0")
        .env("SAMFLYT_TELEMETRY__LOG_FILTER", "error")
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Sends a signal to a process that was not waited for yet.
pub fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}
