//! Spreadsheets into the catalogue.

use samflyt::client::Client;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::ResourceKind::{self, Agreement, Process, System, Usage};
use samflyt_testkit::hub::SELJORD;
use serde_json::json;

use crate::catalogue::{get, history, hub_of_two, list, read};

async fn import(client: &Client, kind: ResourceKind, table: &[u8], dry_run: bool) -> pb::ImportTableResponse {
    let request = pb::ImportTableRequest {
        kind: kind.into(),
        tenant: "seljord".to_owned(),
        table: table.to_vec(),
        dry_run,
        reason: "the old spreadsheet".to_owned(),
    };
    client.catalogue().import_table(request).await.unwrap().into_inner()
}

fn counts(answer: &pb::ImportTableResponse) -> (u32, u32, u32) {
    (answer.created, answer.changed, answer.unchanged)
}

/// As a spreadsheet writes it here: Latin-1, semicolons, and a row that somebody broke.
pub fn systems() -> Vec<u8> {
    let text = "Navn;Produkt;Driftsmiljø;Sikkerhetssone;Årlig kostnad;Systemeier\r\n\
                Økonomi Økern;Xledger;Vest-Telemark drift;intern;310 000;Økonomisjefen\r\n\
                Barnehage;Visma Flyt;skyen;intrn;kr 90.000,-;Oppvekst\r\n\
                \r\n\
                Byggesak;ePhorte;skyen;åpen\r\n\
                Arkiv;ePhorte;skyen;sikker;12000;Arkivet\r\n";
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_is_tried_taken_and_taken_again_without_doubles() {
    let hub = hub_of_two().await;
    let seljord = hub.client_of(SELJORD).await;
    let before = list(&seljord, System, &[], None).await.unwrap();
    let tried = import(&seljord, System, &systems(), true).await;
    assert_eq!(list(&seljord, System, &[], None).await.unwrap(), before, "a dry run changes nothing");

    let taken = import(&seljord, System, &systems(), false).await;
    assert_eq!(tried, taken, "a dry run tells what the import does");
    assert_eq!(
        (counts(&taken), taken.encoding.as_str(), taken.delimiter.as_str()),
        ((2, 0, 0), "latin-1", ";")
    );
    let told: Vec<(u32, &str)> =
        taken.problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(told, [(1, "Systemeier"), (3, "Sikkerhetssone"), (5, "")]);
    assert!(taken.problems[0].advice.contains("`usage`"), "{:?}", taken.problems);

    let economy = get(&seljord, System, "seljord", "seljord-okonomi-okern", None).await.unwrap();
    assert_eq!(read(&economy)["environment"], "Vest-Telemark drift");
    assert_eq!(read(&economy)["cost_per_year_nok"], 310_000);
    assert_eq!(counts(&import(&seljord, System, &systems(), false).await), (0, 0, 2));
    let told = history(&seljord, System, "seljord", "seljord-okonomi-okern").await.unwrap();
    assert_eq!(told.len(), 1, "the same table again left no trace");
    assert_eq!(told[0].reason, "the old spreadsheet");

    // The same spreadsheet, as how the systems are used: those that are there by their names.
    let usage = import(&seljord, Usage, &systems(), false).await;
    assert_eq!(counts(&usage), (2, 0, 0), "{usage:?}");
    let usage = get(&seljord, Usage, "seljord", "seljord-okonomi-okern", None).await.unwrap();
    assert_eq!(read(&usage)["owner"], "Økonomisjefen");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_table_leaves_out_stays_and_broken_rows_take_nothing_with_them() {
    let hub = hub_of_two().await;
    let seljord = hub.client_of(SELJORD).await;
    let table =
        "id,name,product,version\nseljord-a,A,x,1\nseljord-b,B,x,1\nseljord-a,A2,x,2\nvinje-agresso,A,x,\n";
    let first = import(&seljord, System, table.as_bytes(), false).await;
    assert_eq!(counts(&first), (2, 0, 0));
    let told: Vec<u32> = first.problems.iter().map(|problem| problem.row).collect();
    assert_eq!(told, [4, 5], "a double, and another host's id: {:?}", first.problems);

    let second =
        import(&seljord, System, b"id,name,product,zone,version\nseljord-a,A,x,secure,\n", false).await;
    assert_eq!(counts(&second), (0, 1, 0));
    let system = read(&get(&seljord, System, "seljord", "seljord-a", None).await.unwrap());
    assert_eq!((&system["version"], &system["zone"]), (&json!("1"), &json!("secure")));

    let process = "Prosess,Steg,Systemer\nOpptak,Søknad,seljord-a\nOpptak,Svar,seljord-nowhere\nSak,Åpnes,B|seljord-a\n";
    let answer = import(&seljord, Process, process.as_bytes(), false).await;
    assert_eq!(counts(&answer), (1, 0, 0));
    let told: Vec<(u32, &str)> =
        answer.problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(told, [(2, ""), (3, "Systemer")], "{:?}", answer.problems);
    let case = read(&get(&seljord, Process, "seljord", "seljord-sak", None).await.unwrap());
    assert_eq!(case["steps"][0]["systems"], json!(["seljord-b", "seljord-a"]));

    let agreements = "Avgiver,Mottaker,Hendelser,Formål,Hjemmel,Fra,Til\n\
                      seljord-a,B,case.opened,Arkiv,arkivlova § 9,1.1.2026,\n\
                      seljord-a,A,case.opened,Arkiv,arkivlova § 9,1.1.2026,\n\
                      seljord-a,seljord-oppvekst,case.opened,Arkiv,arkivlova § 9,1.1.2026,1.1.2020\n";
    let answer = import(&seljord, Agreement, agreements.as_bytes(), false).await;
    let told: Vec<(u32, &str)> =
        answer.problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!((counts(&answer), told), ((1, 0, 0), vec![(3, "Mottaker"), (4, "Til")]), "{answer:?}");
    let draft = read(&get(&seljord, Agreement, "seljord", "seljord-a-to-b", None).await.unwrap());
    assert_eq!(draft["status"], "draft");
    hub.end().await;
}
