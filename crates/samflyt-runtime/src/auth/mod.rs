//! Who calls: verification of bearer tokens in the form Maskinporten issues.
//!
//! A token is a signed JWT ([RFC 7519]) that names an organisation (`consumer.ID` = `0192:<organisation number>`) and,
//! when a vendor acts for it, the vendor (`supplier`). An [`Authenticator`] is given the issuers to trust
//! ([`AuthConfig`]) and turns a token into a [`Principal`], or says what was wrong with it ([`AuthError`]). What a
//! principal may *do* is not decided here: that is the registry's grants.
//!
//! What holds:
//! - Only RS256, ES256 and EdDSA, and only with a key made for that algorithm; the key decides, never the token.
//! - A key removed from an issuer's key set (JWKS, [RFC 7517]) stops being accepted, also for tokens seen before: with
//!   the next request more than [`AuthConfig::jwks_file_check_seconds`] or [`AuthConfig::jwks_refresh_seconds`] after.
//! - An issuer that cannot be reached costs at most one waiting request per attempt; the keys read before stay.
//! - No token is ever kept, printed or repeated in an error; the cache knows it by its SHA-256.
//!
//! [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517
//! [RFC 7519]: https://www.rfc-editor.org/rfc/rfc7519

mod authenticator;
mod cache;
mod claims;
mod config;
mod dev_issuer;
mod error;
mod issuer_keys;
mod jws;
mod keys;
mod principal;
mod source;
#[cfg(test)]
mod tests;

pub use authenticator::Authenticator;
pub use config::{AuthConfig, IssuerConfig, JwksLocation};
pub use dev_issuer::{DevIssuer, DevIssuerError, TokenRequest};
pub use error::{AuthConfigError, AuthError, InvalidToken, JwksError};
pub use principal::Principal;

/// Makes *ring* the process's TLS cryptography, unless one is installed already. Call it as often as you like, before
/// the first TLS connection.
pub fn install_crypto_provider() {
    // An error means that a provider is already there, which is what was asked for.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
}
