//! Fiks Arkiv V1: the national protocol.
//!
//! A grammar is a static table for each schema of the protocol, in the order and with the names of its XSD.

pub mod arkivstruktur;
pub mod avskrivning;
pub mod codes;
pub mod dokumentobjekt;
pub mod feilmelding;
pub mod innsyn;
pub mod kvittering;
pub mod message_type;
pub mod metadatakatalog;
pub mod minimum;
pub mod namespaces;
pub mod noekler;
pub mod oppdater;
pub mod opprett;
pub mod resultat;
pub mod sok;

pub use self::message_type::MessageType;
use crate::grammar::Root;

/// The schemas of payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Schema {
    ArkivmeldingOpprett,
    ArkivmeldingOppdater,
    ArkivmeldingKvittering,
    DokumentobjektOpprett,
    DokumentobjektKvittering,
    AvskrivningOpprett,
    AvskrivningSlett,
    MappeHent,
    MappeHentResultat,
    RegistreringHent,
    RegistreringHentResultat,
    DokumentfilHent,
    KodelisteHent,
    KodelisteHentResultat,
    Sok,
    SokMinimum,
    SokNoekler,
    SokUtvidet,
    UgyldigForespoersel,
    Serverfeil,
    IkkeFunnet,
}

impl Schema {
    pub const ALL: &[Self] = &[
        Self::ArkivmeldingOpprett,
        Self::ArkivmeldingOppdater,
        Self::ArkivmeldingKvittering,
        Self::DokumentobjektOpprett,
        Self::DokumentobjektKvittering,
        Self::AvskrivningOpprett,
        Self::AvskrivningSlett,
        Self::MappeHent,
        Self::MappeHentResultat,
        Self::RegistreringHent,
        Self::RegistreringHentResultat,
        Self::DokumentfilHent,
        Self::KodelisteHent,
        Self::KodelisteHentResultat,
        Self::Sok,
        Self::SokMinimum,
        Self::SokNoekler,
        Self::SokUtvidet,
        Self::UgyldigForespoersel,
        Self::Serverfeil,
        Self::IkkeFunnet,
    ];

    /// The root element of such a payload.
    pub const fn root(self) -> &'static Root {
        match self {
            Self::ArkivmeldingOpprett => &ARKIVMELDING_OPPRETT,
            Self::ArkivmeldingOppdater => &ARKIVMELDING_OPPDATER,
            Self::ArkivmeldingKvittering => &ARKIVMELDING_KVITTERING,
            Self::DokumentobjektOpprett => &DOKUMENTOBJEKT_OPPRETT,
            Self::DokumentobjektKvittering => &DOKUMENTOBJEKT_KVITTERING,
            Self::AvskrivningOpprett => &AVSKRIVNING_OPPRETT,
            Self::AvskrivningSlett => &AVSKRIVNING_SLETT,
            Self::MappeHent => &MAPPE_HENT,
            Self::MappeHentResultat => &MAPPE_HENT_RESULTAT,
            Self::RegistreringHent => &REGISTRERING_HENT,
            Self::RegistreringHentResultat => &REGISTRERING_HENT_RESULTAT,
            Self::DokumentfilHent => &DOKUMENTFIL_HENT,
            Self::KodelisteHent => &KODELISTE_HENT,
            Self::KodelisteHentResultat => &KODELISTE_HENT_RESULTAT,
            Self::Sok => &SOK,
            Self::SokMinimum => &SOK_MINIMUM,
            Self::SokNoekler => &SOK_NOEKLER,
            Self::SokUtvidet => &SOK_UTVIDET,
            Self::UgyldigForespoersel => &UGYLDIG_FORESPOERSEL,
            Self::Serverfeil => &SERVERFEIL,
            Self::IkkeFunnet => &IKKE_FUNNET,
        }
    }
}

static ARKIVMELDING_OPPRETT: Root =
    Root { name: "arkivmelding", namespace: namespaces::OPPRETT, content: &opprett::mappe::ARKIVMELDING };
static ARKIVMELDING_OPPDATER: Root = Root {
    name: "arkivmeldingOppdatering",
    namespace: namespaces::OPPDATER,
    content: &oppdater::mappe::ARKIVMELDING_OPPDATERING,
};
static ARKIVMELDING_KVITTERING: Root = Root {
    name: "arkivmeldingKvittering",
    namespace: namespaces::OPPRETT_KVITTERING,
    content: &kvittering::ARKIVMELDING_KVITTERING,
};
static DOKUMENTOBJEKT_OPPRETT: Root = Root {
    name: "dokumentobjektOpprett",
    namespace: namespaces::DOKUMENTOBJEKT_OPPRETT,
    content: &dokumentobjekt::DOKUMENTOBJEKT_OPPRETT,
};
static DOKUMENTOBJEKT_KVITTERING: Root = Root {
    name: "dokumentobjektOpprettKvittering",
    namespace: namespaces::DOKUMENTOBJEKT_KVITTERING,
    content: &dokumentobjekt::DOKUMENTOBJEKT_OPPRETT_KVITTERING,
};
static AVSKRIVNING_OPPRETT: Root = Root {
    name: "nyAvskrivning",
    namespace: namespaces::AVSKRIVNING_OPPRETT,
    content: &avskrivning::NY_AVSKRIVNING,
};
static AVSKRIVNING_SLETT: Root = Root {
    name: "slettAvskrivning",
    namespace: namespaces::AVSKRIVNING_SLETT,
    content: &avskrivning::SLETT_AVSKRIVNING,
};
static MAPPE_HENT: Root =
    Root { name: "mappeHent", namespace: namespaces::MAPPE_HENT, content: &innsyn::MAPPE_HENT };
static MAPPE_HENT_RESULTAT: Root = Root {
    name: "mappeHentResultat",
    namespace: namespaces::MAPPE_RESULTAT,
    content: &innsyn::MAPPE_HENT_RESULTAT,
};
static REGISTRERING_HENT: Root = Root {
    name: "registreringHent",
    namespace: namespaces::REGISTRERING_HENT,
    content: &innsyn::REGISTRERING_HENT,
};
static REGISTRERING_HENT_RESULTAT: Root = Root {
    name: "registreringHentResultat",
    namespace: namespaces::REGISTRERING_RESULTAT,
    content: &innsyn::REGISTRERING_HENT_RESULTAT,
};
static DOKUMENTFIL_HENT: Root = Root {
    name: "dokumentfilHent",
    namespace: namespaces::DOKUMENTFIL_HENT,
    content: &innsyn::DOKUMENTFIL_HENT,
};
static KODELISTE_HENT: Root =
    Root { name: "HentKodeliste", namespace: namespaces::KODELISTE_HENT, content: &innsyn::HENT_KODELISTE };
static KODELISTE_HENT_RESULTAT: Root =
    Root { name: "KodeListe", namespace: namespaces::KODELISTE_RESULTAT, content: &innsyn::KODE_LISTE };
static SOK: Root = Root { name: "sok", namespace: namespaces::SOK, content: &sok::definisjon::SOK };
static SOK_MINIMUM: Root = Root {
    name: "sokeresultatMinimum",
    namespace: namespaces::SOK_MINIMUM,
    content: &resultat::SOKERESULTAT_MINIMUM,
};
static SOK_NOEKLER: Root = Root {
    name: "sokeresultatNoekler",
    namespace: namespaces::SOK_NOEKLER,
    content: &resultat::SOKERESULTAT_NOEKLER,
};
static SOK_UTVIDET: Root =
    Root { name: "sokeresultat", namespace: namespaces::SOK_UTVIDET, content: &resultat::SOKERESULTAT };
static UGYLDIG_FORESPOERSEL: Root = Root {
    name: "ugyldigforespoersel",
    namespace: namespaces::UGYLDIG_FORESPOERSEL,
    content: &feilmelding::FEILMELDING_BASE,
};
static SERVERFEIL: Root =
    Root { name: "serverfeil", namespace: namespaces::SERVERFEIL, content: &feilmelding::FEILMELDING_BASE };
static IKKE_FUNNET: Root =
    Root { name: "ikkefunnet", namespace: namespaces::IKKE_FUNNET, content: &feilmelding::FEILMELDING_BASE };
