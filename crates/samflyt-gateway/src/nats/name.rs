//! The name that the broker calls a system's connection by: who the token said it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::subject::{decode_token, encode_token};
use samflyt_runtime::Caller;
use samflyt_runtime::auth::Principal;
use time::OffsetDateTime;

/// Stands where a token has no supplier, or no client id.
const NONE: &str = "0";

/// Where replies to a connection arrive: `_INBOX_<consumer>_<supplier or 0>_<client id or 0>`, the only subjects it may
/// read.
pub fn inbox_prefix(principal: &Principal) -> String {
    format!("_INBOX_{}", name_of(principal))
}

/// `<consumer>_<supplier or 0>_<client id or 0>`.
pub(super) fn name_of(principal: &Principal) -> String {
    let supplier = principal.supplier.as_deref().unwrap_or(NONE);
    let client = principal.client_id.as_deref().map_or_else(|| NONE.to_owned(), encode_token);
    format!("{}_{supplier}_{client}", principal.consumer)
}

/// The caller of that name. When its token ends, the broker ends the connection.
pub(super) fn caller_of(name: &str) -> Option<Caller> {
    let (consumer, rest) = name.split_once('_')?;
    let (supplier, client) = rest.split_once('_')?;
    let some = |text: &str| (text != NONE).then(|| text.to_owned());
    let client_id = match some(client) {
        None => None,
        Some(token) => Some(decode_token(&token).ok()?),
    };
    Some(Caller {
        principal: Arc::new(Principal {
            issuer: "auth callout".to_owned(),
            client_id,
            consumer: consumer.to_owned(),
            supplier: some(supplier),
            scopes: BTreeSet::from([Scope::Publish.as_str().to_owned()]),
            expires_at: OffsetDateTime::from_unix_timestamp(i64::from(u32::MAX)).ok()?,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_the_caller_it_was_made_of() {
        for (supplier, client) in
            [(None, None), (Some("998877665"), Some("fag.system *1_x")), (None, Some("0_0"))]
        {
            let principal = Principal {
                issuer: String::new(),
                client_id: client.map(str::to_owned),
                consumer: "964963282".to_owned(),
                supplier: supplier.map(str::to_owned),
                scopes: BTreeSet::new(),
                expires_at: OffsetDateTime::UNIX_EPOCH,
            };
            let back = caller_of(&name_of(&principal)).unwrap().principal;
            assert_eq!(
                (&back.consumer, &back.supplier, &back.client_id),
                (&principal.consumer, &principal.supplier, &principal.client_id)
            );
            assert!(!inbox_prefix(&principal).contains(['.', '*', '>', ' ']));
        }
        assert!(caller_of("nonsense").is_none());
    }
}
