//! The namespaces of the protocol, one a schema.

pub const ARKIVSTRUKTUR: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivstruktur/v1";
pub const MINIMUM: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivstruktur/minimum/v1";
pub const NOEKLER: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivstruktur/noekler/v1";
pub const FEILMELDING: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/feilmelding/v1";
pub const METADATAKATALOG: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1";
pub const OPPDATER: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/oppdater/v1";
pub const OPPRETT_KVITTERING: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/kvittering/v1";
pub const OPPRETT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1";
pub const AVSKRIVNING_OPPRETT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/avskrivning/opprett/v1";
pub const AVSKRIVNING_SLETT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/avskrivning/slett/v1";
pub const DOKUMENTOBJEKT_KVITTERING: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/dokumentobjekt/opprett/kvittering/v1";
pub const DOKUMENTOBJEKT_OPPRETT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/dokumentobjekt/opprett/v1";
pub const IKKE_FUNNET: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/ikkefunnet/v1";
pub const SERVERFEIL: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/serverfeil/v1";
pub const UGYLDIG_FORESPOERSEL: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/feil/ugyldigforespoersel/v1";
pub const DOKUMENTFIL_HENT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/dokumentfil/hent/v1";
pub const KODELISTE_RESULTAT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/kodeliste/hent/resultat/v1";
pub const KODELISTE_HENT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/kodeliste/hent/v1";
pub const MAPPE_RESULTAT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/mappe/hent/resultat/v1";
pub const MAPPE_HENT: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/mappe/hent/v1";
pub const REGISTRERING_RESULTAT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/registrering/hent/resultat/v1";
pub const REGISTRERING_HENT: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/registrering/hent/v1";
pub const SOK_MINIMUM: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/sokeresultat/minimum/v1";
pub const SOK_NOEKLER: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/sokeresultat/noekler/v1";
pub const SOK_UTVIDET: &str =
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/sokeresultat/utvidet/v1";
pub const SOK: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/sok/v1";
