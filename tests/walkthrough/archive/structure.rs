//! The structure of an archive: imported as often as one likes, refused with every fault, kept over a restart.

use samflyt_proto::archive::{CheckNumbersRequest, ImportStructureRequest, ImportStructureResponse};
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};
use tonic::Status;
use tonic_types::StatusExt;

use super::hub_of_seljord;

fn structure() -> Value {
    json!({"arkiv": [{
        "tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [
            {"klassifikasjonssystemID": "FA", "klassifikasjonstype": "FH", "tittel": "Funksjoner",
             "klasse": [{"klasseID": "K01", "tittel": "Barnehage", "klasse": [{"klasseID": "K01.1", "tittel": "Opptak"}]}]},
            {"klassifikasjonssystemID": "GBNR", "klassifikasjonstype": "GBN", "tittel": "Eiendom"}],
        "arkivdel": [{"kode": "SAK", "tittel": "Sakarkiv", "klassifikasjonssystem": ["FA", "GBNR"], "standard": true}],
        "tallserier": [{"serie": "sak", "aar": 2026, "siste": 500, "grunn": "tidlegare system"}],
    }]})
}

async fn import(
    hub: &samflyt_testkit::hub::TestHub,
    structure: &Value,
    dry_run: bool,
) -> Result<ImportStructureResponse, Status> {
    let request = ImportStructureRequest {
        tenant: SELJORD.tenant.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run,
    };
    hub.operator().await.records().import_structure(request).await.map(tonic::Response::into_inner)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_structure_is_imported_once_changed_where_it_differs_and_numbers_begin_where_it_says() {
    let hub = hub_of_seljord().await;
    let expected = ImportStructureResponse { created: 6, changed: 1 };
    assert_eq!(import(&hub, &structure(), true).await.unwrap(), expected);
    assert_eq!(import(&hub, &structure(), false).await.unwrap(), expected);
    assert_eq!(import(&hub, &structure(), false).await.unwrap(), ImportStructureResponse::default());
    let mut closed = structure();
    closed["arkiv"][0]["arkivdel"][0]["arkivdelstatus"] = json!("P");
    let changed = ImportStructureResponse { created: 0, changed: 1 };
    assert_eq!(import(&hub, &closed, false).await.unwrap(), changed);
    let request = CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
    let series = hub.operator().await.records().check_numbers(request).await.unwrap().into_inner().series;
    let [sak] = series.as_slice() else { panic!("{series:?}") };
    assert_eq!((sak.last, sak.given, sak.gaps.len()), (500, 0, 1));
    assert_eq!((sak.gaps[0].from, sak.gaps[0].to, sak.gaps[0].cause.as_str()), (1, 500, "tidlegare system"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_structure_that_is_not_right_is_refused_with_every_fault_and_changes_nothing() {
    let hub = hub_of_seljord().await;
    let mut wrong = structure();
    wrong["arkiv"][0]["arkivskaper"] = json!([]);
    wrong["arkiv"][0]["arkivdel"][0]["klassifikasjonssystem"] = json!(["FA", "XX"]);
    wrong["arkiv"][0]["tallserier"][0]["grunn"] = json!(" ");
    let refused = import(&hub, &wrong, false).await.unwrap_err();
    let violations = refused.get_error_details().bad_request().unwrap().field_violations.clone();
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "/arkiv/0/arkivskaper",
            "/arkiv/0/arkivdel/0/klassifikasjonssystem/1",
            "/arkiv/0/tallserier/0/grunn"
        ]
    );
    wrong["arkiv"][0]["farge"] = json!("blå");
    let refused = import(&hub, &wrong, false).await.unwrap_err();
    assert!(refused.message().contains("unknown field `farge`"), "{refused:?}");
    let expected = ImportStructureResponse { created: 6, changed: 1 };
    assert_eq!(import(&hub, &structure(), false).await.unwrap(), expected);
}
