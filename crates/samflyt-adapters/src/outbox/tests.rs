//! An outbox on a real disk, without a hub.

use samflyt_runtime::SystemClock;

use super::*;

fn limits(bytes_max: u64) -> Limits {
    Limits { bytes_max, tenant: "seljord".to_owned(), system: "seljord-gat".to_owned() }
}

fn open(dir: &Path, bytes_max: u64) -> (Outbox, Opened) {
    Outbox::open(dir, limits(bytes_max), SystemClock::shared()).unwrap()
}

fn event(id: usize) -> Vec<u8> {
    let text =
        format!(r#"{{"specversion":"1.0","id":"e-{id}","type":"no.samflyt.a.b","subject":"c-{}"}}"#, id % 3);
    text.into_bytes()
}

const ROOM: u64 = 1 << 20;

#[tokio::test]
async fn what_was_put_is_there_after_the_outbox_was_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), ROOM);
    let puts = (0..100).map(event).collect::<Vec<_>>();
    let receipts = outbox.put_all(puts.iter().map(Vec::as_slice)).await;
    let numbers: Vec<u64> = receipts.into_iter().map(|receipt| receipt.unwrap().number).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>(), "in the order in which they were put");
    let busy = Outbox::open(dir.path(), limits(ROOM), SystemClock::shared()).unwrap_err();
    assert_eq!(busy.to_string(), "another process has this outbox open");
    drop(outbox);
    let (outbox, opened) = open(dir.path(), ROOM);
    assert_eq!(opened, Opened { waiting: 100, ..Opened::default() });
    let kept = outbox.shared.event(8).unwrap().unwrap();
    let kept = crate::cloudevent::parse(&kept, false).unwrap();
    assert_eq!(
        (kept.id.as_str(), kept.tenant.as_str(), kept.system.as_str()),
        ("e-7", "seljord", "seljord-gat")
    );
    assert_eq!(outbox.put(&event(100)).await.unwrap().number, 101);
}

#[tokio::test]
async fn what_is_settled_is_not_there_any_more_and_its_number_is_not_given_again() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), ROOM);
    for id in 0..3 {
        outbox.put(&event(id)).await.unwrap();
    }
    let refusal = Refusal { reason: "CONTRACT_VIOLATED".to_owned(), ..Refusal::default() };
    outbox.shared.book().settle(1);
    // As a kill leaves it: the reason is written, and no position.
    outbox.shared.set_aside(2, &refusal).unwrap();
    std::fs::remove_file(dir.path().join("position")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for part in ["segments", "refused"] {
        std::fs::create_dir(copy.path().join(part)).unwrap();
        for file in std::fs::read_dir(dir.path().join(part)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.path().join(part).join(file.file_name())).unwrap();
        }
    }
    let (killed, opened) = open(copy.path(), ROOM);
    assert_eq!(opened.waiting, 2, "what is refused is not sent again; what was accepted is, harmlessly");
    assert_eq!(killed.put(&event(3)).await.unwrap().number, 4);

    outbox.shared.book().settle(3);
    drop(outbox);
    assert_eq!(std::fs::read_dir(dir.path().join("segments")).unwrap().count(), 0);
    let (outbox, opened) = open(dir.path(), ROOM);
    assert_eq!(opened.waiting, 0);
    assert_eq!(outbox.put(&event(4)).await.unwrap().number, 4);
    let status = status(dir.path()).unwrap();
    assert_eq!((status.waiting, status.refused, status.damaged), (1, 1, 0));
}

#[tokio::test]
async fn a_full_outbox_says_how_much_waits_and_takes_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), 4_096);
    let mut taken = 0;
    let full = loop {
        match outbox.put(&event(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    let text = full.to_string();
    assert!(
        text.starts_with(&format!("the outbox is full: {taken} events wait, the oldest since 2")),
        "{text}"
    );
    assert!(text.contains("--max-bytes"), "{text}");
    assert!(outbox.shared.book().bytes() <= 4_096);
    (1..=taken as u64 / 2).for_each(|number| outbox.shared.book().settle(number));
    outbox.put(&event(taken)).await.unwrap();
}

#[tokio::test]
async fn of_events_put_together_none_is_taken_behind_one_that_has_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), 1_024);
    let large = |id: usize| {
        let event = String::from_utf8(event(id)).unwrap();
        event.replace('}', &format!(r#","data":"{}"}}"#, "x".repeat(900))).into_bytes()
    };
    let events = [event(0), large(3), event(6)];
    let outcomes = outbox.put_all(events.iter().map(Vec::as_slice)).await;
    assert!(
        matches!(outcomes[..], [Ok(_), Err(PutError::Full { .. }), Err(PutError::Full { .. })]),
        "{outcomes:?}"
    );
    assert!(outbox.put(&events[2]).await.is_ok(), "there was room for it");
}

#[tokio::test]
async fn what_is_settled_makes_room_where_the_position_cannot_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), 4_096);
    for id in 0..20 {
        outbox.put(&event(id)).await.unwrap();
    }
    let segments = || std::fs::read_dir(dir.path().join("segments")).unwrap().count();
    assert!(segments() > 2);
    (1..=20).for_each(|number| outbox.shared.book().settle(number));
    std::os::unix::fs::symlink("/dev/full", dir.path().join("position.tmp")).unwrap();
    assert_eq!(outbox.shared.save().unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(segments(), 1, "the one that is written to");
    assert!(outbox.shared.book().unsaved);
}

#[tokio::test]
async fn a_position_that_is_not_as_it_was_written_settles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), ROOM);
    for id in 0..3 {
        outbox.put(&event(id)).await.unwrap();
    }
    drop(outbox);
    let path = dir.path().join("position");
    let position = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, position.replace("\"below\":1", "\"below\":9")).unwrap();
    assert_ne!(std::fs::read_to_string(&path).unwrap(), position);
    assert_eq!(open(dir.path(), ROOM).1.waiting, 3);
}

#[tokio::test]
async fn a_torn_record_is_cut_off_and_a_damaged_one_is_named_and_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), ROOM);
    for id in 0..3 {
        outbox.put(&event(id)).await.unwrap();
    }
    drop(outbox);
    let path = disk::segment(dir.path(), 1);
    let mut bytes = std::fs::read(&path).unwrap();
    let whole = bytes.len();
    bytes[40] ^= 1;
    let torn = bytes[..30].to_vec();
    bytes.extend_from_slice(&torn);
    std::fs::write(&path, &bytes).unwrap();
    let (outbox, opened) = open(dir.path(), ROOM);
    assert_eq!((opened.waiting, opened.cut_off_bytes), (2, 30));
    assert_eq!(opened.damaged, ["00000000000000000001-0.bin"]);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), whole as u64);
    let aside = dir.path().join("damaged").join(&opened.damaged[0]);
    assert_eq!(std::fs::read(aside).unwrap(), bytes[..whole / 3]);
    assert_eq!(outbox.put(&event(9)).await.unwrap().number, 4);
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let (outbox, _) = open(dir.path(), ROOM);
    for (text, field) in
        [("SECRET", ""), (r#"{"specversion":"1.0"}"#, "/id"), (r#"{"id":"a"}"#, "/specversion")]
    {
        let PutError::Invalid(refusal) = outbox.put(text.as_bytes()).await.unwrap_err() else {
            panic!("{text}")
        };
        assert_eq!(refusal.violations[0].field, field);
        assert!(!refusal.to_string().contains("SECRET"));
    }
    assert_eq!(outbox.waiting(), 0);
}
