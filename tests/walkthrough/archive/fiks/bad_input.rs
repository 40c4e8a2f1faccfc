//! Messages that are wrong, each answered by what is wrong with it, and nothing of it kept.

use futures::future::join_all;
use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::write;
use samflyt_proto::archive::CheckNumbersRequest;
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::json;

use super::door::{Door, Form, json as body};
use super::letter::letter;
use crate::archive::deposits::import_structure;
use crate::archive::hub_of_seljord;

const NAMESPACE: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1";

/// The last answer to a message: its type without what all have in common, and what it says.
async fn answer(
    door: &Door,
    id: &str,
    kind: MessageType,
    payload: &[u8],
    files: &[(&str, &[u8])],
) -> (String, String) {
    let mut form = Form::message(&kind.name(), id).file("payload", "p.xml", payload);
    for (name, bytes) in files {
        form = form.file("fil", name, bytes);
    }
    let (status, accepted) = body(door.post(form).await).await;
    assert_eq!(status, 202, "{accepted}");
    let message = accepted["meldingId"].as_str().unwrap();
    let (_, answers) = body(door.get(&format!("/meldinger/{message}/svar?vent=30")).await).await;
    let last = answers.as_array().unwrap().last().unwrap().clone();
    let kind = last["meldingstype"].as_str().unwrap().rsplit(".v1.").next().unwrap().to_owned();
    (kind, last["payload"].as_str().unwrap_or_default().to_owned())
}

async fn numbers(hub: &TestHub) -> Vec<(String, i64)> {
    let request = CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
    let series = hub.operator().await.records().check_numbers(request).await.unwrap().into_inner().series;
    series.into_iter().map(|series| (series.series, series.given)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_wrong_is_told_element_and_rule_and_nothing_of_it_is_kept() {
    let hub = hub_of_seljord().await;
    import_structure(&hub.operator().await).await;
    let door = Door::of(&hub);
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><arkivmelding xmlns=\"{NAMESPACE}\">\
         <system>&c;</system></arkivmelding>"
    );
    let text = String::from_utf8(letter(|_| {})).unwrap();
    let unknown = text.replacen("<antallFiler>", "<antallfiler>1</antallfiler><antallFiler>", 1);
    let wrong_code = letter(|letter| letter["registrering"]["journalposttype"]["kode"] = "Q".into());
    let no_class = letter(|letter| letter["mappe"]["klassifikasjon"][0]["klasseID"] = "Z99".into());
    let no_parent = letter(|letter| {
        letter.as_object_mut().unwrap().remove("mappe");
        letter["registrering"]["referanseForelderMappe"] = json!({"mappeID": "2026/4711"});
    });
    let count = letter(|letter| letter["antallFiler"] = 2.into());
    let no_such_file = letter(|letter| {
        let object = &mut letter["registrering"]["dokumentbeskrivelse"][0]["dokumentobjekt"][0];
        object["referanseDokumentfil"] = "annet.txt".into();
    });
    let digest = letter(|letter| {
        let object = &mut letter["registrering"]["dokumentbeskrivelse"][0]["dokumentobjekt"][0];
        object["sjekksum"] = "00".repeat(32).into();
        object["sjekksumAlgoritme"] = "SHA-256".into();
    });
    let refused: [(&[u8], &str); 7] = [
        (b"<arkivmelding>", "/arkivmelding (line 1) is not closed"),
        (bomb.as_bytes(), "DTD"),
        (unknown.as_bytes(), "/arkivmelding/antallfiler"),
        (&wrong_code, "/arkivmelding/registrering/journalposttype"),
        (&no_class, "klasseID"),
        (&no_parent, "/arkivmelding/registrering/referanseForelderMappe/mappeID"),
        (&count, "/arkivmelding/antallFiler says 2, and 1 files came"),
    ];
    // The case can be made, and the receipt says why the letter cannot.
    let partly: [(&[u8], &str); 2] = [
        (&no_such_file, "names no file that came with it: annet.txt"),
        (&digest, "sjekksum is not that of the file that came"),
    ];
    let refused = refused.map(|(payload, told)| (payload, told, "feilmelding.ugyldigforespoersel"));
    let partly = partly.map(|(payload, told)| (payload, told, "arkivering.arkivmelding.opprett.kvittering"));
    for (at, (payload, told, expected)) in refused.into_iter().chain(partly).enumerate() {
        let (kind, file) = (MessageType::ArkivmeldingOpprett, ("brev.txt", &b"brev"[..]));
        let (kind, said) = answer(&door, &format!("wrong-{at}"), kind, payload, &[file]).await;
        assert_eq!(kind, expected, "{told}: {said}");
        assert!(said.contains(told) && said.contains("feilId"), "{told}: {said}");
        assert!(!said.contains("bbbbbbbb"), "{said}");
    }
    // The cases of the two letters that could not be made; no letter.
    assert_eq!(numbers(&hub).await, [("sak".to_owned(), 2)]);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_takes_no_letter_and_latin_1_is_read() {
    let hub = hub_of_seljord().await;
    import_structure(&hub.operator().await).await;
    let door = Door::of(&hub);
    let file: (&str, &[u8]) = ("brev.txt", b"brev");
    let text = String::from_utf8(letter(|_| {})).unwrap().replacen("UTF-8", "ISO-8859-1", 1);
    let latin: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let (kind, said) = answer(&door, "latin", MessageType::ArkivmeldingOpprett, &latin, &[file]).await;
    assert_eq!(kind, "arkivering.arkivmelding.opprett.kvittering", "{said}");
    let mappe =
        said.split("mappeID").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).unwrap().to_owned();
    let close = json!({"mappeOppdateringer": {
        "@type": "saksmappeOppdatering", "referanseTilMappe": {"mappeID": mappe}, "saksstatus": {"kode": "A"}}});
    let close = write::document(Schema::ArkivmeldingOppdater.root(), &close).unwrap();
    let (kind, said) = answer(&door, "close", MessageType::ArkivmeldingOppdater, close.as_bytes(), &[]).await;
    assert_eq!(kind, "arkivering.arkivmelding.oppdater.kvittering", "{said}");
    let late = letter(|letter| {
        letter.as_object_mut().unwrap().remove("mappe");
        letter["registrering"]["referanseForelderMappe"] = json!({"mappeID": mappe});
    });
    let (kind, said) = answer(&door, "late", MessageType::ArkivmeldingOpprett, &late, &[file]).await;
    assert_eq!(kind, "feilmelding.ugyldigforespoersel");
    assert!(said.contains("leads to a mappe that is closed"), "{said}");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_ten_times_at_once_is_one_letter_and_another_sender_of_it_gets_the_existing_one() {
    let hub = hub_of_seljord().await;
    import_structure(&hub.operator().await).await;
    let door = Door::of(&hub);
    let keyed = letter(|letter| {
        letter["mappe"]["referanseEksternNoekkel"] = json!({"fagsystem": "f", "noekkel": "m"});
        letter["registrering"]["referanseEksternNoekkel"] = json!({"fagsystem": "f", "noekkel": "r"});
    });
    let file: (&str, &[u8]) = ("brev.txt", b"brev");
    let same = join_all((0..10).map(|_| {
        answer(&door, "same", MessageType::ArkivmeldingOpprett, &keyed, std::slice::from_ref(&file))
    }))
    .await;
    assert!(same.iter().all(|one| one == &same[0]), "{same:?}");
    assert_eq!(same[0].1.matches(">Opprettet<").count(), 2, "{}", same[0].1);
    let others: Vec<String> = (0..10).map(|n| format!("other-{n}")).collect();
    let again =
        join_all(others.iter().map(|id| {
            answer(&door, id, MessageType::ArkivmeldingOpprett, &keyed, std::slice::from_ref(&file))
        }))
        .await;
    assert!(again.iter().all(|(_, said)| said.matches(">Eksisterende<").count() == 2), "{again:?}");
    assert_eq!(numbers(&hub).await, [("sak".to_owned(), 1), ("journal".to_owned(), 1)]);
    hub.end().await;
}
