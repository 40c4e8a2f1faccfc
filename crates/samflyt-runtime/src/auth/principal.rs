//! Who calls, once the token has been believed.

use std::collections::BTreeSet;

use time::OffsetDateTime;

/// A caller whose token was verified. Says who calls, not what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The issuer that vouches for the caller: the token's `iss`.
    pub issuer: String,
    /// The caller's client at the issuer: the token's `client_id`.
    pub client_id: Option<String>,
    /// Organisation number, nine digits, of whoever the call is made on behalf of: the token's `consumer`.
    pub consumer: String,
    /// Organisation number, nine digits, of the vendor that makes the call for the consumer: the token's `supplier`.
    pub supplier: Option<String>,
    /// What the issuer has let the caller ask for: the token's `scope`.
    pub scopes: BTreeSet<String>,
    /// Until when the token is accepted: its `exp` and the allowed clock skew. A stream must end here.
    pub expires_at: OffsetDateTime,
}

impl Principal {
    /// Whether the token would be refused at `now` for its age.
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        now >= self.expires_at
    }

    /// Whether the issuer has given the caller this scope, such as `samflyt:publish`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// The organisation that actually makes the call: the supplier if there is one, otherwise the consumer itself.
    ///
    /// This is who is recorded as having done something. For *whose* data and tasks are concerned, ask
    /// [`consumer`](Self::consumer).
    pub fn acting_organisation(&self) -> &str {
        self.supplier.as_deref().unwrap_or(&self.consumer)
    }
}
