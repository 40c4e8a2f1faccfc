//! Which addresses events may be posted to: such as are public, unless the configuration allows others.
//!
//! A name is looked up here, and the connection is made to the addresses that were judged: a name that changes its mind
//! between the two gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::WebhookConfig;

const URL_MAX: usize = 2_048;

/// A name that leads to no address that may be posted to.
#[derive(Debug, thiserror::Error)]
#[error(
    "the name leads to no public address, and `delivery.webhook.allow_private` does not allow others: give a public one"
)]
struct NotPublic;

/// Looks names up, and leaves out what may not be posted to.
pub(super) struct Resolver {
    pub allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may: Vec<SocketAddr> = found.filter(|one| allow_private || is_public(one.ip())).collect();
            if may.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(may.into_iter()) as Addrs)
        })
    }
}

/// An endpoint's address.
///
/// # Errors
/// The rule that it breaks, and what to do.
pub(crate) fn check_url(text: &str, config: &WebhookConfig) -> Result<Url, (&'static str, &'static str)> {
    let give = "give one such as `https://flyt.example.no/events`";
    if text.len() > URL_MAX {
        return Err(("is longer than 2048 characters", "shorten it"));
    }
    let url = Url::parse(text).map_err(|_| ("is no URL", give))?;
    match url.scheme() {
        "https" => {}
        "http" if config.allow_http => {}
        "http" => {
            return Err((
                "does not begin with `https://`",
                "serve it over TLS, or set `delivery.webhook.allow_http`",
            ));
        }
        _ => return Err(("does not begin with `https://`", give)),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(("holds a user's name or password", "leave them out: requests are signed"));
    }
    if url.fragment().is_some() {
        return Err(("holds a fragment (`#…`)", "leave it out"));
    }
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    if !config.allow_private && host.parse::<IpAddr>().is_ok_and(|address| !is_public(address)) {
        return Err((
            "is an address that is not public",
            "give a public one, or set `delivery.webhook.allow_private`",
        ));
    }
    Ok(url)
}

/// Whether an address is one of the public internet, by the registries of special-purpose addresses (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && b & 0b1100_0000 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0b1111_1110 == 18);
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c, d, e, f) {
        // IPv4-mapped, and translated (NAT64): as the address inside. What else begins so is special.
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => embedded(g, h),
        (0x2002, ..) => embedded(b, c),
        // All that is given to the public internet; Teredo, benchmarks and documentation are not.
        _ => a & 0xe000 == 0x2000 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x3fff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused_in_every_spelling() {
        for not_public in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:a9fe:a9fe",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::7f00:1",
            "2001:db8::1",
            "fec0::1",
            "2001::1",
        ] {
            assert!(!is_public(not_public.parse().unwrap()), "{not_public}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2a02:c0::1", "::ffff:1.1.1.1", "2606:4700::1"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        let usual = WebhookConfig::default();
        let rule = |text: &str| check_url(text, &usual).map_err(|(rule, _)| rule).err();
        assert_eq!(rule("https://flyt.example.no/events?a=b"), None);
        assert_eq!(rule("flyt.example.no"), Some("is no URL"));
        assert_eq!(rule("ftp://flyt.example.no"), Some("does not begin with `https://`"));
        assert_eq!(rule("http://flyt.example.no"), Some("does not begin with `https://`"));
        assert_eq!(rule("https://kari@flyt.example.no"), Some("holds a user's name or password"));
        assert_eq!(rule("https://flyt.example.no/#top"), Some("holds a fragment (`#…`)"));
        assert_eq!(
            rule(&format!("https://flyt.example.no/{}", "x".repeat(2_100))),
            Some("is longer than 2048 characters")
        );
        // Numbers in any of the forms that a URL may give them.
        for literal in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "017700000001",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "192.168.1.1:8443",
        ] {
            assert_eq!(
                rule(&format!("https://{literal}/")),
                Some("is an address that is not public"),
                "{literal}"
            );
        }
        let all = WebhookConfig { allow_http: true, allow_private: true, ..usual };
        assert!(check_url("http://127.0.0.1:1/x", &all).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_not_connected_to() {
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Resolver { allow_private: false }.resolve(name()).await.err().unwrap();
        assert!(refused.to_string().contains("allow_private"), "{refused}");
        let mut found = Resolver { allow_private: true }.resolve(name()).await.unwrap();
        assert!(found.all(|one| one.ip().is_loopback()));
    }
}
