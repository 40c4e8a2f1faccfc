//! `AdoptProduct`: what one municipality has described, another runs with one call.

use samflyt_events::catalogue::{Kind, System};
use samflyt_events::{Refusal, SystemId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::parse::{parse, text};
use crate::change::Author;
use crate::{Registry, decide};

impl Registry {
    /// The system refers to the product, so what others mend in its description later holds here too.
    pub(super) async fn adopt_product(
        &self,
        caller: Caller,
        request: pb::AdoptProductRequest,
    ) -> Result<pb::AdoptProductResponse, Refusal> {
        let host = self.owned(&caller, &request.tenant)?;
        let product = self.deps.feed.get().product(&request.product, None).cloned();
        let product = product.ok_or_else(|| decide::unknown(Kind::Product.as_str(), &request.product))?;
        let id = if request.system.is_empty() { format!("{host}-{}", product.id) } else { request.system };
        let id = parse("/system", &id, SystemId::new)?;
        let name = if request.name.is_empty() { product.name.clone() } else { text("/name", request.name)? };
        let mut system = System::new(id, host.clone(), product.id.to_string(), name);
        system.version = product.versions.last().cloned().unwrap_or_default();
        self.register(&Author::new(&caller, request.reason), &system).await?;
        Ok(pb::AdoptProductResponse { system: Some(self.resource(Kind::System, &host, system.id.as_str())?) })
    }
}
