//! What a search should find, told in another way: by looking through the documents as the viewer may see them.

use samflyt_noark::unit::Kind;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::access::{Shield, Sight, Viewer};
use crate::records::decide::calendar;
use crate::records::{Records, list};

/// A field: the list of things that it is of (`""`: the unit itself), and where its values are in one.
#[derive(Debug)]
pub(super) struct Of {
    pub name: &'static str,
    pub kind: &'static str,
    things: &'static str,
    at: &'static [&'static str],
}

const fn of(name: &'static str, kind: &'static str, things: &'static str, at: &'static [&'static str]) -> Of {
    Of { name, kind, things, at }
}

pub(super) static FIELDS: &[Of] = &[
    of("mappeEksternNoekkel", "key", "", &["/referanseEksternNoekkel"]),
    of("mappeTittel", "text", "", &["/tittel"]),
    of("mappeOpprettetDato", "moment", "", &["/opprettetDato"]),
    of("mappeBeskrivelse", "text", "", &["/beskrivelse"]),
    of("mappeNoekkelord", "text", "", &["/noekkelord"]),
    of("mappeAvsluttetDato", "moment", "", &["/avsluttetDato"]),
    of("mappeMappetype", "text", "", &["/mappetype/kode"]),
    of("mappeKlasseKlassifikasjonssystemID", "text", "klassifikasjon", &["/klassifikasjonssystemID"]),
    of("mappeKlasseKlasseID", "text", "klassifikasjon", &["/klasseID"]),
    of("mappeKlasseTittel", "text", "klassifikasjon", &["/tittel"]),
    of("mappePartPartNavn", "text", "part", &["/partNavn"]),
    of("mappePartPartRolle", "text", "part", &["/partRolle/kode"]),
    of("mappePartPostadresse", "text", "part", &["/postadresse"]),
    of("mappePartPostnummer", "text", "part", &["/postnummer"]),
    of("mappePartPoststed", "text", "part", &["/poststed"]),
    of("mappePartEpostadresse", "text", "part", &["/epostadresse"]),
    of("mappePartOrganisasjonsid", "text", "part", &["/organisasjonID/identifikator"]),
    of("mappeSkjermingTilgangsrestriksjon", "text", "", &["/skjerming/tilgangsrestriksjon/kode"]),
    of("mappeSkjermingSkjermingshjemmel", "text", "", &["/skjerming/skjermingshjemmel"]),
    of("mappeSkjermingSkjermingOpphoererDato", "day", "", &["/skjerming/skjermingOpphoererDato"]),
    of("sakSaksdato", "day", "", &["/saksdato"]),
    of("sakSaksaar", "int", "", &["/saksaar"]),
    of("sakSaksekvensnummer", "int", "", &["/sakssekvensnummer"]),
    of("sakSaksstatus", "text", "", &["/saksstatus/kode"]),
    of("sakAdministrativenhet", "text", "", &["/administrativEnhet/navn"]),
    of("sakSaksansvarlig", "text", "", &["/saksansvarlig/initialer"]),
    of("sakMatrikkelnummerKommunenummer", "text", "matrikkelnummer", &["/kommunenummer"]),
    of("sakMatrikkelnummerGaardsnummer", "int", "matrikkelnummer", &["/gardsnummer"]),
    of("sakMatrikkelnummerBruksnummer", "int", "matrikkelnummer", &["/bruksnummer"]),
    of("sakByggidentBygningsnummer", "int", "byggident", &["/bygningsnummer"]),
    of("sakPlanidentFylkeFylkesnummer", "text", "planident", &["/fylkesnummer"]),
    of("sakPlanidentPlanidentifikasjon", "text", "planident", &["/planidentifikasjon"]),
    of("registreringEksternId", "key", "", &["/referanseEksternNoekkel"]),
    of("registreringOpprettetDato", "moment", "", &["/opprettetDato"]),
    of("registreringTittel", "text", "", &["/tittel"]),
    of("registreringAdministrativenhet", "text", "", &["/svarer/administrativEnhet"]),
    of("registreringJournalpostansvarlig", "text", "", &["/svarer/saksbehandler"]),
    of("registreringPartPartNavn", "text", "part", &["/partNavn"]),
    of("registreringPartPostnummer", "text", "part", &["/postnummer"]),
    of("registreringSkjermingTilgangsrestriksjon", "text", "", &["/skjerming/tilgangsrestriksjon/kode"]),
    of(
        "registreringKorrespondansepartKorrespondanseparttype",
        "text",
        "korrespondansepart",
        &["/korrespondanseparttype/kode"],
    ),
    of(
        "registreringKorrespondansepartKorrespondansepartNavn",
        "text",
        "korrespondansepart",
        &["/korrespondansepartNavn"],
    ),
    of("registreringKorrespondansepartPostadresse", "text", "korrespondansepart", &["/postadresse"]),
    of("registreringKorrespondansepartPoststed", "text", "korrespondansepart", &["/poststed"]),
    of("registreringKorrespondansepartOrganisasjonsid", "text", "korrespondansepart", &["/organisasjonid"]),
    of(
        "registreringKorrespondansepartForsendelsesmaate",
        "text",
        "korrespondansepart",
        &["/forsendelsesmaate/kode"],
    ),
    of("registreringKorrespondansepartDeresReferanse", "text", "korrespondansepart", &["/deresReferanse"]),
    of(
        "registreringKorrespondansepartAdministrativEnhet",
        "text",
        "korrespondansepart",
        &["/administrativEnhet/navn", "/administrativEnhet/initialer"],
    ),
    of(
        "registreringKorrespondansepartSaksbehandler",
        "text",
        "korrespondansepart",
        &["/saksbehandler/identifikator"],
    ),
    of("journalpostJournalaar", "int", "", &["/journalaar"]),
    of("journalpostJournalsekvensnummer", "int", "", &["/journalsekvensnummer"]),
    of("journalpostSaksaar", "int", "sak", &["/saksaar"]),
    of("journalpostSakssekvensnummer", "int", "sak", &["/sakssekvensnummer"]),
    of("journalpostJournalpostnummer", "int", "", &["/journalpostnummer"]),
    of("journalpostJournalposttype", "text", "", &["/journalposttype/kode"]),
    of("journalpostJournalstatus", "text", "", &["/journalstatus/kode"]),
    of("journalpostJournaldato", "day", "", &["/journaldato"]),
    of("journalpostDokumentetsdato", "day", "", &["/dokumentetsDato"]),
    of("journalpostForfallsdato", "day", "", &["/forfallsdato"]),
    of("dokumentbeskrivelseOpprettetDato", "moment", "", &["/opprettetDato"]),
    of("dokumentbeskrivelseTittel", "text", "", &["/tittel"]),
    of("dokumentbeskrivelseDokumenttype", "text", "", &["/dokumenttype/kode"]),
    of("dokumentbeskrivelseDokumentstatus", "text", "", &["/dokumentstatus/kode"]),
    of(
        "dokumentbeskrivelseSkjermingTilgangsrestriksjon",
        "text",
        "",
        &["/skjerming/tilgangsrestriksjon/kode"],
    ),
];

pub(super) fn title_field(target: &str) -> &'static str {
    match target {
        "mappe" | "saksmappe" => "mappeTittel",
        "dokumentbeskrivelse" => "dokumentbeskrivelseTittel",
        _ => "registreringTittel",
    }
}

impl Of {
    pub fn is_of(&self, target: &str) -> bool {
        let begins = |prefix| self.name.starts_with(prefix);
        match target {
            "mappe" => begins("mappe"),
            "saksmappe" => begins("mappe") || begins("sak"),
            "registrering" => begins("registrering"),
            "dokumentbeskrivelse" => begins("dokumentbeskrivelse"),
            _ => begins("registrering") || begins("journalpost"),
        }
    }

    /// By which a lower value comes before a higher one.
    pub fn order(value: &Value) -> (i128, String) {
        let text = value.as_str().unwrap_or_default();
        let moment = moment(text).map_or(0, OffsetDateTime::unix_timestamp_nanos);
        (
            value.as_i64().map_or(moment, i128::from),
            if moment == 0 { text.to_lowercase() } else { String::new() },
        )
    }

    fn values(&self, thing: &Value) -> Vec<Value> {
        let found = self.at.iter().filter_map(|at| thing.pointer(at));
        found.flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])).collect()
    }

    /// Comparable: numbers as they are, days by the Norwegian calendar.
    fn comparable(&self, value: &Value) -> Value {
        let text = value.as_str().unwrap_or_default();
        match self.kind {
            "moment" => json!(moment(text).unwrap().unix_timestamp()),
            "day" => match moment(text) {
                Some(moment) => json!(calendar::date_text(moment)),
                None => value.clone(),
            },
            "text" => json!(text.to_lowercase()),
            _ => value.clone(),
        }
    }

    fn holds(&self, thing: &Value, parameter: &Value) -> bool {
        let operator = parameter["operator"].as_str().unwrap();
        let given = &parameter["sokVerdier"];
        let given: Vec<Value> = match given.get("eksternNoekkel") {
            Some(key) => vec![key.clone()],
            None => {
                let values = given.as_object().unwrap().values().next().unwrap();
                list(values, "value").iter().map(|value| self.comparable(value)).collect()
            }
        };
        let values: Vec<Value> = self.values(thing).iter().map(|value| self.comparable(value)).collect();
        let order =
            |value: &Value| (value.as_i64().unwrap_or(0), value.as_str().unwrap_or_default().to_owned());
        let is = |value: &Value, index: usize| order(value).cmp(&order(&given[index]));
        match operator {
            "equal" => values.iter().any(|value| *value == given[0]),
            "notequal" => !values.is_empty() && !values.contains(&given[0]),
            "inlist" => values.iter().any(|value| given.contains(value)),
            "lessthan" => values.iter().any(|value| is(value, 0).is_lt()),
            "lessequal" => values.iter().any(|value| is(value, 0).is_le()),
            "greaterthan" => values.iter().any(|value| is(value, 0).is_gt()),
            "greaterequal" => values.iter().any(|value| is(value, 0).is_ge()),
            "between" => values.iter().any(|value| is(value, 0).is_ge() && is(value, 1).is_le()),
            "wildcardquery" => {
                values.iter().any(|value| fits(given[0].as_str().unwrap(), value.as_str().unwrap()))
            }
            other => panic!("{other}"),
        }
    }
}

fn moment(text: &str) -> Option<OffsetDateTime> {
    // The only one of the random moments that has no zone; it is in winter.
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}+01:00"), &Rfc3339))
        .ok()
}

fn fits(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, _) => text.is_empty(),
        (Some('*'), None) => fits(&pattern[1..], text),
        (Some('*'), Some(next)) => fits(&pattern[1..], text) || fits(pattern, &text[next.len_utf8()..]),
        (Some('?'), Some(next)) => fits(&pattern[1..], &text[next.len_utf8()..]),
        (Some(sign), Some(next)) => {
            sign == next && fits(&pattern[sign.len_utf8()..], &text[next.len_utf8()..])
        }
        (Some(_), None) => false,
    }
}

/// The documents of a sort as the viewer may see them, each with the case that it is in.
fn shown(records: &Records, viewer: &Viewer, target: &str) -> Vec<(Value, Value)> {
    let is_of_mapper = matches!(target, "mappe" | "saksmappe");
    let kind = if is_of_mapper { Kind::Mappe } else { Kind::Registrering };
    let mut all = Vec::new();
    for stored in records.all(kind).map(Result::unwrap) {
        let Some(mut doc) = viewer.view(records, &stored).unwrap() else { continue };
        let parent = stored.unit.parent.clone().and_then(|id| records.unit(Kind::Mappe, &id).unwrap());
        let case = parent.filter(|parent| parent.unit.type_name() == Some("saksmappe"));
        let in_case = case.is_some();
        let case = case.and_then(|case| viewer.view(records, &case).unwrap()).unwrap_or_default();
        doc["svarer"] = answering(&doc);
        if target == "dokumentbeskrivelse" {
            let sight = viewer.sight(records, &stored).unwrap();
            for one in list(&stored.unit.doc, "dokumentbeskrivelse") {
                if viewer.sight_of_document(&Shield::of(one), sight) != Sight::Unknown {
                    all.push((viewer.shield_document(one, sight), case.clone()));
                }
            }
            continue;
        }
        let of_type = |name: &str| stored.unit.type_name() == Some(name);
        let belongs = match target {
            "saksmappe" => of_type("saksmappe"),
            "journalpost" => of_type("journalpost"),
            "journalpostMedSaksmappe" => of_type("journalpost") && in_case,
            _ => true,
        };
        if belongs {
            all.push((doc, case));
        }
    }
    all
}

/// Which office and person answer for a registrering.
fn answering(doc: &Value) -> Value {
    let answers = |party: &&Value| party["erBehandlingsansvarlig"] == true && party["erSkjermet"] != true;
    let parties: Vec<&Value> = list(doc, "korrespondansepart").iter().filter(answers).collect();
    let names = |member: &str| {
        let all = parties.iter().filter_map(|party| party[member].as_object());
        all.flat_map(|names| names.values().cloned()).collect::<Vec<_>>()
    };
    json!({"administrativEnhet": names("administrativEnhet"), "saksbehandler": names("saksbehandler")})
}

fn sorted(hits: impl Iterator<Item = Value>) -> Vec<String> {
    let mut ids: Vec<_> = hits.map(|doc| doc["systemID"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

pub(super) fn found(records: &Records, viewer: &Viewer, target: &str, parameters: &[Value]) -> Vec<String> {
    let fields: Vec<(&Of, &Value)> = parameters
        .iter()
        .map(|one| (FIELDS.iter().find(|of| of.name == one["felt"]).unwrap(), one))
        .collect();
    let hits = shown(records, viewer, target).into_iter().filter(|(doc, case)| {
        [
            "",
            "sak",
            "klassifikasjon",
            "part",
            "korrespondansepart",
            "matrikkelnummer",
            "byggident",
            "planident",
        ]
        .iter()
        .all(|things| {
            let asked: Vec<_> = fields.iter().filter(|(of, _)| of.things == *things).collect();
            let all_hold = |thing: &Value| asked.iter().all(|(of, one)| of.holds(thing, one));
            match *things {
                _ if asked.is_empty() => true,
                // Its shield and what it says itself are asked of one document.
                "" => all_hold(doc),
                "sak" => all_hold(case),
                things => list(doc, things).iter().any(all_hold),
            }
        })
    });
    sorted(hits.map(|(doc, _)| doc))
}

pub(super) fn found_by_words(records: &Records, viewer: &Viewer, target: &str, text: &str) -> Vec<String> {
    let hits = shown(records, viewer, target).into_iter().filter(|(doc, _)| {
        let mut texts: Vec<String> =
            ["tittel", "offentligTittel", "beskrivelse", "mappeID", "registreringsID"]
                .iter()
                .filter_map(|member| doc[member].as_str().map(str::to_lowercase))
                .collect();
        texts.extend(list(doc, "noekkelord").iter().map(|word| word.as_str().unwrap().to_lowercase()));
        for (parties, name) in [("part", "partNavn"), ("korrespondansepart", "korrespondansepartNavn")] {
            texts.extend(list(doc, parties).iter().map(|party| party[name].as_str().unwrap().to_lowercase()));
        }
        let text = text.to_lowercase();
        text.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
    });
    sorted(hits.map(|(doc, _)| doc))
}
