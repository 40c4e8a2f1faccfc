//! The contracts of the hub's own events, so that a fresh hub takes deposits without anybody's doing.
//!
//! Kept true: a version that is published is left as it is, whoever published it, and also when it was retired.

use samflyt_events::Contract;
use samflyt_events::contract::ContractError;

use crate::Registry;
use crate::change::{Author, Decision};
use crate::decide;

const DOCUMENTS: [&str; 4] = [
    include_str!("../../../config/contracts/archive.deposit-requested.json"),
    include_str!("../../../config/contracts/archive.deposit-accepted.json"),
    include_str!("../../../config/contracts/archive.deposit-rejected.json"),
    include_str!("../../../config/contracts/archive.message-received.json"),
];

/// The contracts that come with the hub.
///
/// # Errors
/// Where a document is not a contract; a test sees that each is.
pub fn own_contracts() -> Result<Vec<Contract>, ContractError> {
    DOCUMENTS.iter().map(|document| Contract::parse(document.as_bytes())).collect()
}

impl Registry {
    /// Publishes those that are missing.
    pub(crate) async fn publish_own_contracts(&self) {
        let contracts = match own_contracts() {
            Ok(contracts) => contracts,
            Err(error) => {
                return tracing::error!(%error, "a contract of the hub's own is not one");
            }
        };
        let why = "it comes with the hub".to_owned();
        let author = Author { organisation: None, client: None, why };
        for contract in contracts {
            let published = self.change(&author, |catalogue| {
                match catalogue.contract(&contract.kind, contract.version) {
                    Some(_) => Ok(Decision::Unchanged),
                    None => decide::publish_contract(catalogue, &contract),
                }
            });
            if let Err(refusal) = published.await {
                let (kind, version) = (&contract.kind, contract.version);
                tracing::warn!(%kind, %version, %refusal, "a contract of the hub's own was not published");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_contract_of_the_hubs_own_is_one_and_is_of_the_archive() {
        let contracts = own_contracts().unwrap();
        assert!(contracts.iter().all(|contract| contract.kind.domain() == "archive"));
        assert_eq!(contracts.len(), DOCUMENTS.len());
    }
}
