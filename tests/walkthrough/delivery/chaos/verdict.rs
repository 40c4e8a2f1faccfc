//! What each was entitled to, held against what they wrote down, and against what lineage tells.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use samflyt::client::Client;
use samflyt_proto::lineage as asked;
use samflyt_proto::lineage::DeliveryState;
use samflyt_testkit::hub::SELJORD;

use super::publisher::Accepted;
use super::receiver::Got;

/// What a subscription must have, and what it may have.
pub struct Entitled {
    pub must: BTreeSet<u64>,
    pub may: BTreeSet<u64>,
}

/// All of it, in order per case, nothing beyond, and twice only where it said so. Gives how many came again.
pub fn check(id: &str, got: &[Got], entitled: &Entitled) -> usize {
    let mut last_of_case: HashMap<&str, u64> = HashMap::new();
    let mut times: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for one in got {
        let (count, unmarked) = times.entry(one.sequence).or_default();
        (*count, *unmarked) = (*count + 1, *unmarked + usize::from(!one.redelivery));
        assert!(*unmarked < 2, "{id}: {one:?} came again, and does not say so");
        if *count == 1 {
            let before = last_of_case.insert(&one.case, one.sequence).unwrap_or(0);
            assert!(before < one.sequence, "{id}: {one:?} came after {before}");
        }
    }
    let received: BTreeSet<u64> = times.keys().copied().collect();
    let missing: Vec<_> = entitled.must.difference(&received).collect();
    let beyond: Vec<_> = received.difference(&entitled.may).collect();
    assert!(missing.is_empty() && beyond.is_empty(), "{id}: missing {missing:?}, beyond {beyond:?}");
    got.len() - received.len()
}

/// What lineage says of an event, when it has folded all that it knows of and nothing is on its way.
async fn deliveries(client: &Client, event: &Accepted, last: u64) -> Vec<asked::EventDelivery> {
    let request = asked::GetDeliveriesRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        event_id: event.id.clone(),
        at_least: Some(asked::AtLeast { tenant: SELJORD.tenant.to_owned(), sequence: last }),
    };
    let open = [DeliveryState::OnItsWay, DeliveryState::NotLookedAt, DeliveryState::HeldBack];
    loop {
        let answer = client.lineage().get_deliveries(request.clone()).await.unwrap().into_inner();
        let positions = answer.completeness.unwrap().positions;
        let told = positions.iter().find(|position| position.stream == "DELIVERY_seljord");
        let is_whole = told.is_some_and(|told| told.sequence > 0 && told.lag_events == 0);
        if is_whole && !answer.deliveries.iter().any(|one| open.contains(&one.state())) {
            assert_eq!(answer.event.unwrap().sequence, event.sequence);
            return answer.deliveries;
        }
        tokio::task::yield_now().await;
    }
}

/// Event by event, lineage tells of each subscription what it wrote down itself.
pub async fn check_lineage(client: &Client, events: &[Accepted], got: &BTreeMap<String, Vec<Got>>) {
    let mut noted: HashMap<(&str, u64), Vec<&Got>> = HashMap::new();
    for (id, got) in got {
        for one in got {
            noted.entry((id, one.sequence)).or_default().push(one);
        }
    }
    let last = events.iter().map(|event| event.sequence).max().unwrap();
    for event in events {
        let told = deliveries(client, event, last).await;
        let mut of_it: BTreeSet<&str> = BTreeSet::new();
        for one in &told {
            of_it.insert(&one.subscription);
            let got = noted.get(&(&*one.subscription, event.sequence)).map_or(&[][..], Vec::as_slice);
            check_one(one, got, event);
        }
        for id in got.keys().filter(|id| !of_it.contains(id.as_str())) {
            let got = noted.get(&(id, event.sequence));
            assert!(got.is_none(), "lineage does not tell of it: {id}: {got:?}");
        }
    }
}

fn check_one(told: &asked::EventDelivery, got: &[&Got], event: &Accepted) {
    let context = || format!("{event:?}: lineage tells {told:?}, and {got:?} was written down");
    match told.state() {
        DeliveryState::Received => {
            assert!(!got.is_empty(), "{}", context());
            let at = told.at.as_ref().unwrap();
            let at_ms = i128::from(at.seconds) * 1_000 + i128::from(at.nanos) / 1_000_000;
            assert!(got[0].at_ms.is_none_or(|got| got <= at_ms), "{}", context());
        }
        // It may have come all the same, where its word did not arrive.
        DeliveryState::Withheld => assert!(got.is_empty() || told.repeated, "{}", context()),
        _ => panic!("{}", context()),
    }
    assert!(got.len() < 2 || told.repeated, "{}", context());
}
