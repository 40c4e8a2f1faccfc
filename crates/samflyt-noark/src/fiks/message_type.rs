//! The message types of the protocol: what they carry and what answers what.
//!
//! Where the published list of message types and the schemas differ, the names in the schemas and the published cases hold.

use serde_json::Value;

use super::{Schema, codes};
use crate::read;

const PREFIX: &str = "no.ks.fiks.arkiv.v1.";
const TIME_OUT: &str = "no.ks.fiks.kvittering.tidsavbrudd";

/// A message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    ArkivmeldingOpprett,
    ArkivmeldingOpprettMottatt,
    ArkivmeldingOpprettKvittering,
    ArkivmeldingOppdater,
    ArkivmeldingOppdaterMottatt,
    ArkivmeldingOppdaterKvittering,
    DokumentobjektOpprett,
    DokumentobjektOpprettMottatt,
    DokumentobjektOpprettKvittering,
    AvskrivningOpprett,
    AvskrivningOpprettMottatt,
    AvskrivningOpprettKvittering,
    AvskrivningSlett,
    AvskrivningSlettMottatt,
    AvskrivningSlettKvittering,
    MappeHent,
    MappeHentResultat,
    RegistreringHent,
    RegistreringHentResultat,
    DokumentfilHent,
    /// Carries the document's file and no payload.
    DokumentfilHentResultat,
    KodelisteHent,
    KodelisteHentResultat,
    Sok,
    SokResultatUtvidet,
    SokResultatMinimum,
    SokResultatNoekler,
    UgyldigForespoersel,
    Serverfeil,
    IkkeFunnet,
    /// The notice of Fiks IO, whatever the protocol, that nobody took a message within its time to live.
    Tidsavbrudd,
}

use MessageType as T;

/// Type, name (after the prefix, for all but the last), schema and file name of the payload.
type Row = (T, &'static str, Option<(Schema, &'static str)>);

static TYPES: &[Row] = &[
    (
        T::ArkivmeldingOpprett,
        "arkivering.arkivmelding.opprett",
        Some((Schema::ArkivmeldingOpprett, "arkivmelding.xml")),
    ),
    (T::ArkivmeldingOpprettMottatt, "arkivering.arkivmelding.opprett.mottatt", None),
    (
        T::ArkivmeldingOpprettKvittering,
        "arkivering.arkivmelding.opprett.kvittering",
        Some((Schema::ArkivmeldingKvittering, "arkivmelding-kvittering.xml")),
    ),
    (
        T::ArkivmeldingOppdater,
        "arkivering.arkivmelding.oppdater",
        Some((Schema::ArkivmeldingOppdater, "arkivmelding.xml")),
    ),
    (T::ArkivmeldingOppdaterMottatt, "arkivering.arkivmelding.oppdater.mottatt", None),
    (T::ArkivmeldingOppdaterKvittering, "arkivering.arkivmelding.oppdater.kvittering", None),
    (
        T::DokumentobjektOpprett,
        "arkivering.dokumentobjekt.opprett",
        Some((Schema::DokumentobjektOpprett, "dokumentobjekt-opprett.xml")),
    ),
    (T::DokumentobjektOpprettMottatt, "arkivering.dokumentobjekt.opprett.mottatt", None),
    (
        T::DokumentobjektOpprettKvittering,
        "arkivering.dokumentobjekt.opprett.kvittering",
        Some((Schema::DokumentobjektKvittering, "dokumentobjekt-kvittering.xml")),
    ),
    (
        T::AvskrivningOpprett,
        "arkivering.avskrivning.opprett",
        Some((Schema::AvskrivningOpprett, "avskrivning-opprett.xml")),
    ),
    (T::AvskrivningOpprettMottatt, "arkivering.avskrivning.opprett.mottatt", None),
    (T::AvskrivningOpprettKvittering, "arkivering.avskrivning.opprett.kvittering", None),
    (
        T::AvskrivningSlett,
        "arkivering.avskrivning.slett",
        Some((Schema::AvskrivningSlett, "avskrivning-slett.xml")),
    ),
    (T::AvskrivningSlettMottatt, "arkivering.avskrivning.slett.mottatt", None),
    (T::AvskrivningSlettKvittering, "arkivering.avskrivning.slett.kvittering", None),
    (T::MappeHent, "innsyn.mappe.hent", Some((Schema::MappeHent, "mappe-hent.xml"))),
    (T::MappeHentResultat, "innsyn.mappe.hent.resultat", Some((Schema::MappeHentResultat, "mappe.xml"))),
    (
        T::RegistreringHent,
        "innsyn.registrering.hent",
        Some((Schema::RegistreringHent, "registrering-hent.xml")),
    ),
    (
        T::RegistreringHentResultat,
        "innsyn.registrering.hent.resultat",
        Some((Schema::RegistreringHentResultat, "registrering.xml")),
    ),
    (T::DokumentfilHent, "innsyn.dokumentfil.hent", Some((Schema::DokumentfilHent, "dokumentfil-hent.xml"))),
    (T::DokumentfilHentResultat, "innsyn.dokumentfil.hent.resultat", None),
    // The published list has neither; the file names follow those of the other requests and results.
    (T::KodelisteHent, "innsyn.kodeliste.hent", Some((Schema::KodelisteHent, "kodeliste-hent.xml"))),
    (
        T::KodelisteHentResultat,
        "innsyn.kodeliste.hent.resultat",
        Some((Schema::KodelisteHentResultat, "kodeliste.xml")),
    ),
    (T::Sok, "innsyn.sok", Some((Schema::Sok, "sok.xml"))),
    (T::SokResultatUtvidet, "innsyn.sok.resultat.utvidet", Some((Schema::SokUtvidet, "resultat.xml"))),
    (T::SokResultatMinimum, "innsyn.sok.resultat.minimum", Some((Schema::SokMinimum, "resultat.xml"))),
    (T::SokResultatNoekler, "innsyn.sok.resultat.noekler", Some((Schema::SokNoekler, "resultat.xml"))),
    (
        T::UgyldigForespoersel,
        "feilmelding.ugyldigforespoersel",
        Some((Schema::UgyldigForespoersel, "feilmelding.xml")),
    ),
    (T::Serverfeil, "feilmelding.serverfeil", Some((Schema::Serverfeil, "feilmelding.xml"))),
    (T::IkkeFunnet, "feilmelding.ikkefunnet", Some((Schema::IkkeFunnet, "feilmelding.xml"))),
    (T::Tidsavbrudd, TIME_OUT, None),
];

/// No such message type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message type is not one of Fiks Arkiv V1, whose types all begin with `{PREFIX}`")]
pub struct UnknownType;

impl MessageType {
    /// All types.
    pub fn all() -> impl Iterator<Item = Self> {
        TYPES.iter().map(|(of, ..)| *of)
    }

    /// # Errors
    /// [`UnknownType`], also for a type in other capitals.
    pub fn parse(name: &str) -> Result<Self, UnknownType> {
        Self::all().find(|of| of.name() == name).ok_or(UnknownType)
    }

    /// As on the wire.
    pub fn name(self) -> String {
        match self {
            Self::Tidsavbrudd => TIME_OUT.to_owned(),
            _ => format!("{PREFIX}{}", self.row().1),
        }
    }

    /// The schema of its payload, if it has one.
    pub fn payload(self) -> Option<Schema> {
        self.row().2.map(|(schema, _)| schema)
    }

    /// Reads a payload, which has to be as the schema and the closed code lists say.
    ///
    /// # Errors
    /// All that is wrong with it; also where the type has no payload.
    pub fn read(self, payload: &[u8]) -> Result<Value, Vec<read::Problem>> {
        let Some(schema) = self.payload() else {
            let advice = "send none".to_owned();
            let rule = "is a payload, and the message type has none".to_owned();
            return Err(vec![read::Problem { path: "/".to_owned(), line: None, rule, advice }]);
        };
        let document = read::xml(payload, schema.root())?;
        let problems = codes::check_codes(&document, schema.root());
        if problems.is_empty() { Ok(document) } else { Err(problems) }
    }

    /// The file name of its payload, if it has one.
    pub fn payload_file(self) -> Option<&'static str> {
        self.row().2.map(|(_, file)| file)
    }

    /// It is sent to an archive: an archive answers it.
    pub fn is_request(self) -> bool {
        !self.answers().is_empty()
    }

    /// It changes what the archive holds, and is answered at once by [`mottatt`](Self::mottatt).
    pub fn is_write(self) -> bool {
        self.mottatt().is_some()
    }

    /// What tells the sender of a write that it has come.
    pub fn mottatt(self) -> Option<Self> {
        Some(match self {
            Self::ArkivmeldingOpprett => Self::ArkivmeldingOpprettMottatt,
            Self::ArkivmeldingOppdater => Self::ArkivmeldingOppdaterMottatt,
            Self::DokumentobjektOpprett => Self::DokumentobjektOpprettMottatt,
            Self::AvskrivningOpprett => Self::AvskrivningOpprettMottatt,
            Self::AvskrivningSlett => Self::AvskrivningSlettMottatt,
            _ => return None,
        })
    }

    /// What may answer it in the end, after `mottatt`: what it asks for first, then errors. Whoever refers to what is not
    /// there may be told so, also where the published list leaves that out.
    pub fn answers(self) -> &'static [Self] {
        macro_rules! answers {
            ($($answer:ident),+) => {
                &[$(Self::$answer,)+ Self::UgyldigForespoersel, Self::Serverfeil, Self::IkkeFunnet]
            };
        }
        match self {
            Self::ArkivmeldingOpprett => answers!(ArkivmeldingOpprettKvittering),
            Self::ArkivmeldingOppdater => answers!(ArkivmeldingOppdaterKvittering),
            Self::DokumentobjektOpprett => answers!(DokumentobjektOpprettKvittering),
            Self::AvskrivningOpprett => answers!(AvskrivningOpprettKvittering),
            Self::AvskrivningSlett => answers!(AvskrivningSlettKvittering),
            Self::MappeHent => answers!(MappeHentResultat),
            Self::RegistreringHent => answers!(RegistreringHentResultat),
            Self::DokumentfilHent => answers!(DokumentfilHentResultat),
            Self::KodelisteHent => answers!(KodelisteHentResultat),
            Self::Sok => answers!(SokResultatUtvidet, SokResultatMinimum, SokResultatNoekler),
            _ => &[],
        }
    }

    /// One of the three that say that a request failed.
    pub fn is_error(self) -> bool {
        matches!(self, Self::UgyldigForespoersel | Self::Serverfeil | Self::IkkeFunnet)
    }

    fn row(self) -> &'static Row {
        &TYPES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_own_row_and_is_found_by_its_name() {
        for (place, (of, ..)) in TYPES.iter().enumerate() {
            assert_eq!(*of as usize, place, "{of:?}");
            assert_eq!(MessageType::parse(&of.name()), Ok(*of));
        }
        assert_eq!(TYPES.len(), T::Tidsavbrudd as usize + 1);
    }

    #[test]
    fn names_are_the_published_ones_and_misspelt_ones_are_refused() {
        let name = "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.minimum";
        assert_eq!(MessageType::parse(name), Ok(T::SokResultatMinimum));
        assert_eq!(MessageType::parse("no.ks.fiks.kvittering.tidsavbrudd"), Ok(T::Tidsavbrudd));
        for wrong in
            ["no.ks.fik.arkiv.v1.feilmelding.ugyldigforespoersel", "", "no.ks.fiks.arkiv.v1.", "innsyn.sok"]
        {
            assert_eq!(MessageType::parse(wrong), Err(UnknownType), "{wrong}");
        }
    }

    #[test]
    fn a_write_is_a_request_that_gets_mottatt_under_its_own_name() {
        for of in MessageType::all() {
            match of.mottatt() {
                Some(mottatt) => {
                    assert!(of.is_write() && of.is_request());
                    assert_eq!(mottatt.name(), format!("{}.mottatt", of.name()));
                    assert_eq!(of.answers()[0].name(), format!("{}.kvittering", of.name()));
                }
                None if of.is_request() => assert!(of.answers()[0].name().contains(".resultat"), "{of:?}"),
                None => assert!(of.answers().is_empty()),
            }
        }
    }

    #[test]
    fn what_has_a_payload_has_a_file_name_for_it() {
        for of in MessageType::all() {
            assert_eq!(of.payload().is_some(), of.payload_file().is_some(), "{of:?}");
        }
        assert_eq!(T::DokumentfilHentResultat.payload(), None);
        assert_eq!(T::ArkivmeldingOppdaterKvittering.payload(), None);
    }
}
