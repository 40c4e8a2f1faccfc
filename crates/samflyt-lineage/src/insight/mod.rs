//! What the flows mean when they are held against the catalogue. One file for each question.

mod by_tenant;
mod collected_twice;
mod contract_use;
mod coverage;
mod drift;
mod ground;
mod impact;
mod open_lineage;
mod overview;
mod rehearsal;

#[cfg(test)]
pub(crate) use impact::tests::world;
use std::sync::Arc;

use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::insight_service_server::InsightService;
use samflyt_runtime::rpc;
use samflyt_runtime::rpc::Answers;
use tonic::{Request, Response, Status};

use crate::Lineage;

/// The service over the same projections as lineage's own.
pub(crate) struct Insight(pub Arc<Lineage>);

#[tonic::async_trait]
impl InsightService for Insight {
    type FindDriftStream = Answers<pb::FindDriftResponse>;
    type FindCollectedTwiceStream = Answers<pb::FindCollectedTwiceResponse>;
    type RehearseChangeStream = Answers<pb::RehearseChangeResponse>;
    type GetCoverageStream = Answers<pb::GetCoverageResponse>;
    type ExportOpenLineageStream = Answers<pb::ExportOpenLineageResponse>;

    async fn find_drift(
        &self,
        request: Request<pb::FindDriftRequest>,
    ) -> Result<Response<Self::FindDriftStream>, Status> {
        rpc!(self.0, request, drift)
    }

    async fn find_collected_twice(
        &self,
        request: Request<pb::FindCollectedTwiceRequest>,
    ) -> Result<Response<Self::FindCollectedTwiceStream>, Status> {
        rpc!(self.0, request, collected_twice)
    }

    async fn analyze_impact(
        &self,
        request: Request<pb::AnalyzeImpactRequest>,
    ) -> Result<Response<pb::AnalyzeImpactResponse>, Status> {
        rpc!(self.0, request, impact)
    }

    async fn rehearse_change(
        &self,
        request: Request<pb::RehearseChangeRequest>,
    ) -> Result<Response<Self::RehearseChangeStream>, Status> {
        rpc!(self.0, request, rehearse)
    }

    async fn get_contract_use(
        &self,
        request: Request<pb::GetContractUseRequest>,
    ) -> Result<Response<pb::GetContractUseResponse>, Status> {
        rpc!(self.0, request, contract_use)
    }

    async fn get_overview(
        &self,
        request: Request<pb::GetOverviewRequest>,
    ) -> Result<Response<pb::GetOverviewResponse>, Status> {
        rpc!(self.0, request, overview)
    }

    async fn get_coverage(
        &self,
        request: Request<pb::GetCoverageRequest>,
    ) -> Result<Response<Self::GetCoverageStream>, Status> {
        rpc!(self.0, request, coverage)
    }

    async fn export_open_lineage(
        &self,
        request: Request<pb::ExportOpenLineageRequest>,
    ) -> Result<Response<Self::ExportOpenLineageStream>, Status> {
        rpc!(self.0, request, open_lineage)
    }
}
