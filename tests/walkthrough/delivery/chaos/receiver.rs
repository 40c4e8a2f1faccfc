//! Who receives: what each of them wrote down, and how it is disturbed. Each kind is one function that starts it.

use std::future::pending;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part;
use samflyt_proto::delivery::consume_response::Part as Told;
use samflyt_testkit::hub::SELJORD;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::region::{Where, pause, up};
use crate::delivery::consumer::{Consumer, case, named, sequence};
use crate::delivery::endpoint::{Answers, Endpoint, accepts};
use crate::process::BINARY;

/// Before a hub that is not well is asked once more.
const AGAIN: Duration = Duration::from_millis(100);

/// An event that was received.
#[derive(Debug, Clone)]
pub struct Got {
    pub case: String,
    pub sequence: u64,
    /// It said that it may have come before.
    pub redelivery: bool,
    /// Before it was acknowledged, where that is known.
    pub at_ms: Option<i128>,
}

/// In the order in which they were received.
pub type Notes = Arc<Mutex<Vec<Got>>>;

/// What happens to one who receives.
#[derive(Debug, Clone, Copy)]
pub enum Disturbance {
    /// Gone, with what is on its way to it; it comes back.
    Cut,
    /// It does not stir, and its connection stands.
    Pause(Duration),
}

/// One of those who receive the events of a subscription. Dropped, it is gone.
pub struct Receiver {
    pub disturb: mpsc::Sender<Disturbance>,
    _task: JoinSet<()>,
}

impl Receiver {
    fn of<F: Future<Output = ()> + Send + 'static>(
        receive: impl FnOnce(mpsc::Receiver<Disturbance>) -> F,
    ) -> Self {
        let (disturb, disturbed) = mpsc::channel(1);
        let mut task = JoinSet::new();
        task.spawn(receive(disturbed));
        Self { disturb, _task: task }
    }
}

/// A client of `Consume`. Some events it says nothing of, and some it cannot take at the moment.
pub fn stream(hub: &Where, id: &str, notes: &Notes, seed: u64) -> Receiver {
    let (mut hub, id, notes) = (hub.clone(), id.to_owned(), Arc::clone(notes));
    let mut chance = StdRng::seed_from_u64(seed);
    Receiver::of(|mut disturbed| async move {
        loop {
            let client = up(&mut hub).await.client;
            let Ok(mut consumer) = Consumer::start(&client, &id, 8).await else {
                tokio::time::sleep(AGAIN).await;
                continue;
            };
            // Until it is cut, or the hub is gone.
            loop {
                tokio::select! {
                    disturbance = disturbed.recv() => match disturbance {
                        Some(Disturbance::Pause(away)) => tokio::time::sleep(away).await,
                        Some(Disturbance::Cut) => break,
                        None => return,
                    },
                    told = consumer.next_part() => match told {
                        Ok(Told::Delivery(delivery)) => {
                            note(&notes, &delivery);
                            if let Some(part) = verdict(&delivery, &mut chance) {
                                consumer.say_if_heard(part).await;
                            }
                        }
                        Ok(_) => {}
                        Err(_) => break,
                    },
                }
            }
        }
    })
}

fn note(notes: &Notes, delivery: &pb::Delivery) {
    let now_ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    notes.lock().unwrap().push(Got {
        case: case(delivery).to_owned(),
        sequence: sequence(delivery),
        redelivery: delivery.redelivery,
        at_ms: Some(now_ms),
    });
}

/// What is said of an event, if anything is.
fn verdict(delivery: &pb::Delivery, chance: &mut StdRng) -> Option<Part> {
    match chance.random_range(0..60) {
        0 => None,
        1 => Some(Part::Fail(pb::Failed { delivery: Some(named(delivery)), reason: "busy".to_owned() })),
        _ => Some(Part::Acknowledge(pb::Settled { deliveries: vec![named(delivery)] })),
    }
}

/// `samflyt subscription consume`, a process of its own.
pub fn process(hub: &Where, id: &str, notes: &Notes) -> Receiver {
    let (mut hub, id, notes) = (hub.clone(), id.to_owned(), Arc::clone(notes));
    Receiver::of(|mut disturbed| async move {
        loop {
            let at = up(&mut hub).await;
            let mut child = Command::new(BINARY)
                .args(["subscription", "consume", &id, "--tenant", SELJORD.tenant])
                .env("SAMFLYT_ENDPOINT", &at.endpoint)
                .env("SAMFLYT_TOKEN", &at.token)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // Until all that it wrote is read: also where it was killed.
            loop {
                tokio::select! {
                    line = lines.next_line() => match line.unwrap() {
                        Some(line) => notes.lock().unwrap().extend(got(&line)),
                        None => break,
                    },
                    disturbance = disturbed.recv() => match disturbance {
                        Some(Disturbance::Cut) => child.start_kill().unwrap(),
                        Some(Disturbance::Pause(away)) => pause(child.id().unwrap(), away).await,
                        None => return,
                    },
                }
            }
            child.wait().await.unwrap();
            tokio::time::sleep(AGAIN).await;
        }
    })
}

/// A line that the process wrote; one that a kill broke off was never acknowledged.
fn got(line: &str) -> Option<Got> {
    let told: Value = serde_json::from_str(line).ok()?;
    Some(Got {
        case: told["event"]["event"]["subject"].as_str()?.to_owned(),
        sequence: told["event"]["sequence"].as_u64()?,
        redelivery: told["redelivery"].as_bool()?,
        at_ms: None,
    })
}

const TAKES_NOTHING: Answers = |_| (StatusCode::SERVICE_UNAVAILABLE, &[]);

/// An endpoint that events are posted to. Disturbed, it takes nothing for a while.
pub fn webhook(endpoint: Endpoint, notes: &Notes) -> Receiver {
    let notes = Arc::clone(notes);
    Receiver::of(|mut disturbed| async move {
        // All of it is taken along: without this only the parts that are named are, and it stops serving.
        let mut endpoint = endpoint;
        let mut back_at = None;
        loop {
            let back = async {
                match back_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                posted = endpoint.got.recv() => {
                    let Some(posted) = posted else { return };
                    if posted.status.is_success() {
                        notes.lock().unwrap().push(Got {
                            case: posted.header("ce-subject").to_owned(),
                            sequence: posted.sequence(),
                            redelivery: posted.header("samflyt-redelivery") == "true",
                            at_ms: None,
                        });
                    }
                }
                disturbance = disturbed.recv() => {
                    let away = match disturbance {
                        Some(Disturbance::Pause(away)) => away,
                        Some(Disturbance::Cut) => Duration::from_secs(1),
                        None => return,
                    };
                    endpoint.answers.send_replace(Some(TAKES_NOTHING));
                    back_at = Some(tokio::time::Instant::now() + away);
                }
                () = back => {
                    endpoint.answers.send_replace(Some(accepts));
                    back_at = None;
                }
            }
        }
    })
}
