//! `samflyt status`: how far each tenant's log is reflected, and which systems are silent.

use std::process::ExitCode;

use samflyt_proto::lineage::{GetStatusRequest, GetStatusResponse, SystemStatus, TenantStatus};
use serde_json::{Value, json};

use super::output::{Table, print, print_json};
use super::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt status --tenant seljord --systems")]
pub struct Status {
    /// Only this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Shows for each system its last event and for how long it has been silent
    #[arg(long)]
    systems: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let request = GetStatusRequest { tenants: self.tenants, at_least: None };
        let answer = remote.lineage().await?.get_status(request).await.map_err(Failure::from)?.into_inner();
        if self.json {
            print_json(&to_json(&answer))?;
        } else {
            print(&render(&answer, self.systems))?;
        }
        Ok(ExitCode::SUCCESS)
    }
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
