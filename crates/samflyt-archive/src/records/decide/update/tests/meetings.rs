//! A moetesak: utredning, innstilling, vedtak.

use super::*;

fn text(text: &str) -> Value {
    json!({"tekstInnhold": text, "tekstFormat": {"kode": "text/plain"}})
}

async fn moetesak(archive: &mut Archive) -> String {
    let made = json!({"@type": "moetesak", "tittel": "M", "moetesakstype": {"kode": "PS"}, "moetesaksaar": 2026,
        "moetesakssekvensnummer": 1});
    archive.make(json!({"registrering": made}), &[]).await.remove(0)
}

async fn change(archive: &mut Archive, id: &str, element: &str, changes: Value) -> Result<Decision, Trouble> {
    post(archive, id, json!({"@type": "moetesakOppdatering", element: changes})).await
}

fn described(title: &str) -> Value {
    json!({"tittel": title, "tilknyttetRegistreringSom": {"kode": "H"}})
}

#[tokio::test]
async fn a_vedtak_begins_with_its_text_and_gets_the_rest_by_and_by() {
    let mut archive = Archive::with_structure().await;
    let id = moetesak(&mut archive).await;
    let vote = json!([{"moetedeltaker": {"identifikator": {"navn": "Kari"}}, "stemme": "Ja"}]);
    let at = "/registreringOppdateringer/vedtakOppdatering/vedtakstekst";
    assert_eq!(place(change(&mut archive, &id, "vedtakOppdatering", json!({"votering": vote})).await), at);
    for changes in [
        json!({"vedtakstekst": text("Ja")}),
        json!({"votering": vote}),
        json!({"behandlingsprotokoll": text("P")}),
        json!({"vedtaksdokumenter": [described("a"), described("b")]}),
        json!({"dato": "2026-06-01T00:00:00Z"}),
        json!({"oppdateringstype": "Oppdater"}),
    ] {
        change(&mut archive, &id, "vedtakOppdatering", changes).await.unwrap();
        assert_published(&archive, &id);
    }
    let vedtak = doc(&archive, &id)["vedtak"].clone();
    assert_eq!(vedtak["dato"], "2026-06-01T00:00:00Z");
    assert_eq!((&vedtak["vedtakstekst"], &vedtak["behandlingsprotokoll"]), (&text("Ja"), &text("P")));
    assert_eq!((&vedtak["votering"], &vedtak["vedtaksdokumenter"][1]["dokumentnummer"]), (&vote, &json!(2)));
    change(&mut archive, &id, "vedtakOppdatering", json!({"oppdateringstype": "Slett"})).await.unwrap();
    assert!(doc(&archive, &id).get("vedtak").is_none());
}

#[tokio::test]
async fn an_utredning_has_its_description_and_its_innstilling() {
    let mut archive = Archive::with_structure().await;
    let id = moetesak(&mut archive).await;
    let some = json!({"oppdateringstype": "Oppdater", "saksbeskrivelse": text("s")});
    let at = "/registreringOppdateringer/utredning/innstilling";
    assert_eq!(place(change(&mut archive, &id, "utredning", some.clone()).await), at);
    let mut whole = some.clone();
    whole["innstilling"] = text("i");
    whole["utredningsdokumenter"] = json!([described("a")]);
    change(&mut archive, &id, "utredning", whole).await.unwrap();
    change(
        &mut archive,
        &id,
        "utredning",
        json!({"oppdateringstype": "Oppdater", "saksbeskrivelse": text("ny")}),
    )
    .await
    .unwrap();
    let utredning = doc(&archive, &id)["utredning"].clone();
    assert_eq!((&utredning["saksbeskrivelse"], &utredning["innstilling"]), (&text("ny"), &text("i")));
    assert_published(&archive, &id);
    change(&mut archive, &id, "utredning", json!({"oppdateringstype": "Slett"})).await.unwrap();
    assert!(doc(&archive, &id).get("utredning").is_none());
}

#[tokio::test]
async fn an_innstilling_is_set_and_deleted() {
    let mut archive = Archive::with_structure().await;
    let id = moetesak(&mut archive).await;
    change(&mut archive, &id, "innstillingOppdatering", json!({"innstilling": text("i")})).await.unwrap();
    assert_eq!(doc(&archive, &id)["innstilling"], text("i"));
    change(&mut archive, &id, "innstillingOppdatering", json!({"oppdateringstype": "Slett"})).await.unwrap();
    assert!(doc(&archive, &id).get("innstilling").is_none());
}

#[tokio::test]
async fn a_file_does_not_come_by_an_update() {
    let mut archive = Archive::with_structure().await;
    let id = moetesak(&mut archive).await;
    change(&mut archive, &id, "vedtakOppdatering", json!({"vedtakstekst": text("Ja")})).await.unwrap();
    let mut with_file = described("a");
    with_file["dokumentobjekt"] = json!([{"filnavn": "a.pdf", "referanseDokumentfil": "a.pdf"}]);
    let refused =
        change(&mut archive, &id, "vedtakOppdatering", json!({"vedtaksdokumenter": [with_file]})).await;
    let at = "/registreringOppdateringer/vedtakOppdatering/vedtaksdokumenter/0/dokumentobjekt";
    assert_eq!(place(refused), at);
}
