//! `samflyt token`: a token of the development issuer.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Context;
use samflyt_events::OrganisationNumber;
use samflyt_events::catalogue::Scope;
use samflyt_runtime::auth::{DevIssuer, Principal, TokenRequest};
use samflyt_runtime::{Clock, SystemClock};
use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::{Remote, output};

const EXAMPLE: &str = "\
Example:
  samflyt token --organisation 964963282 --client kindergarten --scope \"samflyt:publish samflyt:query\"

A token says who calls. What they may do is the registry's grants: `samflyt registry grant give`.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Token {
    /// Organisation number of whom the call is made for
    #[arg(long, value_name = "NUMBER", value_parser = organisation)]
    organisation: String,
    /// The client at the issuer, such as the name of a system
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// Organisation number of the vendor that calls for the organisation
    #[arg(long, value_name = "NUMBER", value_parser = organisation)]
    supplier: Option<String>,
    /// What the token may be used for; repeated, or several in one, separated by spaces
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scopes)]
    scopes: Vec<Scopes>,
    /// How long it is valid
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=527_040))]
    lifetime_minutes: u32,
    /// Prints JSON, with the prefix that NATS clients need for their inbox
    #[arg(long)]
    json: bool,
}

/// Several scopes of one argument.
type Scopes = std::sync::Arc<[Scope]>;

fn organisation(text: &str) -> Result<String, String> {
    OrganisationNumber::new(text).map(|number| number.to_string()).map_err(|rule| rule.to_string())
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let known = || Scope::ALL.map(Scope::as_str).join(", ");
    let scope = |text| Scope::parse(text).ok_or_else(|| format!("{text:?} is none of {}", known()));
    text.split_whitespace().map(scope).collect()
}

impl Token {
    pub(super) fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let dir = remote.data_dir();
        if !dir.join("dev-issuer").exists() {
            eprintln!(
                "note: {} had no development issuer; a new one is made there, which no running hub knows",
                dir.display()
            );
        }
        let issuer = DevIssuer::open(dir, SystemClock::shared()).context("development issuer")?;
        let scopes: BTreeSet<String> = self
            .scopes
            .iter()
            .flat_map(|scopes| scopes.iter())
            .map(|scope| scope.as_str().to_owned())
            .collect();
        let request = TokenRequest {
            consumer: self.organisation,
            supplier: self.supplier,
            client_id: self.client,
            scopes,
            lifetime: Duration::minutes(self.lifetime_minutes.into()),
        };
        let expires_at = SystemClock.now() + request.lifetime;
        let token = issuer.issue(&request)?;
        if !self.json {
            output::print(&token)?;
            return Ok(ExitCode::SUCCESS);
        }
        let principal = Principal {
            issuer: DevIssuer::ISSUER.to_owned(),
            client_id: request.client_id,
            consumer: request.consumer,
            supplier: request.supplier,
            scopes: request.scopes,
            expires_at,
        };
        output::print_json(&json!({
            "token": token,
            "expires_at": expires_at.format(&Rfc3339)?,
            "scopes": principal.scopes,
            "inbox_prefix": samflyt_gateway::inbox_prefix(&principal),
        }))?;
        Ok(ExitCode::SUCCESS)
    }
}
