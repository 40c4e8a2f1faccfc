//! `samflyt outbox`, as a system beside it has it: what was answered reaches the log once and in order, whoever is killed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;

use crate::http::{client, cloudevent};
use crate::process::{BINARY, HubProcess};

const STREAM: &str = "EVENTS_seljord";

/// The line between outbox and hub: one address, whatever hub is behind it, and none behind it where it is cut.
struct Line {
    address: SocketAddr,
    hub: watch::Sender<Option<SocketAddr>>,
}

impl Line {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (hub, behind) = watch::channel(None);
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let Some(hub) = *behind.borrow() else { continue };
                let mut cut = behind.clone();
                cut.mark_unchanged();
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(hub).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { address, hub }
    }

    fn leads_to(&self, hub: &HubProcess) {
        let address = hub.ready("grpc").strip_prefix("http://").unwrap().parse().unwrap();
        self.hub.send_replace(Some(address));
    }
}

struct OutboxProcess {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
    url: String,
    dir: PathBuf,
}

impl OutboxProcess {
    /// Beside a hub's folder, of which it has the operator's token.
    async fn start(dir: &Path, line: &Line, more: &[&str]) -> Self {
        let outbox = dir.join("outbox");
        let mut command = Command::new(BINARY);
        command
            .args(["outbox", "run", "--json", "--port", "0", "--tenant", "seljord"])
            .args(["--system", SELJORD.system, "--dir"])
            .arg(&outbox)
            .arg("--token-file")
            .arg(dir.join("operator-token"))
            .args(more)
            .env("SAMFLYT_ENDPOINT", format!("http://{}", line.address))
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready: Value = serde_json::from_str(&told.next_line().await.unwrap().unwrap()).unwrap();
        assert_eq!(ready["opened"]["damaged"], json!([]));
        let url = ready["url"].as_str().unwrap().to_owned();
        Self { child, told, url, dir: outbox }
    }

    fn door(&self) -> Door {
        let token = std::fs::read_to_string(self.dir.join("door-token")).unwrap().trim().to_owned();
        Door { client: client(), url: self.url.clone(), token }
    }

    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// The next of such a kind that it tells.
    async fn told(&mut self, what: &str) -> Value {
        loop {
            let line = self.told.next_line().await.unwrap().unwrap();
            let told: Value = serde_json::from_str(&line).unwrap();
            if told["what"] == what {
                return told;
            }
        }
    }
}

#[derive(Clone)]
struct Door {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Door {
    /// None where nobody answered.
    async fn put(&self, event: &Value) -> Option<(u16, Value)> {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let request = request.header("content-type", "application/cloudevents+json").body(event.to_string());
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&answer.text().await.ok()?).unwrap()))
    }

    async fn takes(&self, id: &str, case: &str) {
        let (status, answer) = self.put(&cloudevent(id, case)).await.unwrap();
        assert_eq!(status, 202, "{answer}");
    }
}

/// As `samflyt outbox status --json` tells it.
async fn status(dir: &Path) -> Value {
    let dir = dir.join("outbox");
    let output =
        Command::new(BINARY).args(["outbox", "status", "--json", "--dir"]).arg(dir).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status as soon as it is so: what was settled is told a moment later.
async fn status_when(dir: &Path, is_so: impl Fn(&Value) -> bool) -> Value {
    let told = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let told = status(dir).await;
            if is_so(&told) {
                return told;
            }
        }
    });
    told.await.expect("the status never became so")
}

/// The ids of the log by entity, in its order, as soon as it holds so many events.
async fn logged(hub: &HubProcess, count: u64) -> BTreeMap<String, Vec<String>> {
    let log = hub.log().await;
    let mut follower =
        log.follow(samflyt_log::Follow { stream: STREAM.to_owned(), after: 0, headers_only: true });
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for _ in 0..count {
        let next = tokio::time::timeout(Duration::from_secs(90), follower.next());
        let entry = next.await.unwrap_or_else(|_| panic!("not all came: {found:?}"));
        let header = |name: &str| entry.header(name).unwrap().to_owned();
        found.entry(header("ce-subject")).or_default().push(header("ce-id"));
    }
    found
}

fn in_order(cases: usize, each: usize) -> BTreeMap<String, Vec<String>> {
    let ids = |case: usize| (0..each).map(|n| format!("e-{case}-{n}")).collect();
    (0..cases).map(|case| (format!("case-{case}"), ids(case))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_put_that_was_answered_is_in_the_log_once_and_in_order_whoever_is_killed() {
    const CASES: usize = 5;
    const EACH: usize = 120;
    let dir = tempfile::tempdir().unwrap();
    let line = Line::new().await;
    let mut hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    line.leads_to(&hub);
    let mut outbox = OutboxProcess::start(dir.path(), &line, &[]).await;
    let (door, doors) = watch::channel(outbox.door());
    let (count, mut counted) = watch::channel(0_usize);
    let count = Arc::new(count);
    let putting: Vec<_> = (0..CASES)
        .map(|case| {
            let (mut doors, count) = (doors.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                for n in 0..EACH {
                    let event = cloudevent(&format!("e-{case}-{n}"), &format!("case-{case}"));
                    loop {
                        let door = doors.borrow_and_update().clone();
                        match door.put(&event).await {
                            Some((202, _)) => break,
                            Some(other) => panic!("{other:?}"),
                            // Killed: the system puts it again where the outbox is then.
                            None => doors.changed().await.unwrap(),
                        }
                    }
                    count.send_modify(|count| *count += 1);
                }
            })
        })
        .collect();
    for round in 1..=8 {
        counted.wait_for(|count| *count >= round * CASES * EACH / 9).await.unwrap();
        if round % 2 == 0 {
            hub.kill().await;
            hub = HubProcess::start(dir.path(), &[]).await;
            line.leads_to(&hub);
        } else {
            outbox.kill().await;
            outbox = OutboxProcess::start(dir.path(), &line, &[]).await;
            door.send_replace(outbox.door());
        }
    }
    for one in putting {
        one.await.unwrap();
    }
    assert_eq!(logged(&hub, (CASES * EACH) as u64).await, in_order(CASES, EACH));
    let state = hub.log().await.state(STREAM).await.unwrap().unwrap();
    assert_eq!(state.messages, (CASES * EACH) as u64, "nothing is there twice");
    outbox.kill().await;
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_line_events_wait_within_the_limit_and_go_out_when_it_is_back() {
    const CASES: usize = 3;
    const EACH: usize = 20;
    let dir = tempfile::tempdir().unwrap();
    let line = Line::new().await;
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    let more = ["--max-bytes", "24000"];
    let mut outbox = OutboxProcess::start(dir.path(), &line, &more).await;
    let door = outbox.door();
    for n in 0..EACH {
        for case in 0..CASES {
            door.takes(&format!("e-{case}-{n}"), &format!("case-{case}")).await;
        }
    }
    assert!(outbox.told("away").await["cause"].as_str().is_some_and(|cause| !cause.is_empty()));
    let mut beyond = 0;
    let full = loop {
        let (status, answer) = door.put(&cloudevent(&format!("x-{beyond}"), "case-x")).await.unwrap();
        match status {
            202 => beyond += 1,
            _ => break (status, answer),
        }
    };
    assert_eq!((full.0, &full.1["title"]), (503, &json!("OUTBOX_FULL")));
    let waiting = CASES * EACH + beyond;
    let detail = full.1["detail"].as_str().unwrap();
    assert!(
        detail.starts_with(&format!("the outbox is full: {waiting} events wait, the oldest since ")),
        "{detail}"
    );
    let told = status(dir.path()).await;
    assert_eq!(told["waiting"], waiting);
    assert!(told["bytes"].as_u64().unwrap() <= 24_000 && told["link"]["cause"].is_string(), "{told}");

    outbox.kill().await;
    line.leads_to(&hub);
    let mut outbox = OutboxProcess::start(dir.path(), &line, &more).await;
    let mut found = logged(&hub, waiting as u64).await;
    assert_eq!(found.remove("case-x").unwrap_or_default().len(), beyond);
    assert_eq!(found, in_order(CASES, EACH));

    // A disk without room: what waits goes out all the same.
    let position = dir.path().join("outbox/position.tmp");
    std::os::unix::fs::symlink("/dev/full", &position).unwrap();
    outbox.door().takes("last", "case-last").await;
    assert_eq!(logged(&hub, waiting as u64 + 1).await["case-last"], ["last"]);
    assert!(outbox.told("away").await["cause"].as_str().unwrap().contains("No space left"));
    std::fs::remove_file(&position).unwrap();
    outbox.told("goes-on").await;
    outbox.kill().await;
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_event_is_set_aside_with_its_reason_or_holds_back_its_entity_alone() {
    let dir = tempfile::tempdir().unwrap();
    let line = Line::new().await;
    let hub = HubProcess::start(dir.path(), &[]).await;
    register(&hub.operator().await, SELJORD).await;
    line.leads_to(&hub);
    let mut bad = cloudevent("bad-1", "case-1");
    bad["data"]["hours"] = json!(4711);

    let mut outbox = OutboxProcess::start(dir.path(), &line, &[]).await;
    let door = outbox.door();
    assert_eq!(
        door.put(&bad).await.unwrap().0,
        202,
        "what is on disk is answered, whatever the hub will say"
    );
    door.takes("good-1", "case-1").await;
    assert_eq!(outbox.told("refused").await["reason"], "CONTRACT_VIOLATED");
    assert_eq!(logged(&hub, 1).await["case-1"], ["good-1"]);
    let kept = std::fs::read(dir.path().join("outbox/refused/00000000000000000001.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["refusal"]["violations"][0]["field"], "/data/hours");
    assert_eq!(kept["event"], bad);
    outbox.kill().await;

    let mut outbox = OutboxProcess::start(dir.path(), &line, &["--hold-entity"]).await;
    let door = outbox.door();
    bad["id"] = json!("bad-2");
    assert_eq!(door.put(&bad).await.unwrap().0, 202);
    door.takes("behind-it", "case-1").await;
    assert_eq!(outbox.told("held").await["reason"], "CONTRACT_VIOLATED");
    door.takes("beside-it", "case-2").await;
    assert_eq!(logged(&hub, 2).await["case-2"], ["beside-it"]);
    let told = status_when(dir.path(), |told| told["waiting"] == 2).await;
    assert_eq!(told["refused"], 1, "{told}");
    let no_token = Door { token: "x".to_owned(), ..door };
    assert_eq!(no_token.put(&bad).await.unwrap().0, 401);
    outbox.kill().await;
    hub.kill().await;
}
