//! The week's records: the archives' structure before it, the documents ahead of it, and what the archives made of it.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{
    DepositState, GetDepositRequest, GetRecordRequest, ImportStructureRequest, ListDepositsRequest,
};
use samflyt_proto::common::Event;
use serde_json::{Value, json};

use super::publish::Totals;
use super::region::{Region, Tenant};
use super::show::heading;
use super::week::{Expect, REQUESTED, Week};
use crate::client::Client;
use crate::run::LocalHub;

/// How long the answers to a municipality's last requests may take.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);

/// Imports each archive's structure and stores the documents of the week.
pub(super) async fn prepare(
    local: &LocalHub,
    operator: &Client,
    region: &Region,
    week: &Week,
) -> anyhow::Result<()> {
    for tenant in &region.tenants {
        let request = ImportStructureRequest {
            tenant: tenant.id.to_string(),
            structure: structure(tenant).to_string().into_bytes().into(),
            dry_run: false,
        };
        operator.records().import_structure(request).await?;
    }
    let uploads = region.tenants.iter().map(|tenant| async move {
        let client = client_of(local, tenant).await?;
        let letters = week.letters.get(tenant.id.as_str()).map_or(&[][..], Vec::as_slice);
        for letter in letters {
            client.upload(tenant.id.as_str(), letter).await?;
        }
        anyhow::Ok(letters.len())
    });
    let stored: usize = try_join_all(uploads).await?.into_iter().sum();
    println!("Stored {stored} documents in {} archives", region.tenants.len());
    Ok(())
}

fn structure(tenant: &Tenant) -> Value {
    json!({"arkiv": [{
        "tittel": tenant.name,
        "arkivskaper": [{
            "arkivskaperID": tenant.organisation_number, "arkivskaperNavn": tenant.name,
        }],
        "arkivdel": [{ "kode": "SAK", "tittel": "Sakarkiv", "standard": true }],
    }]})
}

async fn client_of(local: &LocalHub, tenant: &Tenant) -> anyhow::Result<Client> {
    let name = format!("{}-integration", tenant.id);
    let token = local.token(tenant.organisation_number.as_str(), Some(&name))?;
    Client::connect(&format!("http://{}", local.hub.grpc), &token).await
}

/// Waits until every request has its answer, and counts the answers as the events that they are.
pub(super) async fn answered(operator: &Client, week: &Week, totals: &mut [Totals]) -> anyhow::Result<()> {
    for of in totals {
        let requests: Vec<&Event> = requests(week, &of.tenant).collect();
        let Some(last) = requests.last() else { continue };
        let request = GetDepositRequest {
            tenant: of.tenant.clone(),
            request: format!("{}/{}", last.system, last.id),
            wait: Some(ANSWERED_WITHIN.try_into()?),
        };
        let answer = operator.deposits().get_deposit(request).await?.into_inner();
        let deposit = answer.deposit.unwrap_or_default();
        ensure!(deposit.answer_sequence > 0, "{} has no answer from the archive", deposit.request);
        // Requests are answered in their order: now there are as many answers as requests.
        of.answers = requests.len() as u64;
        of.sequence = of.sequence.max(of.accepted + of.answers);
    }
    Ok(())
}

/// What a municipality asked of its archive, in the order of its log.
fn requests<'w>(week: &'w Week, tenant: &str) -> impl Iterator<Item = &'w Event> {
    let planned = week.by_tenant.get(tenant).into_iter().flatten();
    let accepted = planned.filter(|planned| planned.expect == Expect::Accepted);
    accepted.map(|planned| &planned.event).filter(|event| event.r#type == REQUESTED)
}

/// Prints what the archives hold; says whether it is what was asked for.
pub(super) async fn page(operator: &Client, week: &Week, totals: &[Totals]) -> anyhow::Result<bool> {
    heading("What the archives made of it");
    let mut right = true;
    for of in totals {
        let (accepted, others) = counted(operator, &of.tenant).await?;
        println!("{}: {accepted} records with their documents", of.tenant);
        if accepted != of.answers || others > 0 {
            println!("NOT AS ASKED FOR: {} were asked for, {others} are not accepted", of.answers);
            right = false;
        }
    }
    Ok(showcase(operator, week).await? && right)
}

async fn counted(operator: &Client, tenant: &str) -> anyhow::Result<(u64, u64)> {
    let request = ListDepositsRequest { tenant: tenant.to_owned(), ..ListDepositsRequest::default() };
    let counts = operator.deposits().list_deposits(request).await?.into_inner().counts;
    let (accepted, others): (Vec<_>, Vec<_>) =
        counts.iter().partition(|count| count.state() == DepositState::Accepted);
    let sum =
        |counts: Vec<&samflyt_proto::archive::DepositCount>| counts.iter().map(|count| count.deposits).sum();
    Ok((sum(accepted), sum(others)))
}

/// The kindergarten affair: its receipt, held against the record itself.
async fn showcase(operator: &Client, week: &Week) -> anyhow::Result<bool> {
    let tenant = &week.showcase.tenant;
    let affair = format!("{}/{}", week.showcase.system, week.showcase.event_id);
    let asked = requests(week, tenant).find(|event| event.correlation_id == affair);
    let asked = asked.context("the showcase asks for a deposit")?;
    let request = GetDepositRequest {
        tenant: tenant.clone(),
        request: format!("{}/{}", asked.system, asked.id),
        wait: None,
    };
    let answer = operator.deposits().get_deposit(request).await?.into_inner();
    let receipt: Value = serde_json::from_slice(&answer.answer).context("the archive's answer")?;
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (case, record) = (text("/mappe/mappeID"), text("/registrering/registreringsID"));
    let number = &receipt["registrering"]["journalsekvensnummer"];
    println!("The kindergarten affair is case {case}, record {record}, number {number} of the journal");
    let reference = Some(Reference::RegistreringsId(record.to_owned()));
    let request = GetRecordRequest { tenant: tenant.clone(), reference };
    let kept = operator.records().get_record(request).await?.into_inner().record.unwrap_or_default();
    let kept_doc: Value = serde_json::from_slice(&kept.document)?;
    let asked: Value = serde_json::from_slice(&asked.data)?;
    let digests = |documents: &Value, member: &str| -> Vec<Value> {
        documents.as_array().into_iter().flatten().map(|document| document[member].clone()).collect()
    };
    let described = kept_doc["dokumentbeskrivelse"].as_array().into_iter().flatten();
    let objects = Value::Array(described.map(|described| described["dokumentobjekt"][0].clone()).collect());
    let right = kept.system_id == text("/registrering/systemID")
        && kept_doc["journalsekvensnummer"] == *number
        && digests(&objects, "sjekksum") == digests(&asked["documents"], "sha256");
    println!("{}", if right { "The record says the same." } else { "The record does NOT say the same." });
    Ok(right)
}
