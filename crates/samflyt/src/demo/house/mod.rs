//! What the hub makes of the week and the catalogue together: drift, what is collected twice, a change before it is
//! decided, and what leaders ask for.

mod change;
mod collected;
mod drift;
mod overview;

use samflyt_proto::lineage::GetStatusRequest;

use super::catalogue::{Drift, House};
use super::publish::Totals;
use super::show::at_least;
use super::week::Week;
use crate::client::Client;

/// Prints it all; says whether the hub finds what the data declares.
pub(super) async fn pages(
    operator: &Client,
    house: &House,
    expected: &Drift,
    week: &Week,
    totals: &[Totals],
) -> anyhow::Result<bool> {
    folded(operator, totals).await?;
    let drifts = drift::page(operator, expected).await?;
    let collected = collected::page(operator, totals).await?;
    let rehearsed = change::page(operator, house, week).await?;
    overview::page(operator).await?;
    Ok(drifts && collected && rehearsed)
}

/// Waits until lineage has folded the whole week.
async fn folded(operator: &Client, totals: &[Totals]) -> anyhow::Result<()> {
    for of in totals {
        let request =
            GetStatusRequest { tenants: vec![of.tenant.clone()], at_least: at_least(totals, &of.tenant) };
        operator.lineage().get_status(request).await?;
    }
    Ok(())
}

/// `12 flows, 1 agreement`, of what there is any of.
fn counted<'n>(counts: impl IntoIterator<Item = (u64, &'n str, &'n str)>) -> String {
    let some = counts.into_iter().filter(|(count, ..)| *count > 0);
    let texts = some.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
    texts.collect::<Vec<_>>().join(", ")
}
