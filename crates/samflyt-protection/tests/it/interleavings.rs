//! Random histories against a plain model: who was erased when, and what has to be readable of each event.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samflyt_protection::{Classes, Person, Plan, pseudonym_of};
use serde_json::{Value, json};

use crate::harness::{Hub, Town, family_plan, number};

const CLASSES: [&str; 3] = ["case", "archive-duty", "access-log"];
const PERSONS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    /// An event about an applicant and a parent.
    Publish {
        hub: usize,
        class: usize,
        applicant: usize,
        parent: usize,
    },
    Erase {
        hub: usize,
        person: usize,
        classes: Vec<usize>,
    },
    /// A hub is started anew.
    Restart {
        hub: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let classes = prop::sample::subsequence(vec![0, 1, 2], 1..=3);
    prop_oneof![
        5 => (0..2usize, 0..3usize, 0..PERSONS, 0..PERSONS)
            .prop_map(|(hub, class, applicant, parent)| Step::Publish { hub, class, applicant, parent }),
        3 => (0..2usize, 0..PERSONS, classes)
            .prop_map(|(hub, person, classes)| Step::Erase { hub, person, classes }),
        1 => (0..2usize).prop_map(|hub| Step::Restart { hub }),
    ]
}

/// What a person is to the model: how often each class was erased, and how often the whole person was forgotten.
#[derive(Default)]
struct Model {
    erased: BTreeMap<(usize, usize), u32>,
    /// The classes that a person has keys of.
    held: BTreeMap<usize, BTreeSet<usize>>,
    forgotten: BTreeMap<usize, u32>,
}

struct Published {
    sealed: Value,
    data: Value,
    event: String,
    class: usize,
    /// Applicant and parent, with the state of the model when it was published.
    about: [(usize, u32, u32); 2],
}

impl Model {
    fn publish(&mut self, person: usize, class: usize) -> (usize, u32, u32) {
        self.held.entry(person).or_default().insert(class);
        let erased = self.erased.get(&(person, class)).copied().unwrap_or(0);
        (person, erased, self.forgotten.get(&person).copied().unwrap_or(0))
    }

    fn erase(&mut self, person: usize, classes: &[usize]) {
        let held = self.held.entry(person).or_default();
        let had_any = !held.is_empty();
        for class in classes {
            *self.erased.entry((person, *class)).or_default() += u32::from(held.remove(class));
        }
        *self.forgotten.entry(person).or_default() += u32::from(had_any && held.is_empty());
    }

    fn is_readable(&self, (person, erased, _): (usize, u32, u32), class: usize) -> bool {
        self.erased.get(&(person, class)).copied().unwrap_or(0) == erased
    }
}

async fn check(hubs: &[Hub], model: &Model, events: &[Published]) {
    // Pseudonyms connect what was published between two forgettings of a person, and nothing else.
    let mut names = BTreeMap::new();
    for published in events {
        let pseudonyms = [
            pseudonym_of(&published.sealed["applicant"]),
            pseudonym_of(&published.sealed["parents"][0]["id"]),
        ];
        for (about, pseudonym) in published.about.iter().zip(pseudonyms) {
            let first = names.entry((about.0, about.2)).or_insert(pseudonym);
            assert_eq!(*first, pseudonym);
        }
        let mut expected = BTreeSet::new();
        for (about, pointers) in
            published.about.iter().zip([["/applicant", "/name"], ["/parents/0/id", "/parents/0/name"]])
        {
            if !model.is_readable(*about, published.class) {
                expected.extend(pointers.map(str::to_owned));
            }
        }
        let mut data = published.data.clone();
        expected.iter().for_each(|pointer| *data.pointer_mut(pointer).unwrap() = Value::Null);
        for hub in hubs {
            let revealed = hub.reveal(&published.sealed, &published.event).await.unwrap();
            assert_eq!(revealed.data, data);
            assert_eq!(revealed.erased, expected.iter().cloned().collect::<Vec<_>>());
        }
    }
    let distinct: BTreeSet<_> = names.values().collect();
    assert_eq!(distinct.len(), names.len());
}

async fn play(town: &Town, tenant: &str, steps: &[Step]) {
    let plans: Vec<Plan> = CLASSES.iter().map(|class| family_plan(class)).collect();
    let mut hubs = vec![town.hub(tenant).await, town.hub(tenant).await];
    let (mut model, mut events) = (Model::default(), Vec::new());
    for (nth, step) in steps.iter().enumerate() {
        match step {
            Step::Publish { hub, class, applicant, parent } => {
                let who = |person: &usize| number(u32::try_from(*person).unwrap());
                let data = json!({
                    "applicant": who(applicant), "name": nth,
                    "parents": [{"id": who(parent), "name": [nth]}],
                });
                let event = format!("sys/{nth}");
                let (sealed, _) = hubs[*hub].protect(&data, &plans[*class], &event).await;
                let about = [model.publish(*applicant, *class), model.publish(*parent, *class)];
                events.push(Published { sealed, data, event, class: *class, about });
            }
            Step::Erase { hub, person, classes } => {
                let chosen: Vec<&str> = classes.iter().map(|class| CLASSES[*class]).collect();
                let who = Person::National(number(u32::try_from(*person).unwrap()));
                hubs[*hub].protection.erase(&who, Classes::Only(&chosen)).await.unwrap();
                model.erase(*person, classes);
                // The other hub hears of it by the same stream: starting it anew is as good as waiting.
                let other = 1 - hub;
                let fresh = town.hub(tenant).await;
                std::mem::replace(&mut hubs[other], fresh).stop().await;
            }
            Step::Restart { hub } => {
                let fresh = town.hub(tenant).await;
                std::mem::replace(&mut hubs[*hub], fresh).stop().await;
            }
        }
    }
    check(&hubs, &model, &events).await;
    for hub in hubs {
        hub.stop().await;
    }
}

#[test]
fn whatever_was_published_and_erased_what_is_readable_is_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let town = runtime.block_on(Town::start());
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(24) });
    let cases = std::cell::Cell::new(0);
    let result = runner.run(&prop::collection::vec(step(), 1..24), |steps| {
        cases.set(cases.get() + 1);
        runtime.block_on(play(&town, &format!("tenant-{}", cases.get()), &steps));
        Ok(())
    });
    result.unwrap();
}
