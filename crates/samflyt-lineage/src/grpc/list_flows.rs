//! `ListFlows`.

use samflyt_events::Refusal;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use super::flow::{message, order};
use crate::Lineage;
use crate::answer::{completeness, moment_of, period, store_failed};

const PAGE_DEFAULT: u32 = 100;
const PAGE_MAX: u32 = 10_000;

impl Lineage {
    pub(super) async fn flows(
        &self,
        caller: Caller,
        request: pb::ListFlowsRequest,
    ) -> Result<pb::ListFlowsResponse, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let moment = moment_of(request.as_of)?;
        let period = period(request.window, request.as_of)?;
        let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
        let system = reader.number(&request.system).map_err(store_failed)?;
        let kind = reader.number(&request.r#type).map_err(store_failed)?;
        let found = reader.all_flows(&streams, period, |key| {
            (request.system.is_empty() || system.is_some_and(|s| key.provider == s || key.consumer == s))
                && (request.r#type.is_empty() || kind == Some(key.kind))
        });
        let catalogue = self.deps.feed.get();
        let mut flows = found
            .and_then(|found| {
                let messages = found.into_iter();
                messages
                    .map(|(key, totals)| message(&reader, &streams, (&catalogue, moment), key, totals))
                    .collect()
            })
            .map_err(store_failed)?;
        let next_page_token = page(&mut flows, request.page_size, &request.page_token);
        let truncated = !next_page_token.is_empty();
        let completeness = Some(completeness(&reader, &tenants, truncated));
        Ok(pb::ListFlowsResponse { flows, next_page_token, completeness })
    }
}

/// Cuts out the page behind a token: the names of the last flow of the page before, so that it stays right while flows
/// are added and after a rebuild.
fn page(flows: &mut Vec<pb::Flow>, size: u32, token: &str) -> String {
    flows.sort_by(|a, b| order(a).cmp(&order(b)));
    if !token.is_empty() {
        let after: Vec<&str> = token.split(' ').collect();
        flows.retain(|flow| order(flow).as_slice() > after.as_slice());
    }
    let size = if size == 0 { PAGE_DEFAULT } else { size.min(PAGE_MAX) } as usize;
    if flows.len() <= size {
        return String::new();
    }
    flows.truncate(size);
    flows.last().map(|last| order(last).join(" ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(provider: &str, consumer: &str) -> pb::Flow {
        pb::Flow {
            tenant: "seljord".to_owned(),
            provider: provider.to_owned(),
            consumer: consumer.to_owned(),
            ..pb::Flow::default()
        }
    }

    #[test]
    fn pages_together_are_the_list_also_when_a_flow_comes_in_between() {
        let all = || vec![flow("b", "x"), flow("a", ""), flow("a", "z")];
        let mut first = all();
        let token = page(&mut first, 2, "");
        assert_eq!(first, [flow("a", ""), flow("a", "z")]);
        let mut second = all();
        second.push(flow("a", "b"));
        assert_eq!(page(&mut second, 2, &token), "");
        assert_eq!(second, [flow("b", "x")]);
    }
}
