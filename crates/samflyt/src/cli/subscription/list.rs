//! `samflyt subscription list`, and how a subscription is shown.

use std::process::ExitCode;

use samflyt_proto::delivery::{Flow, ListSubscriptionsRequest, SubscriptionAndStatus, SubscriptionState};
use serde_json::{Value, json};

use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt subscription list --tenant seljord")]
pub(super) struct List {
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// With those that have ended
    #[arg(long)]
    ended: bool,
}

impl List {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = ListSubscriptionsRequest { tenant: self.tenant, ended: self.ended };
        let answer = remote.delivery().await?.list_subscriptions(request).await.map_err(Failure::from)?;
        let all = answer.into_inner().subscriptions;
        if json {
            print_json(&Value::from(all.iter().map(to_json).collect::<Vec<_>>()))?;
        } else {
            print(&render(&all))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn render(all: &[SubscriptionAndStatus]) -> String {
    let headings = [
        "subscription",
        "consumer",
        "state",
        "#lag",
        "#in flight",
        "#held",
        "#retrying",
        "#dead",
        "#/s",
        "oldest",
        "clients",
    ];
    let mut table = Table::new(&headings);
    let mut notes = String::new();
    for one in all {
        let (of, status) =
            (one.subscription.clone().unwrap_or_default(), one.status.clone().unwrap_or_default());
        table.row([
            of.id.as_str(),
            &of.consumer,
            word(of.state()),
            &show::number(status.lag),
            &show::number(status.in_flight.into()),
            &show::number(status.held.into()),
            &show::number(status.retrying.into()),
            &show::number(status.dead_letters.into()),
            &format!("{:.1}", status.rate),
            &show::time(status.oldest_at.as_ref()),
            &show::number(status.clients.into()),
        ]);
        let named = |flow: &Flow| format!("{} from {}", plain(&flow.r#type), plain(&flow.provider));
        if !status.uncovered.is_empty() {
            let flows: Vec<_> = status.uncovered.iter().map(named).collect();
            notes += &format!("{}: no agreement covers {}\n", plain(&of.id), flows.join(", "));
        }
        if status.resting_until.is_some() {
            let until = show::time(status.resting_until.as_ref());
            notes += &format!("{}: the consumer takes nothing; tried again at {until}\n", plain(&of.id));
        }
        if !of.because.is_empty() {
            notes += &format!("{}: {}\n", plain(&of.id), plain(&of.because));
        }
        if status.held > 0 && !status.last_failure.is_empty() {
            let at = show::time(status.last_failed_at.as_ref());
            notes += &format!("{}: failed last at {at}: {}\n", plain(&of.id), plain(&status.last_failure));
        }
    }
    format!("{}{notes}", table.or("No subscription."))
}

/// Prints one subscription.
pub(super) fn print_one(json: bool, one: &SubscriptionAndStatus) -> anyhow::Result<()> {
    if json { print_json(&to_json(one)) } else { print(&render(std::slice::from_ref(one))) }
}

pub(in crate::cli) fn word(state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::Active | SubscriptionState::Unspecified => "active",
        SubscriptionState::Paused => "paused",
        SubscriptionState::Ended => "ended",
        SubscriptionState::Unverified => "unverified",
    }
}

pub(in crate::cli) fn to_json(one: &SubscriptionAndStatus) -> Value {
    let (of, status) = (one.subscription.clone().unwrap_or_default(), one.status.clone().unwrap_or_default());
    let filter = of.filter.clone().unwrap_or_default();
    let flows = |flows: &[Flow]| {
        let all = flows.iter().map(|flow| json!({"provider": flow.provider, "type": flow.r#type}));
        all.collect::<Vec<_>>()
    };
    json!({
        "id": of.id,
        "tenant": of.tenant,
        "consumer": of.consumer,
        "state": word(of.state()),
        "filter": {
            "types": filter.types, "domains": filter.domains, "providers": filter.providers, "entities": filter.entities,
        },
        "from": of.from,
        "webhook": of.webhook.map(|webhook| webhook.url),
        "because": of.because,
        "replay_of": of.replay_of,
        "changed_by": of.changed_by,
        "changed_at": as_json::time(of.changed_at.as_ref()),
        "position": status.position,
        "head": status.head,
        "lag": status.lag,
        "in_flight": status.in_flight,
        "held": status.held,
        "retrying": status.retrying,
        "dead_letters": status.dead_letters,
        "rate": status.rate,
        "oldest_at": as_json::time(status.oldest_at.as_ref()),
        "clients": status.clients,
        "resting_until": as_json::time(status.resting_until.as_ref()),
        "last_failure": status.last_failure,
        "last_failed_at": as_json::time(status.last_failed_at.as_ref()),
        "uncovered": flows(&status.uncovered),
        "covered": flows(&status.covered),
    })
}

#[cfg(test)]
mod tests {
    use samflyt_proto::delivery::{Subscription, SubscriptionStatus};

    use super::*;

    #[test]
    fn why_a_webhook_does_not_send_and_what_failed_last_is_told_below_the_table() {
        let because = "the endpoint answered OPTIONS with 405".to_owned();
        let state = SubscriptionState::Unverified.into();
        let subscription = Subscription { id: "cases".to_owned(), state, because, ..Subscription::default() };
        let last_failure = "the endpoint answered 500\u{1b}[2J".to_owned();
        let status = SubscriptionStatus { held: 1, last_failure, ..SubscriptionStatus::default() };
        let one = SubscriptionAndStatus { subscription: Some(subscription), status: Some(status) };
        let text = render(std::slice::from_ref(&one));
        for part in
            ["unverified", "cases: the endpoint answered OPTIONS with 405", "the endpoint answered 500"]
        {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains('\u{1b}'));
        assert_eq!(to_json(&one)["state"], "unverified");
    }

    #[test]
    fn what_no_agreement_covers_is_told_below_the_table() {
        let subscription = Subscription { id: "cases".to_owned(), ..Subscription::default() };
        let uncovered = vec![Flow { provider: "seljord-acos".to_owned(), r#type: "case.opened".to_owned() }];
        let status = SubscriptionStatus { lag: 1_200, uncovered, ..SubscriptionStatus::default() };
        let one = SubscriptionAndStatus { subscription: Some(subscription), status: Some(status) };
        let text = render(&[one]);
        assert!(
            text.contains("1 200")
                && text.contains("cases: no agreement covers case.opened from seljord-acos"),
            "{text}"
        );
    }
}
