//! `samflyt status --subscriptions`: for each subscription what waits, since when, and how fast it goes.

use samflyt_proto::delivery::SubscriptionAndStatus;

use crate::cli::output::Table;
use crate::cli::{show, subscription};

pub(super) fn render(all: &[SubscriptionAndStatus]) -> String {
    let headings = [
        "tenant",
        "subscription",
        "consumer",
        "state",
        "#lag",
        "oldest",
        "#retrying",
        "#dead",
        "#/s",
        "#clients",
    ];
    let mut table = Table::new(&headings);
    for one in all {
        let (of, status) =
            (one.subscription.clone().unwrap_or_default(), one.status.clone().unwrap_or_default());
        table.row([
            of.tenant.as_str(),
            &of.id,
            &of.consumer,
            subscription::word(of.state()),
            &show::number(status.lag),
            &show::time(status.oldest_at.as_ref()),
            &show::number(status.retrying.into()),
            &show::number(status.dead_letters.into()),
            &format!("{:.1}", status.rate),
            &show::number(status.clients.into()),
        ]);
    }
    table.or("No subscription.")
}
