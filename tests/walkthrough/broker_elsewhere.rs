//! `samflyt up --nats`: a hub on a broker that runs already, and what it says of one that is of no use.

use std::process::Stdio;

use samflyt_testkit::broker::TestBroker;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, register};

use crate::answers::{all_answers, publish};
use crate::process::{HubProcess, up};

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_stands_on_a_broker_that_runs_already_and_leaves_it_running() {
    let (broker, dir) = (TestBroker::start().await.unwrap(), tempfile::tempdir().unwrap());
    let environment = [
        ("SAMFLYT_NATS__URL", broker.url.as_str()),
        ("SAMFLYT_NATS__USER", &broker.hub_user),
        ("SAMFLYT_NATS__PASSWORD", &broker.hub_password),
    ];
    let hub = HubProcess::start(dir.path(), &environment).await;
    assert_eq!(hub.nats().0, broker.url);
    register(&hub.operator().await, SELJORD).await;
    let receipt = publish(&hub.operator().await, event(SELJORD, "e", "case-1")).await.unwrap();
    let before = all_answers(&hub.operator().await, "seljord", receipt.sequence).await;
    hub.terminate();
    assert!(hub.ended().await.success());
    assert!(!dir.path().join("broker").exists(), "no broker of its own");

    // Another hub, with a folder of its own and the same log, by the option this time.
    let other = tempfile::tempdir().unwrap();
    let key = std::fs::copy(dir.path().join("digest.key"), other.path().join("digest.key"));
    assert!(key.is_ok());
    let mut command = up(other.path());
    command.args(["--nats", &broker.url]).envs(environment.into_iter().skip(1));
    let hub = HubProcess::of(command).await;
    let again = publish(&hub.operator().await, event(SELJORD, "e", "case-1")).await.unwrap();
    assert_eq!((again.sequence, again.duplicate), (receipt.sequence, true));
    assert_eq!(all_answers(&hub.operator().await, "seljord", receipt.sequence).await, before);
    hub.terminate();
    assert!(hub.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_of_no_use_is_told_with_what_to_do_and_without_the_password() {
    let broker = TestBroker::start().await.unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("nats://{}", silent.local_addr().unwrap());
    drop(silent);
    let with_password = broker.url.replace("nats://", "nats://hub:SECRET@");
    let (url, user) = (broker.url.as_str(), broker.hub_user.as_str());
    for (url, user, password, expected) in [
        (url, user, "SECRET", "does not let the user `hub` in: check `nats.user` and `nats.password`"),
        (&nobody, user, "SECRET", "no broker answers at nats://127.0.0.1:"),
        (&with_password, user, "SECRET", "`nats.url` holds a user or a password"),
        ("http://127.0.0.1:1", user, "SECRET", "write nats://HOST:PORT"),
        // The account of this user has no JetStream.
        (url, &broker.sys_user, &broker.sys_password, "enable `jetstream` in the broker's configuration"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut command = up(dir.path());
        command.args(["--nats", url]).env("SAMFLYT_NATS__USER", user).env("SAMFLYT_NATS__PASSWORD", password);
        let output = command.stderr(Stdio::piped()).output().await.unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("SECRET") && !told.contains(&broker.sys_password), "{told}");
        assert!(output.stdout.is_empty(), "it never says that it is ready");
    }
}
