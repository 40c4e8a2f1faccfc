//! Changes, on their way from the proposal to what they came to.

use samflyt_events::catalogue::resource::{Analysis, Decision, Measured};
use samflyt_events::catalogue::{Catalogue, Kind};
use samflyt_events::{Refusal, TenantId, parse_strict};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::parse::{date, invalid, parse, text};
use crate::change::{self, Author};
use crate::{Registry, decide};

/// The largest analysis that is put on record, in bytes: the log holds it for ever.
const ANALYSIS_BYTES_MAX: usize = 512 * 1024;

impl Registry {
    pub(super) async fn analyse_change(
        &self,
        caller: Caller,
        request: pb::AnalyseChangeRequest,
    ) -> Result<pb::AnalyseChangeResponse, Refusal> {
        if request.analysis.len() > ANALYSIS_BYTES_MAX {
            let rule = format!("has more than {ANALYSIS_BYTES_MAX} bytes");
            return Err(invalid("/analysis", rule));
        }
        let answer = parse_strict(&request.analysis).map_err(|error| invalid("/analysis", error))?;
        if request.positions.is_empty() {
            return Err(invalid("/positions", "is empty: say which log positions the analysis reflects"));
        }
        let positions = request.positions.iter().map(|at| (at.stream.clone(), at.sequence)).collect();
        let analysis = Analysis { made_at: self.deps.clock.now(), positions, answer };
        let (tenant, id) = (request.tenant, request.id);
        let decide =
            |known: &Catalogue, owner: &TenantId, id: &str| decide::analyse(known, owner, id, &analysis);
        let change = self.step(&caller, &tenant, &id, request.reason, decide).await?;
        Ok(pb::AnalyseChangeResponse { change: Some(change) })
    }

    pub(super) async fn decide_change(
        &self,
        caller: Caller,
        request: pb::DecideChangeRequest,
    ) -> Result<pb::DecideChangeResponse, Refusal> {
        let bound = if request.bound.is_empty() { vec![request.tenant.clone()] } else { request.bound };
        let decision = Decision {
            body: text("/body", request.body)?,
            approved: request.approved,
            on: date("/on", &request.on, self.today())?,
            bound: bound.iter().map(|id| parse("/bound", id, TenantId::new)).collect::<Result<_, _>>()?,
        };
        let (tenant, id) = (request.tenant, request.id);
        let decide =
            |known: &Catalogue, owner: &TenantId, id: &str| decide::decide(known, owner, id, &decision);
        let change = self.step(&caller, &tenant, &id, request.reason, decide).await?;
        Ok(pb::DecideChangeResponse { change: Some(change) })
    }

    pub(super) async fn carry_out_change(
        &self,
        caller: Caller,
        request: pb::CarryOutChangeRequest,
    ) -> Result<pb::CarryOutChangeResponse, Refusal> {
        let on = date("/on", &request.on, self.today())?;
        let (tenant, id) = (request.tenant, request.id);
        let decide = |known: &Catalogue, owner: &TenantId, id: &str| decide::carry_out(known, owner, id, on);
        let change = self.step(&caller, &tenant, &id, request.reason, decide).await?;
        Ok(pb::CarryOutChangeResponse { change: Some(change) })
    }

    pub(super) async fn withdraw_change(
        &self,
        caller: Caller,
        request: pb::WithdrawChangeRequest,
    ) -> Result<pb::WithdrawChangeResponse, Refusal> {
        let (tenant, id) = (request.tenant, request.id);
        let change = self.step(&caller, &tenant, &id, request.reason, decide::withdraw).await?;
        Ok(pb::WithdrawChangeResponse { change: Some(change) })
    }

    pub(super) async fn measure_gain(
        &self,
        caller: Caller,
        request: pb::MeasureGainRequest,
    ) -> Result<pb::MeasureGainResponse, Refusal> {
        let measured = Measured { amount: request.amount, on: date("/on", &request.on, self.today())? };
        let (tenant, id, gain) = (request.tenant, request.id, request.gain as usize);
        let decide = |known: &Catalogue, owner: &TenantId, id: &str| {
            decide::measure(known, owner, id, gain, &measured)
        };
        let change = self.step(&caller, &tenant, &id, request.reason, decide).await?;
        Ok(pb::MeasureGainResponse { change: Some(change) })
    }

    async fn step(
        &self,
        caller: &Caller,
        tenant: &str,
        id: &str,
        why: String,
        decide: impl Fn(&Catalogue, &TenantId, &str) -> Result<change::Decision, Refusal>,
    ) -> Result<pb::Resource, Refusal> {
        let owner = self.owned(caller, tenant)?;
        self.change(&Author::new(caller, why), |known| decide(known, &owner, id)).await?;
        self.resource(Kind::Change, &owner, id)
    }
}
