//! The exchange on a real broker.

use std::sync::Arc;

use futures::future::join_all;
use samflyt_events::{Reason, SystemId};
use samflyt_noark::fiks::MessageType;
use time::Duration;

use super::desk::Written;
use super::id::Part;
use super::testing::{Echo, NOON, World, read, write};

fn system() -> SystemId {
    SystemId::new("seljord-oppvekst").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_message_ten_times_at_once_and_after_a_restart_is_one_message_with_one_answer() {
    let world = World::new().await;
    let echo = Echo::open();
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    let all = join_all((0..10).map(|_| life.desk.accept(write("a")))).await;
    let accepted: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert!(accepted.iter().all(|one| one.id == accepted[0].id));
    assert_eq!(accepted.iter().filter(|one| !one.again).count(), 1);
    let (_, first) = life.answered(accepted[0].id).await;
    life.end().await;

    world.clock.advance(Duration::hours(30));
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    let again = life.desk.accept(write("a")).await.unwrap();
    assert!(again.again && again.id == accepted[0].id && again.received_at == NOON);
    assert_eq!(life.answered(again.id).await.1, first);
    let mut other = write("a");
    other.payload = "<arkivmelding/>".into();
    let refusal = life.desk.accept(other).await.unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.violations[0].field.as_str()),
        (Reason::IdReused, "/klientMeldingId")
    );
    assert_eq!(*echo.carried_out.lock(), ["a"]);
    assert_eq!(*echo.announced.lock(), ["a asked", "a ArkivmeldingOpprettKvittering"]);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_and_not_answered_is_answered_in_its_order_after_a_restart() {
    let world = World::new().await;
    let life = world.live(None).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(life.send(write(&number.to_string())).await);
    }
    life.end().await;
    let echo = Echo::open();
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    for id in &ids {
        let (row, answer) = life.answered(*id).await;
        assert_eq!(row.receipt.unwrap().kind, MessageType::ArkivmeldingOpprettMottatt);
        assert_eq!(answer.kind, MessageType::ArkivmeldingOpprettKvittering);
        assert!(answer.payload.unwrap().contains("Kari Nordmann"));
    }
    let in_order: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(*echo.carried_out.lock(), in_order);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_are_answered_while_a_write_takes_its_time() {
    let world = World::new().await;
    let echo = Echo::with_permits(0);
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    let slow = life.send(write("slow")).await;
    let quick = life.send(read("quick")).await;
    let (row, answer) = life.answered(quick).await;
    assert!(row.receipt.is_none() && answer.kind == MessageType::SokResultatUtvidet);
    assert!(life.desk.read(|index| index.row(slow).unwrap().answer.is_none()));
    echo.gate.add_permits(1);
    life.answered(slow).await;
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_expires_in_the_middle_of_the_queue_and_is_not_carried_out() {
    let world = World::new().await;
    let echo = Echo::with_permits(0);
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    let first = life.send(write("first")).await;
    let short = life.send(super::accept::Draft { ttl_s: Some(60), ..write("short") }).await;
    let last = life.send(write("last")).await;
    world.clock.advance(Duration::seconds(61));
    let (row, answer) = life.answered(short).await;
    assert_eq!(answer.kind.name(), "no.ks.fiks.kvittering.tidsavbrudd");
    assert_eq!((answer.payload, row.answer.unwrap().at), (None, NOON + Duration::seconds(61)));
    assert!(
        life.desk.read(|index| index.row(first).unwrap().answer.is_none()),
        "it is still being carried out"
    );
    echo.gate.add_permits(2);
    life.answered(last).await;
    assert_eq!(*echo.carried_out.lock(), ["first", "last"]);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_was_carried_out_before_a_crash_gets_its_answer_however_late() {
    let world = World::new().await;
    let life = world.live(None).await;
    let (done, not_done) = (life.send(write("done")).await, life.send(write("not done")).await);
    life.end().await;
    let echo = Echo::open();
    echo.carried_out.lock().push("done".to_owned());
    world.clock.advance(Duration::days(3));
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    assert_eq!(life.answered(done).await.1.kind, MessageType::ArkivmeldingOpprettKvittering);
    assert_eq!(life.answered(not_done).await.1.kind, MessageType::Tidsavbrudd);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_confirms_is_a_dead_reply_until_it_is_confirmed() {
    let world = World::new().await;
    let life = world.live(Some(Echo::open())).await;
    let id = life.send(write("a")).await;
    life.answered(id).await;
    let to_fetch = |life: &super::testing::Life| {
        let all = life.desk.to_fetch(&system(), (0, Part::Receipt), 10);
        all.into_iter().map(|(_, given)| given.part).collect::<Vec<_>>()
    };
    assert_eq!(to_fetch(&life), [Part::Receipt, Part::Answer]);
    assert_eq!(life.desk.confirm(id, Part::Receipt, NOON).await.unwrap(), Written::Now);
    assert_eq!(life.desk.confirm(id, Part::Receipt, NOON).await.unwrap(), Written::Before);
    let later = NOON + life.desk.config.answer_ttl();
    assert_eq!(life.desk.read(|index| (index.dead(NOON), index.dead(later))), (0, 1));
    life.end().await;

    world.clock.set(later);
    let life = world.live(None).await;
    assert_eq!(to_fetch(&life), [Part::Answer]);
    assert_eq!(life.desk.read(|index| index.dead(later)), 1);
    life.desk.confirm(id, Part::Answer, later).await.unwrap();
    assert_eq!((to_fetch(&life), life.desk.read(|index| index.dead(later))), (vec![], 0));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_and_may_pass_is_tried_again_and_what_stays_gets_a_server_error() {
    let world = World::new().await;
    let echo = Echo::open();
    let life = world.live(Some(Arc::<Echo>::clone(&echo))).await;
    *echo.failures.lock() = life.desk.config.tries - 1;
    let passing = life.send(write("passing")).await;
    assert_eq!(life.answered(passing).await.1.kind, MessageType::ArkivmeldingOpprettKvittering);
    *echo.failures.lock() = life.desk.config.tries;
    let staying = life.send(write("staying")).await;
    let (_, answer) = life.answered(staying).await;
    assert_eq!(answer.kind, MessageType::Serverfeil);
    assert!(answer.payload.unwrap().contains("feilId>"));
    let defect = life.send(write("defect")).await;
    assert_eq!(life.answered(defect).await.1.kind, MessageType::Serverfeil);
    let after = life.send(write("after")).await;
    assert_eq!(life.answered(after).await.1.kind, MessageType::ArkivmeldingOpprettKvittering);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_is_in_clear_in_the_log() {
    let world = World::new().await;
    let life = world.live(Some(Echo::open())).await;
    let id = life.send(write("sak for Kari Nordmann")).await;
    life.answered(id).await;
    life.end().await;
    let mut read = 0;
    let mut folders = vec![world.path().join("nats")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap_or_default();
            read += usize::from(bytes.windows(8).any(|window| window == b".seljord"));
            assert!(!bytes.windows(4).any(|window| window == b"Kari"), "{}", path.display());
        }
    }
    assert!(read > 0, "the log was not found");
}
