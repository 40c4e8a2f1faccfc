//! What people are asked for twice.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_proto::lineage::{CollectedTwice, FindCollectedTwiceRequest};

use crate::cli::Table;
use crate::client::Client;
use crate::demo::publish::Totals;
use crate::demo::show::heading;

const ROWS_MAX: usize = 8;
const SOURCES_MAX: usize = 3;
/// Forms and kindergartens both ask for it, in every municipality.
const SURELY: &str = "person.address";

pub(super) async fn page(operator: &Client, totals: &[Totals]) -> anyhow::Result<bool> {
    heading("What people are asked for twice");
    let request = FindCollectedTwiceRequest::default();
    let mut stream = operator.insight().find_collected_twice(request).await?.into_inner();
    let mut all = Vec::new();
    while let Some(message) = stream.message().await? {
        all.extend(message.collected);
    }
    all.sort_by_key(|twice| std::cmp::Reverse(twice.events));
    let mut table = Table::new(&["municipality", "concept", "#times asked", "by", "could be reused from"]);
    for twice in all.iter().take(ROWS_MAX) {
        table.row([&twice.tenant, &twice.concept, &twice.events.to_string(), &by(twice), &reusable(twice)]);
    }
    print!("{}", table.render());
    let concepts: BTreeSet<&str> = all.iter().map(|twice| twice.concept.as_str()).collect();
    println!(
        "{} findings in all, of {} concepts: {}",
        all.len(),
        concepts.len(),
        concepts.into_iter().collect::<Vec<_>>().join(", ")
    );
    let mut right = true;
    for of in totals {
        if !all.iter().any(|twice| twice.tenant == of.tenant && twice.concept == SURELY) {
            println!("NOT AS DECLARED: {SURELY} is collected twice in {}, and was not found", of.tenant);
            right = false;
        }
    }
    Ok(right)
}

/// The event types by which it is asked for; the system's own name says where.
fn by(twice: &CollectedTwice) -> String {
    let each = twice.collectors.iter().map(|of| format!("{} {}", short(&of.system), of.events));
    each.collect::<Vec<_>>().join(", ")
}

/// Each system once; those first that an agreement allows already.
fn reusable(twice: &CollectedTwice) -> String {
    let mut systems: BTreeMap<&str, bool> = BTreeMap::new();
    for source in twice.collectors.iter().flat_map(|of| &of.reusable_from) {
        *systems.entry(short(&source.system)).or_default() |= !source.agreement.is_empty();
    }
    let mut systems: Vec<(&str, bool)> = systems.into_iter().collect();
    systems.sort_by_key(|(_, agreed)| !agreed);
    let texts = systems.iter().take(SOURCES_MAX).map(|(system, agreed)| {
        format!("{system} ({})", if *agreed { "agreed already" } else { "no agreement yet" })
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// Without the host, which stands beside it.
fn short(system: &str) -> &str {
    system.split_once('-').map_or(system, |(_, slug)| slug)
}
