//! `samflyt status`: how far each tenant's log is reflected, which systems are silent, what waits for consumers, and what
//! may be published.

mod limits;
mod subscriptions;

use std::process::ExitCode;

use samflyt_proto::delivery::{ListSubscriptionsRequest, SubscriptionAndStatus};
use samflyt_proto::gateway::{ListLimitsRequest, TenantLimits};
use samflyt_proto::lineage::{GetStatusRequest, GetStatusResponse, SystemStatus, TenantStatus};
use serde_json::{Value, json};

use super::output::{Table, print, print_json};
use super::{Failure, Remote, json as as_json, show, subscription};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  samflyt status --tenant seljord --systems\n  samflyt status --subscriptions --limits"
)]
pub struct Status {
    /// Only this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Shows for each system its last event and for how long it has been silent
    #[arg(long)]
    systems: bool,
    /// Shows for each subscription what waits, since when, what is tried again, and how fast it goes
    #[arg(long)]
    subscriptions: bool,
    /// Shows what each municipality may publish, and what it has used
    #[arg(long)]
    limits: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let request = GetStatusRequest { tenants: self.tenants.clone(), at_least: None };
        let answer = remote.lineage().await?.get_status(request).await.map_err(Failure::from)?.into_inner();
        let subscriptions =
            if self.subscriptions { Some(subscriptions_of(remote, &answer).await?) } else { None };
        let limits = if self.limits { Some(limits_of(remote, self.tenants).await?) } else { None };
        if self.json {
            let mut all = to_json(&answer);
            if let Some(subscriptions) = subscriptions {
                all["subscriptions"] = subscriptions.iter().map(subscription::to_json).collect();
            }
            if let Some(limits) = limits {
                all["limits"] = limits.iter().map(limits::to_json).collect();
            }
            print_json(&all)?;
        } else {
            print(&render(&answer, self.systems))?;
            if let Some(subscriptions) = subscriptions {
                print(&format!("\n{}", subscriptions::render(&subscriptions)))?;
            }
            if let Some(limits) = limits {
                print(&format!("\n{}", limits::render(&limits)))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn subscriptions_of(
    remote: &Remote,
    answer: &GetStatusResponse,
) -> anyhow::Result<Vec<SubscriptionAndStatus>> {
    let (mut delivery, mut all) = (remote.delivery().await?, Vec::new());
    for tenant in &answer.tenants {
        let request = ListSubscriptionsRequest { tenant: tenant.tenant.clone(), ended: false };
        let listed = delivery.list_subscriptions(request).await.map_err(Failure::from)?;
        all.extend(listed.into_inner().subscriptions);
    }
    Ok(all)
}

async fn limits_of(remote: &Remote, tenants: Vec<String>) -> anyhow::Result<Vec<TenantLimits>> {
    let answer = remote.gateway().await?.list_limits(ListLimitsRequest { tenants }).await;
    Ok(answer.map_err(Failure::from)?.into_inner().tenants)
}

fn render(answer: &GetStatusResponse, systems: bool) -> String {
    let mut table = Table::new(&["tenant", "#position", "#head", "#lag", "#events"]);
    for tenant in &answer.tenants {
        let at = tenant.position.clone().unwrap_or_default();
        table.row([
            &tenant.tenant,
            &at.sequence.to_string(),
            &at.head.to_string(),
            &show::number(at.lag_events),
            &show::number(tenant.events),
        ]);
    }
    let mut text = table.or("no tenant that you may read");
    if systems {
        text = format!(
            "{text}\n{}\n",
            silence(&answer.tenants).or("no system has published anything").trim_end()
        );
    }
    text + &show::completeness(answer.completeness.as_ref(), "ask for one --tenant")
}

fn silence(tenants: &[TenantStatus]) -> Table {
    let mut table = Table::new(&["tenant", "system", "#events", "last event", "silent for"]);
    for (tenant, system) in tenants.iter().flat_map(|tenant| tenant.systems.iter().map(move |s| (tenant, s)))
    {
        table.row([
            &tenant.tenant,
            &system.system,
            &show::number(system.events),
            &show::time(system.last_event_at.as_ref()),
            &system.silent_for.as_ref().map(show::duration).unwrap_or_default(),
        ]);
    }
    table
}

fn to_json(answer: &GetStatusResponse) -> Value {
    let system = |system: &SystemStatus| {
        json!({
            "system": system.system,
            "events": system.events,
            "last_event_at": as_json::time(system.last_event_at.as_ref()),
            "silent_for_s": as_json::seconds(system.silent_for.as_ref()),
        })
    };
    let tenant = |tenant: &TenantStatus| {
        json!({
            "tenant": tenant.tenant,
            "position": tenant.position.as_ref().map(as_json::position),
            "events": tenant.events,
            "systems": tenant.systems.iter().map(system).collect::<Vec<_>>(),
        })
    };
    json!({
        "tenants": answer.tenants.iter().map(tenant).collect::<Vec<_>>(),
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use samflyt_proto::common::Position;

    use super::*;

    #[test]
    fn silence_is_shown_where_it_is_asked_for() {
        let position = Position { sequence: 10, head: 12, lag_events: 2, ..Position::default() };
        let system = SystemStatus {
            system: "seljord-gat".to_owned(),
            silent_for: Some(prost_types::Duration { seconds: 90_000, nanos: 0 }),
            ..SystemStatus::default()
        };
        let tenant = TenantStatus {
            tenant: "seljord".to_owned(),
            position: Some(position),
            events: 10,
            systems: vec![system],
        };
        let answer = GetStatusResponse { tenants: vec![tenant], completeness: None };
        assert_eq!(
            render(&answer, false).lines().collect::<Vec<_>>(),
            [
                "tenant   position  head  lag  events",
                "seljord        10    12    2      10",
                "the hub did not say how complete this is"
            ]
        );
        assert!(render(&answer, true).contains("seljord-gat       0  –           1 d 1 h"));
    }
}
