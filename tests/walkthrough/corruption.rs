//! Promise 3: the log is the truth. Whatever happens to the projections' files, the answers are the same, or say that they
//! are being made again; never silently wrong.

use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, TestHub};

use crate::answers::{all_answers, publish, settled};

const EVENTS: u64 = 400;

/// How many times the files are damaged; `SAMFLYT_TEST_SEEDS` asks for more.
fn seeds() -> u64 {
    std::env::var("SAMFLYT_TEST_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}

/// The files of the projections, largest first.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.join("lineage"), dir.join("gateway")];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.retain(|path| path.metadata().unwrap().len() > 0);
    found.sort();
    assert!(!found.is_empty(), "there are no projections to damage");
    found
}

fn damage(dir: &Path, seed: u64) -> String {
    let mut chance = StdRng::seed_from_u64(seed);
    let files = files(dir);
    match seed {
        0 => {
            std::fs::remove_dir_all(dir.join("lineage")).unwrap();
            std::fs::remove_dir_all(dir.join("gateway")).unwrap();
            "deleted".to_owned()
        }
        1 => {
            for path in files {
                let length = path.metadata().unwrap().len();
                std::fs::File::options().write(true).open(path).unwrap().set_len(length / 2).unwrap();
            }
            "truncated".to_owned()
        }
        _ => {
            for path in files {
                let mut bytes = std::fs::read(&path).unwrap();
                let at = chance.random_range(0..bytes.len());
                bytes[at] ^= 1 << chance.random_range(0..8);
                std::fs::write(&path, bytes).unwrap();
            }
            "a bit flipped in every file".to_owned()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_projections_give_the_same_answers_after_the_start() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let requests = (0..EVENTS).map(|n| {
        let mut event = event(SELJORD, &format!("e-{n}"), &format!("case-{}", n % 9));
        if n % 3 > 0 {
            event.causation_id = format!("seljord-oppvekst/e-{}", n - 1);
        }
        request(event)
    });
    let mut answers =
        client.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    while let Some(answer) = answers.message().await.unwrap() {
        settled(answer).unwrap();
    }
    let before = all_answers(&client, "seljord", EVENTS).await;
    let mut dir = hub.end().await;
    for seed in 0..seeds() {
        let what = damage(dir.path(), seed);
        let hub = TestHub::start_in(dir, |_| {}).await;
        let client = hub.client_of(SELJORD).await;
        assert_eq!(all_answers(&client, "seljord", EVENTS).await, before, "seed {seed}: {what}");
        let again = publish(&client, event(SELJORD, "e-0", "case-0")).await.unwrap();
        assert_eq!((again.sequence, again.duplicate), (1, true), "seed {seed}: {what}");
        dir = hub.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_beside_the_old_gives_the_same_answers() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    for n in 0..50 {
        publish(&client, event(SELJORD, &format!("e-{n}"), "case-1")).await.unwrap();
    }
    let before = all_answers(&client, "seljord", 50).await;
    let mut lineage = hub.operator().await.lineage();
    let request = samflyt_proto::lineage::RebuildProjectionRequest {};
    let mut progress = lineage.rebuild_projection(request).await.unwrap().into_inner();
    let mut done = false;
    while let Some(now) = progress.message().await.unwrap() {
        assert!(now.folded <= now.head || now.done);
        done = now.done;
        assert_eq!(all_answers(&client, "seljord", 50).await, before, "also while it is being built");
    }
    assert!(done);
    assert_eq!(all_answers(&client, "seljord", 50).await, before);
    hub.end().await;
}
