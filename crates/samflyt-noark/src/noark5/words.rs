//! The standard's words for the codes of Fiks Arkiv's code lists (metadatakatalog of Noark 5, M050 and on).

use serde_json::Value;

/// What a member with a code is in the extraction: the standard's word; of a code that the standard has none for, what its
/// sender says of it, else the code.
pub(crate) fn word(list: &str, coded: &Value) -> Option<String> {
    let said =
        |member: &str| coded.get(member).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let code = coded.as_str().or_else(|| said("kode"));
    let known = code.and_then(|code| of_code(list, code));
    known.or_else(|| said("beskrivelse")).or(code).map(str::to_owned)
}

/// The standard's word for a code of a list; lists are named by the member that they are of.
pub(crate) fn of_code(list: &str, code: &str) -> Option<&'static str> {
    let (_, words) = LISTS.iter().find(|(name, _)| *name == list)?;
    words.iter().find(|(known, _)| *known == code).map(|(_, word)| *word)
}

type List = (&'static str, &'static [(&'static str, &'static str)]);

static LISTS: &[List] = &[
    (
        "arkivdelstatus",
        &[
            ("A", "Aktiv periode"),
            ("O", "Overlappingsperiode"),
            ("P", "Avsluttet periode"),
            ("U", "Uaktuelle mapper"),
        ],
    ),
    ("arkivstatus", &[("Opprettet", "Opprettet"), ("Avsluttet", "Avsluttet")]),
    (
        "avskrivningsmaate",
        &[
            ("BU", "Besvart med brev"),
            ("BE", "Besvart med e-post"),
            ("TLF", "Besvart på telefon"),
            ("TE", "Tatt til etterretning"),
            ("TO", "Tatt til orientering"),
        ],
    ),
    (
        "dokumentmedium",
        &[("F", "Fysisk medium"), ("E", "Elektronisk arkiv"), ("B", "Blandet fysisk og elektronisk arkiv")],
    ),
    ("dokumentstatus", &[("B", "Dokumentet er under redigering"), ("F", "Dokumentet er ferdigstilt")]),
    (
        "dokumenttype",
        &[
            ("SØKNAD", "Søknad"),
            ("MELDING", "Melding"),
            ("KORR", "Korrespondanse"),
            ("KART", "Kart"),
            ("FOTO", "Foto"),
            ("TEGNING", "Tegning"),
            ("ANSVKONTO", "Ansvar og kontroll"),
            ("TILSYN", "Tilsyn"),
            ("AVTALE", "Avtale"),
            ("VEDTAK", "Vedtak"),
            ("SAKSFRAMLEGG", "Saksframlegg"),
            ("FERDIGATTEST", "Ferdigattest"),
            ("PLANBESKR", "Planbeskrivelse"),
            ("PLANKART", "Plankart"),
            ("PLANBEST", "Planbestemmelser"),
            ("PLANPROG", "Planprogram"),
            ("JURILLUST", "Juridisk bindende illustrasjon"),
            ("ILLUST", "Illustrasjon"),
            ("KONSUTR", "Konsekvensutredning"),
            ("KUNNGJ", "Kunngjøring"),
            ("RAPPORT", "Rapport"),
            ("ROS-ANALYSE", "ROS-analyse"),
            ("UTREDNING", "Utredning"),
            ("UTTALELSE", "Uttalelse"),
            ("INNSIGELSE", "Innsigelse"),
            ("KLAGE", "Klage"),
            ("TEGNFKL", "Tegnforklaring"),
            ("GEOREFPLAN", "Georeferert plankart"),
            ("DOKUMENT", "Dokument"),
            ("NOTAT", "Notat"),
            ("ANALYSE", "Analyse"),
            ("FAKTURA", "Faktura"),
            ("LYD", "Lydfil"),
            ("VIDEO", "Videofil"),
            ("PROTOKOLL", "Protokoll"),
            ("VEDLEGG", "Vedlegg"),
        ],
    ),
    (
        "elektroniskSignaturVerifisert",
        &[("I", "Signatur påført, ikke verifisert"), ("V", "Signatur påført og verifisert")],
    ),
    (
        "elektroniskSignaturSikkerhetsnivaa",
        &[
            ("SK", "Symmetrisk kryptert"),
            ("V", "Sendt med PKI/virksomhetssertifikat"),
            ("PS", "Sendt med PKI/'person standard'-sertifikat"),
            ("PH", "Sendt med PKI/'person høy'-sertifikat"),
        ],
    ),
    (
        "flytStatus",
        &[
            ("G", "Godkjent"),
            ("I", "Ikke godkjent"),
            ("S", "Sendt tilbake til saksbehandler med kommentarer"),
        ],
    ),
    (
        "grad",
        &[
            ("SH", "Strengt hemmelig (sikkerhetsgrad)"),
            ("H", "Hemmelig (sikkerhetsgrad)"),
            ("K", "Konfidensielt (sikkerhetsgrad)"),
            ("B", "Begrenset (sikkerhetsgrad)"),
            ("F", "Fortrolig (beskyttelsesgrad)"),
            ("SF", "Strengt fortrolig (beskyttelsesgrad)"),
        ],
    ),
    (
        "journalposttype",
        &[
            ("I", "Inngående dokument"),
            ("U", "Utgående dokument"),
            ("N", "Organinternt dokument for oppfølging"),
            ("X", "Organinternt dokument uten oppfølging"),
            ("S", "Saksframlegg"),
        ],
    ),
    (
        "journalstatus",
        &[
            ("J", "Journalført"),
            ("F", "Ferdigstilt fra saksbehandler"),
            ("G", "Godkjent av leder"),
            ("E", "Ekspedert"),
            ("A", "Arkivert"),
            ("U", "Utgår"),
            ("M", "Midlertidig registrering av innkommet dokument"),
            ("S", "Saksbehandler har registrert innkommet dokument"),
            ("R", "Reservert dokument"),
        ],
    ),
    ("kassasjonsvedtak", &[("B", "Bevares"), ("K", "Kasseres"), ("G", "Vurderes senere"), ("U", "Utført")]),
    (
        "klassifikasjonstype",
        &[
            ("GBN", "Gårds- og bruksnummer"),
            ("FH", "Funksjonsbasert, hierarkisk"),
            ("EH", "Emnebasert, hierarkisk arkivnøkkel"),
            ("E1", "Emnebasert, ett nivå"),
            ("KK", "K-koder"),
            ("MF", "Mangefasettert, ikke hierarki"),
            ("UO", "Objektbasert"),
            ("PNR", "Fødselsnummer"),
        ],
    ),
    (
        "korrespondanseparttype",
        &[
            ("EA", "Avsender"),
            ("EM", "Mottaker"),
            ("EK", "Kopimottaker"),
            ("GM", "Gruppemottaker"),
            ("IA", "Intern avsender"),
            ("IM", "Intern mottaker"),
            ("IK", "Intern kopimottaker"),
        ],
    ),
    (
        "merknadstype",
        &[
            ("MS", "Merknad fra saksbehandler"),
            ("ML", "Merknad fra leder"),
            ("MA", "Merknad fra arkivansvarlig"),
        ],
    ),
    (
        "moetedeltakerFunksjon",
        &[
            ("LEDER", "Leder"),
            ("NESTL", "Nestleder"),
            ("MEDL", "Medlem"),
            ("VARA", "Varamedlem"),
            ("SEKR", "Sekretær"),
        ],
    ),
    (
        "moeteregistreringsstatus",
        &[
            ("F", "Ferdigstilt fra saksbehandler"),
            ("G", "Godkjent av leder"),
            ("A", "Arkivert"),
            ("R", "Reservert dokument"),
        ],
    ),
    (
        "moeteregistreringstype",
        &[
            ("MI", "Møteinnkalling"),
            ("SF", "Saksframlegg"),
            ("SP", "Saksprotokoll"),
            ("MP", "Møteprotokoll"),
            ("SL", "Saksliste"),
            ("OL", "Offentlig saksliste"),
            ("VL", "Vedlegg til møtesak"),
        ],
    ),
    (
        "moetesakstype",
        &[
            ("PS", "Politisk sak"),
            ("DS", "Delegert møtesak"),
            ("RS", "Referatsak"),
            ("FO", "Forespørsel (interpellasjon)"),
            ("AN", "Annet"),
        ],
    ),
    ("partRolle", &[("K", "Klient"), ("P", "Pårørende"), ("F", "Formynder"), ("A", "Advokat")]),
    ("presedensStatus", &[("G", "Gjeldende"), ("F", "Foreldet")]),
    (
        "saksstatus",
        &[
            ("B", "Under behandling"),
            ("A", "Avsluttet"),
            ("U", "Utgår"),
            ("R", "Opprettet av saksbehandler"),
            ("S", "Avsluttet av saksbehandler"),
            ("P", "Unntatt prosesstyring"),
            ("F", "Ferdig fra saksbehandler"),
        ],
    ),
    (
        "skjermingDokument",
        &[("H", "Skjerming av hele dokumentet"), ("D", "Skjerming av deler av dokumentet")],
    ),
    (
        "slettingstype",
        &[
            ("SP", "Sletting av produksjonsformat"),
            ("SV", "Sletting av tidligere versjon"),
            ("SS", "Sletting av variant med sladdet informasjon"),
            ("SA", "Sletting av hele innholdet i arkivdelen"),
        ],
    ),
    ("tilknyttetRegistreringSom", &[("H", "Hoveddokument"), ("V", "Vedlegg")]),
    (
        "variantformat",
        &[
            ("P", "Produksjonsformat"),
            ("A", "Arkivformat"),
            ("O", "Dokument hvor deler av innholdet er skjermet"),
            ("S", "Digitalt signert dokument"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_becomes_the_standards_word_and_one_of_another_list_what_its_sender_says() {
        assert_eq!(word("journalposttype", &json!({"kode": "I"})).as_deref(), Some("Inngående dokument"));
        let own = json!({"kode": "HM", "beskrivelse": "Høringsmelding"});
        assert_eq!(word("dokumenttype", &own).as_deref(), Some("Høringsmelding"));
        assert_eq!(word("dokumenttype", &json!({"kode": "HM"})).as_deref(), Some("HM"));
        assert_eq!(word("dokumenttype", &json!({})), None);
    }
}
