//! What can be searched in: each field of the protocol, where its values are, and of which kind they are.

/// The thing whose values a field is among. Of several parameters on things of one sort, all must hold of the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Thing {
    Unit,
    Klassifikasjon,
    Part,
    Korrespondansepart,
    Skjerming,
    Matrikkelnummer,
    Byggident,
    Planident,
    Punkt,
    /// The saksmappe that a journalpost is in: its own `Unit`, never in a row of the journalpost.
    Sak,
}

/// One value of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Slot {
    /// `fagsystem`, a zero byte, `noekkel`: as they were written.
    EksternNoekkel,
    /// `noekkel` alone.
    EksternId,
    Tittel,
    OffentligTittel,
    Beskrivelse,
    Noekkelord,
    /// `mappeID`, `registreringsID`.
    Nummer,
    Opprettet,
    Endret,
    Avsluttet,
    Arkivdel,
    Mappetype,
    Saksdato,
    Saksaar,
    Sakssekvensnummer,
    Saksstatus,
    AdministrativEnhet,
    Ansvarlig,
    Journalaar,
    Journalsekvensnummer,
    Journalpostnummer,
    Journalposttype,
    Journalstatus,
    Journaldato,
    DokumentetsDato,
    Forfallsdato,
    Dokumenttype,
    Dokumentstatus,
    Klassifikasjonssystem,
    Klasse,
    Navn,
    /// `partRolle`, `korrespondanseparttype`.
    Rolle,
    Postadresse,
    Postnummer,
    Poststed,
    Epostadresse,
    Organisasjonsid,
    Personid,
    Forsendelsesmaate,
    DeresReferanse,
    Saksbehandler,
    Tilgangsrestriksjon,
    Skjermingshjemmel,
    Skjermingsvarighet,
    SkjermingOpphoerer,
    Kommunenummer,
    Gardsnummer,
    Bruksnummer,
    Festenummer,
    Seksjonsnummer,
    Bygningsnummer,
    Endringsloepenummer,
    Landkode,
    Fylkesnummer,
    Planidentifikasjon,
    Koordinatsystem,
    X,
    Y,
}

/// Of which kind a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    /// A day.
    Date,
    Moment,
    /// An external key, or its `noekkel` as text.
    Key,
    /// Text of a klassifikasjon, or else of the class that it names.
    OfClass,
    Klassifikasjon,
    Bbox,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub thing: Thing,
    pub slot: Slot,
    pub kind: Kind,
}

const fn field(thing: Thing, slot: Slot, kind: Kind) -> Option<Field> {
    Some(Field { thing, slot, kind })
}

impl Field {
    /// A field by its name, which begins with the unit that it is of.
    pub fn of(name: &str) -> Option<Self> {
        // `mappe` is no prefix of the others, and none of them of another.
        if let Some(rest) = name.strip_prefix("mappe") {
            return mappe(rest).or_else(|| shared(rest));
        }
        if let Some(rest) = name.strip_prefix("registrering") {
            return registrering(rest).or_else(|| shared(rest));
        }
        if let Some(rest) = name.strip_prefix("dokumentbeskrivelse") {
            return dokumentbeskrivelse(rest)
                .or_else(|| shared(rest).filter(|of| of.thing == Thing::Skjerming));
        }
        match name.strip_prefix("journalpost") {
            Some(rest) => journalpost(rest),
            None => name.strip_prefix("sak").and_then(sak),
        }
    }
}

fn mappe(rest: &str) -> Option<Field> {
    use Kind::{Key, Klassifikasjon, Moment, OfClass, Text};
    let (unit, class) = (Thing::Unit, Thing::Klassifikasjon);
    match rest {
        "EksternNoekkel" => field(unit, Slot::EksternNoekkel, Key),
        "Tittel" => field(unit, Slot::Tittel, Text),
        "OpprettetDato" => field(unit, Slot::Opprettet, Moment),
        "Beskrivelse" => field(unit, Slot::Beskrivelse, Text),
        "Noekkelord" => field(unit, Slot::Noekkelord, Text),
        "AvsluttetDato" => field(unit, Slot::Avsluttet, Moment),
        "Arkivdel" => field(unit, Slot::Arkivdel, Text),
        "EndretDato" => field(unit, Slot::Endret, Moment),
        "Mappetype" => field(unit, Slot::Mappetype, Text),
        "KlasseKlassifikasjonssystemID" => field(class, Slot::Klassifikasjonssystem, Text),
        "KlasseKlasseID" => field(class, Slot::Klasse, Text),
        "KlasseTittel" => field(class, Slot::Tittel, OfClass),
        "KlasseBeskrivelse" => field(class, Slot::Beskrivelse, OfClass),
        "Klassifikasjon" => field(class, Slot::Klasse, Klassifikasjon),
        _ => None,
    }
}

/// What mapper and registreringer have in common.
fn shared(rest: &str) -> Option<Field> {
    use Kind::{Date, Text};
    let (part, skjerming) = (Thing::Part, Thing::Skjerming);
    match rest {
        "PartPartNavn" => field(part, Slot::Navn, Text),
        "PartPartRolle" => field(part, Slot::Rolle, Text),
        "PartPostadresse" => field(part, Slot::Postadresse, Text),
        "PartPostnummer" => field(part, Slot::Postnummer, Text),
        "PartPoststed" => field(part, Slot::Poststed, Text),
        "PartEpostadresse" => field(part, Slot::Epostadresse, Text),
        "PartOrganisasjonsid" => field(part, Slot::Organisasjonsid, Text),
        "PartPersonid" => field(part, Slot::Personid, Text),
        "SkjermingTilgangsrestriksjon" => field(skjerming, Slot::Tilgangsrestriksjon, Text),
        "SkjermingSkjermingshjemmel" => field(skjerming, Slot::Skjermingshjemmel, Text),
        "SkjermingSkjermingsvarighet" => field(skjerming, Slot::Skjermingsvarighet, Text),
        "SkjermingSkjermingOpphoererDato" => field(skjerming, Slot::SkjermingOpphoerer, Date),
        _ => None,
    }
}

fn sak(rest: &str) -> Option<Field> {
    use Kind::{Bbox, Date, Int, Text};
    let (unit, matrikkel) = (Thing::Unit, Thing::Matrikkelnummer);
    match rest {
        "Saksdato" => field(unit, Slot::Saksdato, Date),
        "Saksaar" => field(unit, Slot::Saksaar, Int),
        "Saksekvensnummer" => field(unit, Slot::Sakssekvensnummer, Int),
        "Saksstatus" => field(unit, Slot::Saksstatus, Text),
        "Administrativenhet" => field(unit, Slot::AdministrativEnhet, Text),
        "Saksansvarlig" => field(unit, Slot::Ansvarlig, Text),
        "MatrikkelnummerKommunenummer" => field(matrikkel, Slot::Kommunenummer, Text),
        "MatrikkelnummerGaardsnummer" => field(matrikkel, Slot::Gardsnummer, Int),
        "MatrikkelnummerBruksnummer" => field(matrikkel, Slot::Bruksnummer, Int),
        "MatrikkelnummerFestenummer" => field(matrikkel, Slot::Festenummer, Int),
        "MatrikkelnummerSeksjonsnummer" => field(matrikkel, Slot::Seksjonsnummer, Int),
        "ByggidentBygningsnummer" => field(Thing::Byggident, Slot::Bygningsnummer, Int),
        "ByggidentEndringsloepenummer" => field(Thing::Byggident, Slot::Endringsloepenummer, Int),
        "PlanidentStatLandkode" => field(Thing::Planident, Slot::Landkode, Text),
        "PlanidentFylkeFylkesnummer" => field(Thing::Planident, Slot::Fylkesnummer, Text),
        "PlanidentKommuneKommunenummer" => field(Thing::Planident, Slot::Kommunenummer, Text),
        "PlanidentPlanidentifikasjon" => field(Thing::Planident, Slot::Planidentifikasjon, Text),
        "Bbox" => field(Thing::Punkt, Slot::Koordinatsystem, Bbox),
        _ => None,
    }
}

fn registrering(rest: &str) -> Option<Field> {
    use Kind::{Key, Moment, Text};
    let (unit, party) = (Thing::Unit, Thing::Korrespondansepart);
    match rest {
        "EksternId" => field(unit, Slot::EksternNoekkel, Key),
        "OpprettetDato" => field(unit, Slot::Opprettet, Moment),
        "Tittel" => field(unit, Slot::Tittel, Text),
        "Administrativenhet" => field(unit, Slot::AdministrativEnhet, Text),
        "Journalpostansvarlig" => field(unit, Slot::Ansvarlig, Text),
        "EndretDato" => field(unit, Slot::Endret, Moment),
        "KorrespondansepartKorrespondanseparttype" => field(party, Slot::Rolle, Text),
        "KorrespondansepartKorrespondansepartNavn" => field(party, Slot::Navn, Text),
        "KorrespondansepartPostadresse" => field(party, Slot::Postadresse, Text),
        "KorrespondansepartPostnummer" => field(party, Slot::Postnummer, Text),
        "KorrespondansepartPoststed" => field(party, Slot::Poststed, Text),
        "KorrespondansepartEpostadresse" => field(party, Slot::Epostadresse, Text),
        "KorrespondansepartOrganisasjonsid" => field(party, Slot::Organisasjonsid, Text),
        "KorrespondansepartPersonid" => field(party, Slot::Personid, Text),
        "KorrespondansepartForsendelsesmaate" => field(party, Slot::Forsendelsesmaate, Text),
        "KorrespondansepartDeresReferanse" => field(party, Slot::DeresReferanse, Text),
        "KorrespondansepartAdministrativEnhet" => field(party, Slot::AdministrativEnhet, Text),
        "KorrespondansepartSaksbehandler" => field(party, Slot::Saksbehandler, Text),
        _ => None,
    }
}

fn journalpost(rest: &str) -> Option<Field> {
    use Kind::{Date, Int, Text};
    let unit = Thing::Unit;
    match rest {
        "Journalaar" => field(unit, Slot::Journalaar, Int),
        "Journalsekvensnummer" => field(unit, Slot::Journalsekvensnummer, Int),
        "Saksaar" => field(Thing::Sak, Slot::Saksaar, Int),
        "Sakssekvensnummer" => field(Thing::Sak, Slot::Sakssekvensnummer, Int),
        "Journalpostnummer" => field(unit, Slot::Journalpostnummer, Int),
        "Journalposttype" => field(unit, Slot::Journalposttype, Text),
        "Journalstatus" => field(unit, Slot::Journalstatus, Text),
        "Journaldato" => field(unit, Slot::Journaldato, Date),
        "Dokumentetsdato" => field(unit, Slot::DokumentetsDato, Date),
        "Forfallsdato" => field(unit, Slot::Forfallsdato, Date),
        _ => None,
    }
}

fn dokumentbeskrivelse(rest: &str) -> Option<Field> {
    use Kind::{Key, Moment, Text};
    let unit = Thing::Unit;
    match rest {
        "EksternId" => field(unit, Slot::EksternNoekkel, Key),
        "OpprettetDato" => field(unit, Slot::Opprettet, Moment),
        "Tittel" => field(unit, Slot::Tittel, Text),
        "Dokumenttype" => field(unit, Slot::Dokumenttype, Text),
        "Dokumentstatus" => field(unit, Slot::Dokumentstatus, Text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use samflyt_noark::fiks::sok::felt;
    use samflyt_noark::grammar::Simple;

    use super::*;

    #[test]
    fn every_field_that_the_protocol_names_is_known() {
        for fields in [
            felt::MAPPE_SOKEFELT,
            felt::SAKSMAPPE_SOKEFELT,
            felt::REGISTRERING_SOKEFELT,
            felt::JOURNALPOST_SOKEFELT,
            felt::DOKUMENTBESKRIVELSE_SOKEFELT,
        ] {
            let Simple::OneOf(names) = fields else { panic!("{fields:?}") };
            for name in names {
                assert!(Field::of(name).is_some(), "{name}");
            }
        }
        assert_eq!(Field::of("mappeFarge"), None);
    }
}
