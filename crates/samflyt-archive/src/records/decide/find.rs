//! Who is meant: the references of the protocol, resolved to units.
//!
//! Kept true: all that a reference says of one unit must hold of it; one that leads nowhere is told apart from one that
//! cannot be right ([`Trouble::NotFound`], [`Trouble::Invalid`]).

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde_json::Value;

use super::{Problem, Trouble};
use crate::records::fold::list;
use crate::records::keys::{Number, Series};
use crate::records::{Records, Stored, external_key};

/// `referanseTilMappe`: by systemID, mappeID, saksnummer or external key.
///
/// # Errors
/// [`Trouble`]; places begin with `at`.
pub(crate) fn mappe(records: &Records, reference: &Value, at: &str) -> Result<Stored, Trouble> {
    let mut meant = Meant::new(at);
    if let Some(id) = text(reference, "systemID") {
        meant.by("systemID", unit_ids(records.unit(Kind::Mappe, &id.to_lowercase())?));
    }
    if let Some(id) = text(reference, "mappeID") {
        meant.by("mappeID", unit_ids(records.by_mappe_id(id)?));
    }
    if let Some(number) = reference.get("saksnummer") {
        meant.by("saksnummer", saksmapper(records, number)?);
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        let found = records.by_external_key(Kind::Mappe, fagsystem, noekkel)?;
        meant.by("referanseEksternNoekkel", unit_ids(found));
    }
    unit(records, &meant.one()?)
}

/// `referanseTilRegistrering` and `referanseTilJournalpost`: by systemID, registreringsID, journalnummer,
/// saksJournalpostnummer or external key.
///
/// # Errors
/// [`Trouble`]; places begin with `at`.
pub(crate) fn registrering(records: &Records, reference: &Value, at: &str) -> Result<Stored, Trouble> {
    let mut meant = Meant::new(at);
    if let Some(id) = text(reference, "systemID") {
        meant.by("systemID", unit_ids(records.unit(Kind::Registrering, &id.to_lowercase())?));
    }
    if let Some(id) = text(reference, "registreringsID") {
        meant.by("registreringsID", unit_ids(records.by_registrerings_id(id)?));
    }
    if let Some(number) = reference.get("journalnummer") {
        let (year, number) = (year(number, "journalaar"), int(number, "journalsekvensnummer"));
        meant.by("journalnummer", numbered(records, Series::Journal, year, number)?);
    }
    if let Some(number) = reference.get("saksJournalpostnummer") {
        meant.by("saksJournalpostnummer", posts(records, number)?);
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        let found = records.by_external_key(Kind::Registrering, fagsystem, noekkel)?;
        meant.by("referanseEksternNoekkel", unit_ids(found));
    }
    unit(records, &meant.one()?)
}

/// `referanseTilDokumentbeskrivelse`: by systemID, external key or journalpostDokumentnummer. Gives the registrering, and
/// which of its dokumentbeskrivelser it is.
///
/// An external key that no dokumentbeskrivelse has, but a registrering with one dokumentbeskrivelse or one hoveddokument,
/// means that one (decision 0022).
///
/// # Errors
/// [`Trouble`]; places begin with `at`.
pub(crate) fn dokumentbeskrivelse(
    records: &Records,
    reference: &Value,
    at: &str,
) -> Result<(Stored, usize), Trouble> {
    let mut meant = Meant::new(at);
    if let Some(id) = text(reference, "systemID") {
        meant.by("systemID", described(records, &id.to_lowercase())?.into_iter().collect());
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        let found = match records.description_by_external_key(fagsystem, noekkel)? {
            Some(id) => described(records, &id)?,
            None => {
                let holder = records.by_external_key(Kind::Registrering, fagsystem, noekkel)?;
                holder.and_then(|holder| main_document(&holder.unit))
            }
        };
        meant.by("referanseEksternNoekkel", found.into_iter().collect());
    }
    if let Some(number) = reference.get("journalpostDokumentnummer") {
        let at = format!("{at}/journalpostDokumentnummer/referanseTilJournalpost");
        let of = number.get("referanseTilJournalpost").unwrap_or(&Value::Null);
        let holder = registrering(records, of, &at)?;
        let wanted = int(number, "dokumentnummer");
        let has_it = |one: &Value| wanted.is_some() && int(one, "dokumentnummer") == wanted;
        let index = list(&holder.unit.doc, "dokumentbeskrivelse").iter().position(has_it);
        let found = index.map(|index| (holder.unit.system_id, index));
        meant.by("journalpostDokumentnummer", found.into_iter().collect());
    }
    let (id, index) = meant.one()?;
    Ok((unit(records, &id)?, index))
}

/// Whether a reference is to a mappe that is not in the records yet.
pub(crate) fn means(reference: &Value, mappe: &Unit) -> bool {
    let members = ["systemID", "mappeID", "referanseEksternNoekkel"];
    let given: Vec<&str> = members.into_iter().filter(|member| reference.get(*member).is_some()).collect();
    let number = reference.get("saksnummer");
    let same = |one: &Value, member: &str| one.get(member) == mappe.doc.get(member);
    let same_number =
        number.is_none_or(|number| same(number, "saksaar") && same(number, "sakssekvensnummer"));
    (number.is_some() || !given.is_empty())
        && same_number
        && given.into_iter().all(|member| same(reference, member))
}

/// What is said of an identifier at this place that nothing has, or nothing that the caller may know of.
pub(crate) fn leads_to_nothing(place: String) -> Trouble {
    let advice = "ask for it by `sok`, or name it by another identifier";
    Trouble::NotFound(Problem::new(place, "leads to nothing", advice))
}

/// What each identifier of a reference leads to.
struct Meant<'a, T> {
    at: &'a str,
    by: Vec<(&'static str, Vec<T>)>,
}

impl<'a, T: Clone + PartialEq> Meant<'a, T> {
    fn new(at: &'a str) -> Self {
        Self { at, by: Vec::new() }
    }

    fn by(&mut self, member: &'static str, found: Vec<T>) {
        self.by.push((member, found));
    }

    /// The one that all of them lead to.
    fn one(self) -> Result<T, Trouble> {
        let at = self.at;
        if let Some((member, _)) = self.by.iter().find(|(_, found)| found.is_empty()) {
            return Err(leads_to_nothing(format!("{at}/{member}")));
        }
        let mut lists = self.by.into_iter().map(|(_, found)| found);
        let Some(first) = lists.next() else {
            let advice = "give a systemID, a number, or an external key";
            return Err(Problem::new(at, "names nothing", advice).into());
        };
        let mut common =
            lists.fold(first, |common, found| common.into_iter().filter(|one| found.contains(one)).collect());
        match common.pop() {
            Some(one) if common.is_empty() => Ok(one),
            Some(_) => {
                let advice = "name it by its systemID: another arkiv has the same number";
                Err(Problem::new(at, "leads to more than one", advice).into())
            }
            None => {
                let advice = "give one identifier, or such as belong together";
                Err(Problem::new(at, "names different things at once", advice).into())
            }
        }
    }
}

fn unit(records: &Records, system_id: &str) -> Result<Stored, Trouble> {
    let gone = StoreError::Corrupt("a record that an index leads to is not there");
    records.get(system_id)?.ok_or(Trouble::Unreadable(gone))
}

fn unit_ids(found: Option<Stored>) -> Vec<String> {
    found.map(|stored| stored.unit.system_id).into_iter().collect()
}

/// Who has a number of a year, in any arkiv: each has a series of its own.
fn numbered(
    records: &Records,
    series: Series,
    year: Option<i32>,
    number: Option<i64>,
) -> Result<Vec<String>, Trouble> {
    let (Some(year), Some(number)) = (year, number) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for arkiv in records.all(Kind::Arkiv) {
        let of = arkiv?.unit.system_id;
        found.extend(unit_ids(records.numbered(&Number { series, of, year, number })?));
    }
    Ok(found)
}

fn saksmapper(records: &Records, number: &Value) -> Result<Vec<String>, Trouble> {
    numbered(records, Series::Sak, year(number, "saksaar"), int(number, "sakssekvensnummer"))
}

fn posts(records: &Records, number: &Value) -> Result<Vec<String>, Trouble> {
    let Some(post) = int(number, "journalpostnummer") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for of in saksmapper(records, number)? {
        let number = Number { series: Series::Post, of, year: 0, number: post };
        found.extend(unit_ids(records.numbered(&number)?));
    }
    Ok(found)
}

fn described(records: &Records, system_id: &str) -> Result<Option<(String, usize)>, Trouble> {
    let Some(holder) = records.holder_of_part(system_id)? else { return Ok(None) };
    let all = list(&holder.unit.doc, "dokumentbeskrivelse");
    let index = all.iter().position(|one| text(one, "systemID") == Some(system_id));
    Ok(index.map(|index| (holder.unit.system_id.clone(), index)))
}

/// The only dokumentbeskrivelse, or the only one that is a hoveddokument.
fn main_document(registrering: &Unit) -> Option<(String, usize)> {
    let all = list(&registrering.doc, "dokumentbeskrivelse");
    let is_main = |one: &Value| one.pointer("/tilknyttetRegistreringSom/kode") == Some(&Value::from("H"));
    let mut main = all.iter().enumerate().filter(|(_, one)| all.len() == 1 || is_main(one));
    let index = main.next()?.0;
    main.next().is_none().then(|| (registrering.system_id.clone(), index))
}

fn text<'v>(doc: &'v Value, member: &str) -> Option<&'v str> {
    doc.get(member)?.as_str()
}

fn int(doc: &Value, member: &str) -> Option<i64> {
    doc.get(member)?.as_i64()
}

fn year(doc: &Value, member: &str) -> Option<i32> {
    int(doc, member)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::records::testing::{Archive, file};

    fn outcome<T>(found: Result<T, Trouble>) -> &'static str {
        match found {
            Ok(_) => "found",
            Err(Trouble::NotFound(_)) => "not found",
            Err(Trouble::Invalid(_)) => "invalid",
            Err(Trouble::Unreadable(_)) => "unreadable",
        }
    }

    fn key(noekkel: &str) -> Value {
        json!({"fagsystem": "acos", "noekkel": noekkel})
    }

    #[tokio::test]
    async fn a_mappe_is_found_by_each_of_its_names_and_by_all_at_once() {
        let mut archive = Archive::with_structure().await;
        let id = archive.saksmappe(json!({"referanseEksternNoekkel": key("a")})).await;
        let other = archive.saksmappe(json!({"referanseEksternNoekkel": key("b")})).await;
        let records = archive.records();
        let all = json!({"systemID": id, "mappeID": "2026/1",
            "saksnummer": {"saksaar": 2026, "sakssekvensnummer": 1}, "referanseEksternNoekkel": key("a")});
        for (member, value) in all.as_object().unwrap() {
            let found = mappe(&records, &json!({member: value}), "/m").unwrap();
            assert_eq!(found.unit.system_id, id, "{member}");
        }
        assert_eq!(mappe(&records, &all, "/m").unwrap().unit.system_id, id);
        for (member, value) in [("systemID", json!(other)), ("referanseEksternNoekkel", key("b"))] {
            let mut mixed = all.clone();
            mixed[member] = value;
            assert_eq!(outcome(mappe(&records, &mixed, "/m")), "invalid", "{member}");
        }
        assert_eq!(outcome(mappe(&records, &json!({}), "/m")), "invalid");
        let unknown = json!({"systemID": id, "referanseEksternNoekkel": key("c")});
        assert_eq!(outcome(mappe(&records, &unknown, "/m")), "not found");
        assert!(means(&all, &archive.unit(&id).unit));
        assert!(means(&json!({"mappeID": "2026/1"}), &archive.unit(&id).unit));
        assert!(!means(&json!({}), &archive.unit(&id).unit));
        assert!(!means(&json!({"mappeID": "2026/2"}), &archive.unit(&id).unit));
    }

    #[tokio::test]
    async fn a_registrering_is_found_by_each_of_its_names() {
        let mut archive = Archive::with_structure().await;
        let sak = archive.saksmappe(json!({})).await;
        archive.journalpost(&sak, json!({})).await;
        let id = archive.journalpost(&sak, json!({"referanseEksternNoekkel": key("r")})).await;
        let records = archive.records();
        let all = json!({"systemID": id, "registreringsID": "2026/1-2",
            "journalnummer": {"journalaar": 2026, "journalsekvensnummer": 2},
            "saksJournalpostnummer": {"saksaar": 2026, "sakssekvensnummer": 1, "journalpostnummer": 2},
            "referanseEksternNoekkel": key("r")});
        for (member, value) in all.as_object().unwrap() {
            let found = registrering(&records, &json!({member: value}), "/r").unwrap();
            assert_eq!(found.unit.system_id, id, "{member}");
        }
        let none = json!({"journalnummer": {"journalaar": 2026, "journalsekvensnummer": 3}});
        assert_eq!(outcome(registrering(&records, &none, "/r")), "not found");
        // A mappe is no registrering.
        assert_eq!(outcome(registrering(&records, &json!({"systemID": sak}), "/r")), "not found");
    }

    #[tokio::test]
    async fn a_number_that_two_arkiver_gave_out_leads_to_more_than_one() {
        let mut archive = Archive::with_structure().await;
        let second = json!({"arkiv": [{"tittel": "Nytt arkiv",
            "arkivskaper": [{"arkivskaperID": "1", "arkivskaperNavn": "Seljord"}],
            "arkivdel": [{"kode": "NY", "tittel": "Ny"}]}]});
        let text = serde_json::to_vec(&second).unwrap();
        let by = crate::records::testing::actor();
        archive
            .carry_out(|records, ids| {
                super::super::structure::import(records, &text, &by, crate::records::testing::NOW, ids)
            })
            .await
            .unwrap();
        archive.saksmappe(json!({})).await;
        archive.saksmappe(json!({"arkivdel": {"kode": "NY"}, "klassifikasjon": []})).await;
        let reference = json!({"saksnummer": {"saksaar": 2026, "sakssekvensnummer": 1}});
        assert_eq!(outcome(mappe(&archive.records(), &reference, "/m")), "invalid");
    }

    #[tokio::test]
    async fn a_dokumentbeskrivelse_is_found_and_the_key_of_a_registrering_means_its_main_document() {
        let mut archive = Archive::with_structure().await;
        let sak = archive.saksmappe(json!({})).await;
        let described = |role: &str, more: Value| {
            let mut doc = json!({"tittel": "D", "tilknyttetRegistreringSom": {"kode": role}});
            doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            doc
        };
        let with = |all: Vec<Value>, noekkel: &str| {
            json!({"registrering": {"@type": "arkivnotat", "tittel": "N",
                "referanseForelderMappe": {"systemID": sak}, "dokumentbeskrivelse": all,
                "referanseEksternNoekkel": key(noekkel)}})
        };
        let (v, h) =
            (described("V", json!({"referanseEksternNoekkel": key("v")})), described("H", json!({})));
        let two = archive.make(with(vec![v.clone(), h], "to"), &[]).await.remove(0);
        archive.make(with(vec![v.clone(), v], "vedlegg"), &[]).await;
        let records = archive.records();
        let find = |reference: Value| dokumentbeskrivelse(&records, &reference, "/d");
        let found = |reference: Value| find(reference).map(|(stored, index)| (stored.unit.system_id, index));
        let first = archive.unit(&two).unit.doc["dokumentbeskrivelse"][0]["systemID"].clone();
        assert_eq!(found(json!({"systemID": first})).unwrap(), (two.clone(), 0));
        assert_eq!(found(json!({"referanseEksternNoekkel": key("to")})).unwrap(), (two.clone(), 1));
        assert_eq!(outcome(find(json!({"referanseEksternNoekkel": key("vedlegg")}))), "not found");
        let numbered = json!({"journalpostDokumentnummer": {
            "referanseTilJournalpost": {"systemID": two}, "dokumentnummer": 2}});
        assert_eq!(found(numbered).unwrap(), (two.clone(), 1));
        // The name of a file's dokumentobjekt is no dokumentbeskrivelse.
        let post = archive.journalpost(&sak, json!({})).await;
        let object = archive.unit(&post).unit.doc["dokumentbeskrivelse"][0]["dokumentobjekt"][0].clone();
        assert_eq!(object["sjekksum"], json!(file("brev.pdf").digest));
        let records = archive.records();
        let by_object = dokumentbeskrivelse(&records, &json!({"systemID": object["systemID"]}), "/d");
        assert_eq!(outcome(by_object), "not found");
    }
}
