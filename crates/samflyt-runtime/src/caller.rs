//! A caller, authenticated: who they are, and by the registry's grants what they may do.

use std::collections::BTreeSet;
use std::sync::Arc;

use samflyt_events::catalogue::{Catalogue, Holder, Scope};
use samflyt_events::{OrganisationNumber, Reason, Refusal, SystemId, TenantId};
use tonic::metadata::MetadataMap;

use crate::auth::{AuthError, Authenticator, Principal};

/// Who makes a call.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Arc<Principal>,
}

impl Caller {
    /// The caller that a gRPC call's metadata names.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `TOKEN_INVALID`.
    pub async fn of_metadata(authenticator: &Authenticator, metadata: &MetadataMap) -> Result<Self, Refusal> {
        Self::of_header(
            authenticator,
            metadata.get("authorization").map(|value| value.to_str().unwrap_or("")),
        )
        .await
    }

    /// The caller that an `authorization` header names.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `TOKEN_INVALID`.
    pub async fn of_header(authenticator: &Authenticator, header: Option<&str>) -> Result<Self, Refusal> {
        let bearer = header.map(|header| match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => "",
        });
        Self::of_token(authenticator, bearer).await
    }

    /// The caller that a token names.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `TOKEN_INVALID`.
    pub async fn of_token(authenticator: &Authenticator, token: Option<&str>) -> Result<Self, Refusal> {
        let principal = authenticator.authenticate(token).await.map_err(|error| {
            let reason = match error {
                AuthError::Missing => Reason::TokenMissing,
                AuthError::Invalid(_) => Reason::TokenInvalid,
            };
            Refusal::new(reason, error.to_string())
        })?;
        Ok(Self { principal })
    }

    /// The caller as grants know it.
    pub fn holder(&self) -> Holder<'_> {
        Holder {
            organisation: &self.principal.consumer,
            client: self.principal.client_id.as_deref(),
            supplier: self.principal.supplier.as_deref(),
        }
    }

    /// The organisation that is on record as having made the call.
    pub fn organisation(&self) -> Option<OrganisationNumber> {
        OrganisationNumber::new(self.principal.acting_organisation()).ok()
    }

    /// # Errors
    /// `NOT_GRANTED` where the token lacks the scope, or no grant covers it for the tenant and the system.
    pub fn require(
        &self,
        catalogue: &Catalogue,
        scope: Scope,
        tenant: &TenantId,
        system: Option<&SystemId>,
    ) -> Result<(), Refusal> {
        self.granted(scope, catalogue.may(&self.holder(), scope, tenant, system))
    }

    /// # Errors
    /// `NOT_GRANTED` where no grant covers the scope for all tenants.
    pub fn require_for_all(&self, catalogue: &Catalogue, scope: Scope) -> Result<(), Refusal> {
        self.granted(scope, catalogue.may_for_all(&self.holder(), scope))
    }

    fn granted(&self, scope: Scope, granted: bool) -> Result<(), Refusal> {
        if granted && self.principal.has_scope(scope.as_str()) { Ok(()) } else { Err(Refusal::not_granted()) }
    }

    /// Those of the tenants asked about (empty: all) that the caller may read.
    ///
    /// # Errors
    /// `NOT_GRANTED` where one that was asked about by name is not among them, or none is left.
    pub fn readable(&self, catalogue: &Catalogue, asked: &[TenantId]) -> Result<BTreeSet<TenantId>, Refusal> {
        if !self.principal.has_scope(Scope::Query.as_str()) {
            return Err(Refusal::not_granted());
        }
        let granted = catalogue.tenants_for(&self.holder(), Scope::Query);
        let readable = if asked.is_empty() {
            granted
        } else if asked.iter().all(|tenant| granted.contains(tenant)) {
            asked.iter().cloned().collect()
        } else {
            return Err(Refusal::not_granted());
        };
        if readable.is_empty() { Err(Refusal::not_granted()) } else { Ok(readable) }
    }
}
