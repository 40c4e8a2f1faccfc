//! A consumer that is down for a week, by the hub's clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use samflyt_proto::delivery as pb;
use samflyt_runtime::clock::{Clock, SystemClock};
use samflyt_runtime::refused::timestamp;
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::endpoint::{Endpoint, Posted, accepts};
use super::webhooks::{create, local, webhook};
use super::{CONSUMER, TYPE, publish_cases, status};
use crate::house::House;

const STEP: Duration = Duration::hours(6);
const CASES: usize = 6;

/// Goes as the machine's clock goes, which tells events of the catalogue apart, and can be put forward.
#[derive(Default)]
struct Ahead(Mutex<Duration>);

impl Ahead {
    fn advance(&self, step: Duration) {
        *self.0.lock().unwrap() += step;
    }
}

impl Clock for Ahead {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now() + *self.0.lock().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_down_for_a_week_gets_everything_when_it_is_back_and_nobody_else_waits_for_it() {
    let clock = Arc::new(Ahead::default());
    let hub = TestHub::start_by(clock.clone(), tempfile::tempdir().unwrap(), local).await;
    let house = House::furnish(hub).await;
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    let mut down = Endpoint::start(Some(|_| (StatusCode::BAD_GATEWAY, &[]))).await;
    let mut good = Endpoint::start(Some(accepts)).await;
    // With the usual limits: tried for three days, with pauses up to an hour.
    create(&house.operator, pb::Subscription { limits: None, ..webhook("down", &down.url) }).await;
    create(&house.operator, pb::Subscription { limits: None, ..webhook("good", &good.url) }).await;
    let (mut all, mut received) = (Vec::new(), BTreeSet::new());
    for step in 0..28 {
        // A token does not last for a week.
        let client = house.hub.operator().await;
        if step % 4 == 0 {
            let day = all.len()..all.len() + 2 * CASES;
            let published = publish_cases(&client, day, CASES).await;
            all.extend(published);
            while received.len() < all.len() {
                received.extend(good.take(1).await);
            }
        }
        clock.advance(STEP);
        let now = timestamp(clock.now());
        // It is tried once more and rests again, or there is nothing left to be tried.
        loop {
            let how = status(&client, "down").await;
            let rests = how.resting_until.is_some_and(|until| until.seconds > now.seconds);
            if rests || (how.held > 0 && how.held == how.dead_letters) {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let client = house.hub.operator().await;
    let how = status(&client, "down").await;
    assert!(how.dead_letters > 0 && how.last_failure.contains("502"), "{how:?}");
    down.answers.send_replace(Some(accepts));
    let mut last = BTreeMap::new();
    let mut got = BTreeSet::new();
    let mut take = |posted: &Posted| {
        // The clock may go past what is on its way: it comes twice then, and says so.
        if posted.status.is_success()
            && (got.insert(posted.sequence()) || posted.header("samflyt-redelivery").is_empty())
        {
            let case = posted.header("ce-subject").to_owned();
            assert!(last.insert(case, posted.sequence()).is_none_or(|one| one < posted.sequence()));
        }
        got.len()
    };
    loop {
        clock.advance(Duration::hours(2));
        let client = house.hub.operator().await;
        let tenant = SELJORD.tenant.to_owned();
        let redrive = pb::RedriveDeadLettersRequest { tenant, id: "down".to_owned(), which: None };
        client.delivery().redrive_dead_letters(redrive).await.unwrap();
        while let Ok(posted) = down.got.try_recv() {
            take(&posted);
        }
        let how = status(&client, "down").await;
        if how.lag == 0 && how.held == 0 {
            break;
        }
    }
    while let Ok(posted) = down.got.try_recv() {
        take(&posted);
    }
    assert_eq!(got.into_iter().collect::<Vec<_>>(), all);
    assert_eq!(received.into_iter().collect::<Vec<_>>(), all);
    house.hub.end().await;
}
