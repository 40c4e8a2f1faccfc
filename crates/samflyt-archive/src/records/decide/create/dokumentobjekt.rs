//! `dokumentobjekt.opprett`: a further version or variant of a document that is there.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};

use super::super::files::Files;
use super::super::trouble::Trouble;
use super::super::update::is_settled;
use super::super::{Problem, edit, find};
use super::{Create, Making, receipt};
use crate::records::{Decision, Records, list};

const AT: &str = "/dokumentobjekt";
const REFERENCE: &str = "/referanseTilDokumentbeskrivelse";

/// `create.doc`: in the words of `dokumentobjektOpprett`. The answer is in those of `dokumentobjektOpprettKvittering`.
///
/// # Errors
/// [`Trouble::NotFound`] where the dokumentbeskrivelse is not there; [`Trouble::Invalid`] with all that is wrong.
pub(crate) fn create_dokumentobjekt(
    records: &Records,
    create: &Create<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let mut making = Making::new(records, create, ids);
    let reference = create.doc.get("referanseTilDokumentbeskrivelse").unwrap_or(&Value::Null);
    let (stored, index) = find::dokumentbeskrivelse(records, reference, REFERENCE)?;
    let mut whole = stored.unit.doc.clone();
    let Some(described) = whole.get_mut("dokumentbeskrivelse").and_then(|all| all.get_mut(index)) else {
        return Err(find::leads_to_nothing(REFERENCE.to_owned()));
    };
    let mut object = create.doc.get("dokumentobjekt").and_then(Value::as_object).cloned().unwrap_or_default();
    object.entry("variantformat").or_insert_with(|| json!({"kode": "P"}));
    let there = list(described, "dokumentobjekt").to_vec();
    let mut problems = Vec::new();
    check_open(records, &stored.unit, described, &object, &mut problems)?;
    check_version(&there, &mut object, &mut problems);
    let mut alone = json!({"dokumentobjekt": [object]});
    let mut files = Files::new(create.files);
    // It alone is described: it is the first of its list.
    making.objects(&mut alone, &mut files, "", &mut problems)?;
    files.check_all_used(AT, &mut problems);
    if !problems.is_empty() {
        let place = |problem: Problem| Problem {
            field: problem.field.replacen("/dokumentobjekt/0", AT, 1),
            ..problem
        };
        return Err(Trouble::Invalid(problems.into_iter().map(place).collect()));
    }
    let object = alone["dokumentobjekt"][0].take();
    let receipt = receipt::kept(&object, &["systemID", "opprettetDato", "opprettetAv"]);
    described["dokumentobjekt"] = Value::Array(there.into_iter().chain([object]).collect());
    let steps = edit::edited(&stored, &whole).into_iter().collect();
    Ok(Decision { steps, answer: Value::Object(receipt) })
}

/// A document that is archived keeps its file. An archive format or a version for the public may still be added (krav 3.2.31,
/// 6.2.12).
fn check_open(
    records: &Records,
    registrering: &Unit,
    described: &Value,
    object: &Map<String, Value>,
    problems: &mut Vec<Problem>,
) -> Result<(), Trouble> {
    if described.get("utfoertKassasjon").is_some() || described.get("sletting").is_some() {
        let advice = "register it as a document of its own";
        problems.push(Problem::new(REFERENCE, "leads to a document that was disposed of", advice));
        return Ok(());
    }
    let variant = object.get("variantformat").and_then(|of| of.get("kode")).and_then(Value::as_str);
    if variant != Some("P") {
        return Ok(());
    }
    let mappe = registrering.parent.as_deref().unwrap_or_default();
    let mappe = records.unit(Kind::Mappe, mappe)?.map(|stored| stored.unit);
    if is_settled(registrering, mappe.as_ref()) {
        let rule = "leads to a document that is archived, withdrawn, or in a closed mappe";
        let advice = "register the new text as a document of its own, or send another variant (A, O)";
        problems.push(Problem::new(REFERENCE, rule, advice));
    }
    Ok(())
}

/// A version has one file of each variant. Without a number it is the next version, or another variant of the last one.
fn check_version(there: &[Value], object: &mut Map<String, Value>, problems: &mut Vec<Problem>) {
    let version = |one: &Value| one.get("versjonsnummer").and_then(Value::as_i64).unwrap_or(1);
    let variant = |one: &Value| one.pointer("/variantformat/kode").and_then(Value::as_str).map(str::to_owned);
    let own = variant(&Value::Object(object.clone()));
    let has = |number: i64| there.iter().any(|one| version(one) == number && variant(one) == own);
    match object.get("versjonsnummer").and_then(Value::as_i64) {
        Some(number) if has(number) => {
            let advice = "leave the number out to get the next version";
            let rule = "is a version that has a file of this variant already";
            problems.push(Problem::new(format!("{AT}/versjonsnummer"), rule, advice));
        }
        Some(_) => {}
        None => {
            let last = there.iter().map(version).max().unwrap_or(1);
            let number = if has(last) { last + 1 } else { last };
            object.insert("versjonsnummer".to_owned(), json!(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::testing::{Archive, NOW, actor, file, problems};

    async fn add(archive: &mut Archive, doc: Value, name: &str) -> Result<Decision, Trouble> {
        let (by, files) = (actor(), [file(name)]);
        let what = Create { doc: &doc, files: &files, by: &by, now: NOW, partial: false };
        archive.carry_out(|records, ids| create_dokumentobjekt(records, &what, ids)).await
    }

    fn further(registrering: &Value, variant: &str) -> Value {
        json!({
            "referanseTilDokumentbeskrivelse": {"systemID": registrering["dokumentbeskrivelse"][0]["systemID"]},
            "dokumentobjekt": {"variantformat": {"kode": variant}, "filnavn": "ny.pdf",
                "referanseDokumentfil": "ny.pdf"},
        })
    }

    #[tokio::test]
    async fn a_further_file_is_the_next_version_or_another_variant_and_nothing_else_changes() {
        let mut archive = Archive::with_structure().await;
        let sak = archive.saksmappe(json!({})).await;
        let id = archive.journalpost(&sak, json!({})).await;
        let before = archive.unit(&id).unit.doc;
        let decision = add(&mut archive, further(&before, "P"), "ny.pdf").await.unwrap();
        let doc = archive.unit(&id).unit.doc;
        let objects = list(&doc["dokumentbeskrivelse"][0], "dokumentobjekt");
        assert_eq!((objects.len(), &objects[1]["versjonsnummer"]), (2, &json!(2)));
        assert_eq!(objects[1]["systemID"], decision.answer["systemID"]);
        assert_eq!(objects[1]["sjekksum"], file("ny.pdf").digest);
        assert_eq!(objects[0], before["dokumentbeskrivelse"][0]["dokumentobjekt"][0]);
        add(&mut archive, further(&before, "A"), "ny.pdf").await.unwrap();
        let doc = archive.unit(&id).unit.doc;
        let third = &doc["dokumentbeskrivelse"][0]["dokumentobjekt"][2];
        assert_eq!((&third["versjonsnummer"], &third["variantformat"]["kode"]), (&json!(2), &json!("A")));
        let mut taken = further(&before, "P");
        taken["dokumentobjekt"]["versjonsnummer"] = json!(1);
        let refused = problems(add(&mut archive, taken, "ny.pdf").await);
        assert_eq!(refused[0].0, "/dokumentobjekt/versjonsnummer");
        let unnamed = problems(add(&mut archive, further(&before, "P"), "annen.pdf").await);
        assert_eq!(unnamed[0].0, "/dokumentobjekt/referanseDokumentfil");
    }

    #[tokio::test]
    async fn what_is_archived_keeps_its_file_and_takes_another_variant() {
        let mut archive = Archive::with_structure().await;
        let sak = archive.saksmappe(json!({})).await;
        let id = archive.journalpost(&sak, json!({"journalstatus": {"kode": "A"}})).await;
        let doc = archive.unit(&id).unit.doc;
        let refused = problems(add(&mut archive, further(&doc, "P"), "ny.pdf").await);
        assert_eq!(refused[0].0, "/referanseTilDokumentbeskrivelse");
        add(&mut archive, further(&doc, "O"), "ny.pdf").await.unwrap();
    }
}
