//! What can be searched in, included and sorted by.

use crate::grammar::Simple;

pub const OPERATOR_TYPE: Simple = Simple::OneOf(&[
    "equal",
    "notequal",
    "between",
    "lessthan",
    "lessequal",
    "greaterthan",
    "greaterequal",
    "inlist",
    "wildcardquery",
]);

pub const MAPPE_SOKEFELT: Simple = Simple::OneOf(&[
    "mappeEksternNoekkel",
    "mappeTittel",
    "mappeOpprettetDato",
    "mappeBeskrivelse",
    "mappeNoekkelord",
    "mappeAvsluttetDato",
    "mappeArkivdel",
    "mappeEndretDato",
    "mappeMappetype",
    "mappeKlasseKlassifikasjonssystemID",
    "mappeKlasseKlasseID",
    "mappeKlasseTittel",
    "mappeKlasseBeskrivelse",
    "mappeKlassifikasjon",
    "mappePartPartNavn",
    "mappePartPartRolle",
    "mappePartPostadresse",
    "mappePartPostnummer",
    "mappePartPoststed",
    "mappePartEpostadresse",
    "mappePartOrganisasjonsid",
    "mappePartPersonid",
    "mappeSkjermingTilgangsrestriksjon",
    "mappeSkjermingSkjermingshjemmel",
    "mappeSkjermingSkjermingsvarighet",
    "mappeSkjermingSkjermingOpphoererDato",
]);

pub const SAKSMAPPE_SOKEFELT: Simple = Simple::OneOf(&[
    "mappeEksternNoekkel",
    "mappeTittel",
    "mappeOpprettetDato",
    "mappeBeskrivelse",
    "mappeNoekkelord",
    "mappeAvsluttetDato",
    "mappeArkivdel",
    "mappeEndretDato",
    "mappeMappetype",
    "mappeKlasseKlassifikasjonssystemID",
    "mappeKlasseKlasseID",
    "mappeKlasseTittel",
    "mappeKlasseBeskrivelse",
    "mappePartPartNavn",
    "mappePartPartRolle",
    "mappePartPostadresse",
    "mappePartPostnummer",
    "mappePartPoststed",
    "mappePartEpostadresse",
    "mappePartOrganisasjonsid",
    "mappePartPersonid",
    "mappeSkjermingTilgangsrestriksjon",
    "mappeSkjermingSkjermingshjemmel",
    "mappeSkjermingSkjermingsvarighet",
    "mappeSkjermingSkjermingOpphoererDato",
    "sakSaksdato",
    "sakSaksaar",
    "sakSaksekvensnummer",
    "sakSaksstatus",
    "sakAdministrativenhet",
    "sakSaksansvarlig",
    "sakMatrikkelnummerKommunenummer",
    "sakMatrikkelnummerGaardsnummer",
    "sakMatrikkelnummerBruksnummer",
    "sakMatrikkelnummerFestenummer",
    "sakMatrikkelnummerSeksjonsnummer",
    "sakByggidentBygningsnummer",
    "sakByggidentEndringsloepenummer",
    "sakPlanidentStatLandkode",
    "sakPlanidentFylkeFylkesnummer",
    "sakPlanidentKommuneKommunenummer",
    "sakPlanidentPlanidentifikasjon",
    "sakBbox",
]);

pub const REGISTRERING_SOKEFELT: Simple = Simple::OneOf(&[
    "registreringEksternId",
    "registreringOpprettetDato",
    "registreringTittel",
    "registreringAdministrativenhet",
    "registreringJournalpostansvarlig",
    "registreringEndretDato",
    "registreringPartPartNavn",
    "registreringPartPartRolle",
    "registreringPartPostadresse",
    "registreringPartPostnummer",
    "registreringPartPoststed",
    "registreringPartEpostadresse",
    "registreringSkjermingTilgangsrestriksjon",
    "registreringSkjermingSkjermingshjemmel",
    "registreringSkjermingSkjermingsvarighet",
    "registreringSkjermingSkjermingOpphoererDato",
    "registreringKorrespondansepartKorrespondanseparttype",
    "registreringKorrespondansepartKorrespondansepartNavn",
    "registreringKorrespondansepartPostadresse",
    "registreringKorrespondansepartPostnummer",
    "registreringKorrespondansepartPoststed",
    "registreringKorrespondansepartEpostadresse",
    "registreringKorrespondansepartOrganisasjonsid",
    "registreringKorrespondansepartPersonid",
    "registreringKorrespondansepartForsendelsesmaate",
    "registreringKorrespondansepartDeresReferanse",
    "registreringKorrespondansepartAdministrativEnhet",
    "registreringKorrespondansepartSaksbehandler",
]);

pub const JOURNALPOST_SOKEFELT: Simple = Simple::OneOf(&[
    "registreringEksternId",
    "registreringOpprettetDato",
    "registreringTittel",
    "registreringAdministrativenhet",
    "registreringJournalpostansvarlig",
    "registreringEndretDato",
    "registreringPartPartNavn",
    "registreringPartPartRolle",
    "registreringPartPostadresse",
    "registreringPartPostnummer",
    "registreringPartPoststed",
    "registreringPartEpostadresse",
    "registreringSkjermingTilgangsrestriksjon",
    "registreringSkjermingSkjermingshjemmel",
    "registreringSkjermingSkjermingsvarighet",
    "registreringSkjermingSkjermingOpphoererDato",
    "journalpostJournalaar",
    "journalpostJournalsekvensnummer",
    "journalpostSaksaar",
    "journalpostSakssekvensnummer",
    "journalpostJournalpostnummer",
    "journalpostJournalposttype",
    "journalpostJournalstatus",
    "journalpostJournaldato",
    "journalpostDokumentetsdato",
    "journalpostForfallsdato",
]);

pub const DOKUMENTBESKRIVELSE_SOKEFELT: Simple = Simple::OneOf(&[
    "dokumentbeskrivelseEksternId",
    "dokumentbeskrivelseOpprettetDato",
    "dokumentbeskrivelseTittel",
    "dokumentbeskrivelseDokumenttype",
    "dokumentbeskrivelseDokumentstatus",
    "dokumentbeskrivelseSkjermingTilgangsrestriksjon",
    "dokumentbeskrivelseSkjermingSkjermingshjemmel",
    "dokumentbeskrivelseSkjermingSkjermingsvarighet",
    "dokumentbeskrivelseSkjermingSkjermingOpphoererDato",
]);

pub const MAPPE_INKLUDER: Simple = Simple::OneOf(&["noekkelord", "kryssreferanse", "part", "merknad"]);

pub const SAKSMAPPE_INKLUDER: Simple =
    Simple::OneOf(&["noekkelord", "kryssreferanse", "part", "merknad", "presedens"]);

pub const REGISTRERING_INKLUDER: Simple = Simple::OneOf(&[
    "noekkelord",
    "kryssreferanse",
    "part",
    "merknad",
    "dokumentbeskrivelse",
    "korrespondansepart",
]);

pub const JOURNALPOST_INKLUDER: Simple = Simple::OneOf(&[
    "noekkelord",
    "kryssreferanse",
    "part",
    "merknad",
    "dokumentbeskrivelse",
    "korrespondansepart",
    "avskrivning",
    "dokumentflyt",
]);

pub const DOKUMENTBESKRIVELSE_INKLUDER: Simple = Simple::OneOf(&["dokumentobjekt"]);

pub const SORTERING_TYPE: Simple = Simple::OneOf(&["synkende", "stigende"]);

pub const MAPPE_SORTERINGSFELT: Simple = Simple::OneOf(&["mappeOpprettetDato"]);

pub const SAKSMAPPE_SORTERINGSFELT: Simple =
    Simple::OneOf(&["mappeOpprettetDato", "sakSaksaar-saksekvensnummer"]);

pub const REGISTRERING_SORTERINGSFELT: Simple = Simple::OneOf(&["registreringOpprettetDato"]);

pub const JOURNALPOST_SORTERINGSFELT: Simple = Simple::OneOf(&[
    "registreringOpprettetDato",
    "journalpostJournaldato",
    "journalpostJournalaar-journalsekvensnummer",
    "journalpostJournalpostnummer",
]);

pub const DOKUMENTBESKRIVELSE_SORTERINGSFELT: Simple = Simple::OneOf(&["opprettetDato"]);
