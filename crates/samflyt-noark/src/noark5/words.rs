//! The standard's words for the codes of Fiks Arkiv's code lists (metadatakatalog of Noark 5, M050 and on).

use serde_json::Value;

use crate::fiks::codes::code_list;

/// What a member with a code is in the extraction: the standard's word; of a code that the standard has none for, what its
/// sender says of it, else the code.
pub(crate) fn word(list: &str, coded: &Value) -> Option<String> {
    let said =
        |member: &str| coded.get(member).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let code = coded.as_str().or_else(|| said("kode"));
    let known = code.and_then(|code| of_code(list, code));
    known.or_else(|| said("beskrivelse")).or(code).map(str::to_owned)
}

/// The standard's word for a code of a list; lists are named by the member that they are of. The protocol's descriptions are
/// the standard's words but for [`OTHERWISE`].
pub(crate) fn of_code(list: &str, code: &str) -> Option<&'static str> {
    let otherwise = OTHERWISE.iter().find(|(of, own, _)| *of == list && *own == code);
    let described = || code_list(list).filter(|of| !NO_WORDS.contains(&of.name))?.description(code);
    otherwise.map(|(_, _, word)| *word).or_else(described)
}

/// List, code and the standard's word, where the protocol describes the code otherwise.
static OTHERWISE: &[(&str, &str, &str)] = &[
    ("avskrivningsmaate", "TE", "Tatt til etterretning"),
    ("journalstatus", "F", "Ferdigstilt fra saksbehandler"),
    ("journalstatus", "M", "Midlertidig registrering av innkommet dokument"),
    ("journalstatus", "S", "Saksbehandler har registrert innkommet dokument"),
    ("merknadstype", "MA", "Merknad fra arkivansvarlig"),
    ("moeteregistreringsstatus", "F", "Ferdigstilt fra saksbehandler"),
    ("partRolle", "P", "Pårørende"),
];

/// Lists of the protocol that the standard has no words for.
const NO_WORDS: [&str; 2] = ["skjermingopphoereraksjon", "tekstformat"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_becomes_the_standards_word_and_one_of_another_list_what_its_sender_says() {
        assert_eq!(word("journalposttype", &json!({"kode": "I"})).as_deref(), Some("Inngående dokument"));
        let received = Some("Midlertidig registrering av innkommet dokument");
        assert_eq!(word("journalstatus", &json!({"kode": "M"})).as_deref(), received);
        let own = json!({"kode": "HM", "beskrivelse": "Høringsmelding"});
        assert_eq!(word("dokumenttype", &own).as_deref(), Some("Høringsmelding"));
        assert_eq!(word("dokumenttype", &json!({"kode": "HM"})).as_deref(), Some("HM"));
        assert_eq!(word("dokumenttype", &json!({})), None);
    }
}
