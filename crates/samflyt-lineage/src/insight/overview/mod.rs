//! `GetOverview`: for each municipality what its systems cost, what has to be seen to, what flows, what was gained; and
//! over all of them, versions and numbers of systems.

mod findings;
mod flows;
mod months;
mod products;
mod used;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use samflyt_events::catalogue::resource::ChangeStatus;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;
use time::{Date, Duration};

use findings::{Rules, findings};
use months::{in_use, month_ends};
use used::{Used, used};

use super::by_tenant::off_the_loop;
use super::ground::Ground;
use crate::Lineage;
use crate::answer::{completeness, store_failed};

const HORIZON_DAYS_DEFAULT: u32 = 180;

impl Lineage {
    pub(super) async fn overview(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::GetOverviewRequest,
    ) -> Result<pb::GetOverviewResponse, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let ground = self.ground(reader, request.as_of)?;
        let horizon_days =
            if request.horizon_days == 0 { HORIZON_DAYS_DEFAULT } else { request.horizon_days };
        let on = ground.on();
        let rules = Rules {
            on,
            horizon: on.checked_add(Duration::days(horizon_days.into())).unwrap_or(Date::MAX),
            risk_assessment_years: self.config.risk_assessment_years,
        };
        let population = self.config.population.clone();
        let mut overview = Overview { ground, rules, population, used: BTreeMap::new() };
        let mut rows = Vec::with_capacity(tenants.len());
        for asked in &tenants {
            let tenant = asked.clone();
            let row;
            (overview, row) =
                off_the_loop(overview, move |overview| overview.tenant(&tenant)).await.map_err(broken)?;
            rows.push(row.map_err(store_failed)?);
        }
        Ok(pb::GetOverviewResponse {
            tenants: rows,
            products: products::in_versions(&overview.used, on),
            systems_over_time: overview.over_time(&tenants),
            completeness: Some(completeness(&overview.ground.reader, &tenants, false)),
        })
    }
}

fn broken(error: String) -> Refusal {
    tracing::error!(%error, "an overview broke off");
    Refusal::new(Reason::LogUnavailable, "the overview broke off: try again")
}

struct Overview {
    ground: Ground,
    rules: Rules,
    population: BTreeMap<TenantId, u64>,
    used: BTreeMap<TenantId, Vec<Used>>,
}

impl Overview {
    fn used_by(&self, tenant: &TenantId) -> &[Used] {
        self.used.get(tenant).map(Vec::as_slice).unwrap_or_default()
    }

    fn tenant(&mut self, tenant: &TenantId) -> Result<pb::TenantOverview, StoreError> {
        let agreements = self.ground.approved(tenant);
        let flows = flows::count(&mut self.ground, tenant, &agreements)?;
        self.used.insert(tenant.clone(), used(&self.ground.catalogue, self.ground.moment, tenant));
        let used = self.used_by(tenant);
        let costs: Vec<Option<u64>> =
            used.iter().filter(|used| used.is_in_use(self.rules.on)).map(Used::cost_nok).collect();
        let cost_per_year_nok = costs.iter().flatten().fold(0u64, |sum, cost| sum.saturating_add(*cost));
        let inhabitants = self.population.get(tenant).copied().unwrap_or(0);
        let (catalogue, moment) = (&self.ground.catalogue, self.ground.moment);
        let functions = |product: &str| {
            catalogue.product(product, moment).map(|found| found.functions.clone()).unwrap_or_default()
        };
        Ok(pb::TenantOverview {
            tenant: tenant.to_string(),
            inhabitants,
            systems: in_use(used, self.rules.on),
            cost_per_year_nok,
            cost_per_inhabitant_nok: each(cost_per_year_nok, inhabitants),
            systems_without_cost: u32::try_from(costs.iter().filter(|cost| cost.is_none()).count())
                .unwrap_or(u32::MAX),
            findings: findings(self.rules, used, &functions, &agreements, &flows.personal),
            flows: flows.flows,
            flows_with_contract: flows.with_contract,
            flows_with_agreement: flows.with_agreement,
            flows_across_zones: flows.across_zones,
            gains: self.gains(tenant),
        })
    }

    /// What is expected of changes that were decided on, and what came of it by then.
    fn gains(&self, tenant: &TenantId) -> Vec<pb::GainOverview> {
        let decided = [ChangeStatus::Approved, ChangeStatus::CarriedOut];
        let changes = self.ground.catalogue.changes().of(tenant, self.ground.moment);
        let expected = changes.filter(|change| decided.contains(&change.status));
        expected
            .flat_map(|change| {
                change.gains.iter().map(|gain| pb::GainOverview {
                    change: change.id.to_string(),
                    kind: gain.kind.clone(),
                    unit: gain.unit.clone(),
                    expected: gain.amount,
                    reached: gain
                        .measured
                        .as_ref()
                        .filter(|measured| measured.on <= self.rules.on)
                        .map(|measured| measured.amount),
                    measure_on: gain.measure_on.to_string(),
                })
            })
            .collect()
    }

    fn over_time(&self, tenants: &BTreeSet<TenantId>) -> Vec<pb::SystemsAt> {
        let days = month_ends(self.rules.on).into_iter();
        days.flat_map(|day| {
            tenants.iter().map(move |tenant| pb::SystemsAt {
                on: day.to_string(),
                tenant: tenant.to_string(),
                systems: in_use(self.used_by(tenant), day),
            })
        })
        .collect()
    }
}

/// To the nearest krone; 0 where the inhabitants are not known.
fn each(cost_nok: u64, inhabitants: u64) -> u64 {
    let half = inhabitants / 2;
    cost_nok.saturating_add(half).checked_div(inhabitants).unwrap_or(0)
}
