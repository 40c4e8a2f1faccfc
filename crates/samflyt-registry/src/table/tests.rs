use proptest::prelude::*;
use samflyt_events::TenantId;
use samflyt_events::catalogue::{Catalogue, Resource};

use super::*;

fn read(kind: Kind, bytes: &[u8]) -> Table {
    Table::read(kind, bytes).unwrap()
}

fn documents(table: &Table) -> Vec<Result<Resource, Vec<Problem>>> {
    let tenant = TenantId::new("seljord").unwrap();
    let catalogue = Catalogue::default();
    table.entries.iter().map(|entry| document(&catalogue, table, &tenant, entry)).collect()
}

#[test]
fn latin_1_with_semicolons_is_read_as_utf_8_with_commas_is() {
    let utf8 = "Navn,Leverandør,Funksjoner\nePhorte,\"Blåbær, Ås\",arkiv | sak\n";
    let latin1: Vec<u8> = "Navn;Leverandør;Funksjoner\r\nePhorte;Blåbær, Ås;arkiv | sak\r\n"
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let marked = [b"\xef\xbb\xbf", utf8.as_bytes()].concat();
    let tabs = utf8.replace(',', "\t").replace("Blåbær\t", "Blåbær,");
    let expected = documents(&read(Kind::Product, utf8.as_bytes())).remove(0).unwrap();
    assert_eq!(expected.document()["vendor"], "Blåbær, Ås");
    for (bytes, encoding, delimiter) in
        [(marked, "utf-8", ','), (latin1, "latin-1", ';'), (tabs.into_bytes(), "utf-8", '\t')]
    {
        let table = read(Kind::Product, &bytes);
        assert_eq!((table.encoding, table.delimiter), (encoding, delimiter));
        assert_eq!(documents(&table).remove(0).unwrap(), expected);
    }
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_does_also_after_empty_ones_and_cells_of_several_lines() {
    let text = "Navn,Merknad\nA,\"one\ntwo\"\n\nB,x,y\n,\nC\nD,ok\n";
    let table = read(Kind::Product, text.as_bytes());
    let rows: Vec<u32> = table.entries.iter().map(Entry::row).collect();
    assert_eq!(rows, [2, 7]);
    let told: Vec<u32> = table.problems.iter().map(|problem| problem.row).collect();
    assert_eq!(told, [4, 6]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_does_not_swallow_the_rest_unseen() {
    let table = read(Kind::Product, b"Navn,Merknad\nA,ok\nB,\"open\nC,lost\nD,lost\n");
    assert_eq!(table.entries.len(), 1);
    assert_eq!(table.problems.len(), 1);
    assert!(table.problems[0].rule.contains("not closed"), "{:?}", table.problems);
}

#[test]
fn columns_of_another_kind_are_named_and_what_means_the_same_twice_is_told() {
    let table = read(Kind::System, "Navn;Systemnavn;Produkt;Systemeier;Farge\nx;y;z;a;b\n".as_bytes());
    let told: Vec<(&str, &str)> =
        table.problems.iter().map(|problem| (problem.column.as_str(), problem.advice.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Systemnavn", "keep one of the two"),
            ("Systemeier", "import the table as `usage` too"),
            ("Farge", "rename it as in docs/TABLES.md, or leave it")
        ]
    );
    assert!(Table::read(Kind::System, b"a;b\n1;2\n").is_err());
    assert!(Table::read(Kind::Change, b"id\n1\n").is_err());
}

#[test]
fn a_broken_cell_is_told_with_row_and_column_and_never_repeated() {
    let text = "Navn,Produkt,Sone,I bruk fra,Årlig kostnad\nA,a,SECRET,SECRET,SECRET\nB,,,,\nC,c,sikker,1.2.2020,10 000\n";
    let mut documents = documents(&read(Kind::System, text.as_bytes()));
    let system = documents.remove(2).unwrap().document();
    assert_eq!(system["id"], "seljord-c");
    assert_eq!((&system["zone"], &system["in_use_from"]), (&"secure".into(), &"2020-02-01".into()));
    assert_eq!(system["cost_per_year_nok"], 10_000);
    let problems = documents.remove(0).unwrap_err();
    let columns: Vec<(u32, &str)> =
        problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(columns, [(2, "Sone"), (2, "I bruk fra"), (2, "Årlig kostnad")]);
    assert!(!format!("{problems:?}").contains("SECRET"));
    let missing = documents.remove(0).unwrap_err();
    assert_eq!((missing[0].row, missing[0].column.as_str()), (3, "Produkt"));
}

#[test]
fn a_process_has_one_row_for_each_step() {
    let text = "Prosess,Eier,Steg,Hendelser\nOpptak,Barnehage,Søknad,no.samflyt.a.b|c.d\nAnnet,,Ett,\nOpptak,,Svar,\n";
    let documents = documents(&read(Kind::Process, text.as_bytes()));
    let process = documents[0].as_ref().unwrap().document();
    assert_eq!(process["owner"], "Barnehage");
    assert_eq!(process["steps"][0]["types"][0], "a.b");
    assert_eq!(process["steps"][1]["name"], "Svar");
    assert_eq!(documents.len(), 2);
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400), heading in 0..5_usize) {
        let headings = ["", "Navn;Produkt;Databehandler\n", "id,name,steps.name\n", "Navn\t\"Tema\n", "\u{feff}Fra;Til\n"];
        let bytes = [headings[heading].as_bytes(), &bytes].concat();
        for kind in Kind::DESCRIBED {
            if let Ok(table) = Table::read(kind, &bytes) {
                for (entry, read) in table.entries.iter().zip(documents(&table)) {
                    if let Err(problems) = read {
                        prop_assert!(!problems.is_empty());
                        prop_assert!(problems.iter().all(|problem| problem.row >= entry.row()));
                    }
                }
            }
        }
    }

    #[test]
    fn any_cells_give_an_answer(cells in proptest::collection::vec("[a-z0-9 |().:,;\"æøå-]{0,12}", 4..12)) {
        for head in ["Navn;ROS;Databehandler;Kostnad", "Navn;Formål;Overføringer;Tilgang", "Fra system;Til system;Fra;Til"] {
            let rows: Vec<String> = cells.chunks(4).map(|row| row.join(";")).collect();
            for kind in Kind::DESCRIBED {
                if let Ok(table) = Table::read(kind, format!("{head}\n{}", rows.join("\n")).as_bytes()) {
                    documents(&table);
                }
            }
        }
    }
}
