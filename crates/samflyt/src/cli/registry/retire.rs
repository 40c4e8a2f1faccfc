//! `samflyt registry contract retire`: who still uses the version is shown before it ends.

use std::collections::HashMap;

use samflyt_proto::lineage::{
    ContractPublisher, ContractReceiver, GetContractUseRequest, GetContractUseResponse,
};
use samflyt_proto::registry as pb;
use serde_json::{Value, json};

use super::{Why, contract, json as entry};
use crate::cli::json::{completeness, time};
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, show};

/// Who would be harmed.
struct Use(GetContractUseResponse);

pub(super) async fn run(
    remote: &Remote,
    kind: String,
    version: String,
    yes: bool,
    why: Why,
    as_json: bool,
) -> anyhow::Result<()> {
    let asked = used(remote, &kind, &version).await;
    if !as_json && let Ok(used) = &asked {
        print(&used.render(&version))?;
    }
    if !yes {
        match &asked {
            Ok(used) if used.is_none() => {}
            Ok(_) => {
                anyhow::bail!("{kind} {version} is in use, and is not retired: --yes retires it all the same")
            }
            Err(error) => anyhow::bail!(
                "who uses {kind} {version} is not known: {error:#}\n--yes retires it all the same"
            ),
        }
    }
    let request = pb::RetireContractRequest { r#type: kind, version, reason: why.reason };
    let answer = remote.registry().await?.retire_contract(request).await.map_err(Failure::from)?.into_inner();
    let retired = answer.contract.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
    if as_json {
        let mut value = entry::contract(&retired);
        value["use"] = asked.map_or(Value::Null, |used| used.to_json());
        return print_json(&value);
    }
    print(&contract::table(std::slice::from_ref(&retired)).render())
}

async fn used(remote: &Remote, kind: &str, version: &str) -> anyhow::Result<Use> {
    // All versions: whoever has gone on to a newer one no longer publishes this one.
    let request = GetContractUseRequest { r#type: kind.to_owned(), ..GetContractUseRequest::default() };
    let answer = remote.insight().await?.get_contract_use(request).await.map_err(Failure::from)?.into_inner();
    Ok(Use(still(answer, version)))
}

/// Leaves the publishers whose newest events are of the version.
fn still(mut answer: GetContractUseResponse, version: &str) -> GetContractUseResponse {
    let who = |of: &ContractPublisher| (of.tenant.clone(), of.system.clone());
    let when = |of: &ContractPublisher| of.last_seen.map(|at| (at.seconds, at.nanos));
    let mut newest = HashMap::new();
    for publisher in &answer.publishers {
        let last = newest.entry(who(publisher)).or_insert(None);
        *last = (*last).max(when(publisher));
    }
    answer.publishers.retain(|of| of.version == version && newest.get(&who(of)) == Some(&when(of)));
    answer
}

impl Use {
    fn is_none(&self) -> bool {
        self.0.publishers.is_empty() && self.0.receivers.is_empty()
    }

    fn render(&self, version: &str) -> String {
        let reach = show::completeness(self.0.completeness.as_ref(), "ask for less");
        if self.is_none() {
            return format!("nobody publishes {version}, and nobody receives the type\n{reach}");
        }
        let mut table = Table::new(&["tenant", "system", "does", "#events", "last seen", "agreement"]);
        for ContractPublisher { tenant, system, events, last_seen, .. } in &self.0.publishers {
            let does = format!("publishes {version}");
            table.row([tenant, system, &does, &show::number(*events), &show::time(last_seen.as_ref()), ""]);
        }
        for ContractReceiver { tenant, system, events, last_seen, agreement } in &self.0.receivers {
            let does = if *events == 0 { "may receive the type" } else { "receives the type" };
            table.row([
                tenant,
                system,
                does,
                &show::number(*events),
                &show::time(last_seen.as_ref()),
                agreement,
            ]);
        }
        table.render() + &reach
    }

    fn to_json(&self) -> Value {
        let publisher = |of: &ContractPublisher| {
            json!({"tenant": of.tenant, "system": of.system, "version": of.version, "events": of.events,
                   "last_seen": time(of.last_seen.as_ref())})
        };
        let receiver = |of: &ContractReceiver| {
            json!({"tenant": of.tenant, "system": of.system, "events": of.events, "agreement": of.agreement,
                   "last_seen": time(of.last_seen.as_ref())})
        };
        json!({
            "publishers": self.0.publishers.iter().map(publisher).collect::<Vec<_>>(),
            "receivers": self.0.receivers.iter().map(receiver).collect::<Vec<_>>(),
            "completeness": completeness(self.0.completeness.as_ref()),
        })
    }
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use super::*;

    #[test]
    fn whoever_has_gone_on_to_a_newer_version_no_longer_publishes_the_old_one() {
        let of = |system: &str, version: &str, seconds| ContractPublisher {
            system: system.to_owned(),
            version: version.to_owned(),
            last_seen: Some(Timestamp { seconds, nanos: 0 }),
            ..ContractPublisher::default()
        };
        let publishers = vec![of("a", "1.0", 10), of("a", "1.1", 20), of("b", "1.0", 30), of("b", "1.1", 20)];
        let answer = GetContractUseResponse { publishers, ..GetContractUseResponse::default() };
        let left = still(answer, "1.0").publishers;
        assert_eq!(left.iter().map(|of| of.system.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(Use(GetContractUseResponse::default()).render("1.0").starts_with("nobody publishes 1.0"));
    }
}
