//! The message types of the protocol.

/// A message type of the protocol, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageType(&'static str);

const PREFIX: &str = "no.ks.fiks.arkiv.v1.";
const WRITES: [&str; 5] = [
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett",
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater",
    "no.ks.fiks.arkiv.v1.arkivering.dokumentobjekt.opprett",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.opprett",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.slett",
];
const RECEIVED: [&str; 5] = [
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.mottatt",
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater.mottatt",
    "no.ks.fiks.arkiv.v1.arkivering.dokumentobjekt.opprett.mottatt",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.opprett.mottatt",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.slett.mottatt",
];
const READS: [&str; 5] = [
    "no.ks.fiks.arkiv.v1.innsyn.mappe.hent",
    "no.ks.fiks.arkiv.v1.innsyn.registrering.hent",
    "no.ks.fiks.arkiv.v1.innsyn.dokumentfil.hent",
    "no.ks.fiks.arkiv.v1.innsyn.kodeliste.hent",
    "no.ks.fiks.arkiv.v1.innsyn.sok",
];
const ANSWERS: [&str; 17] = [
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.kvittering",
    "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater.kvittering",
    "no.ks.fiks.arkiv.v1.arkivering.dokumentobjekt.opprett.kvittering",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.opprett.kvittering",
    "no.ks.fiks.arkiv.v1.arkivering.avskrivning.slett.kvittering",
    "no.ks.fiks.arkiv.v1.innsyn.mappe.hent.resultat",
    "no.ks.fiks.arkiv.v1.innsyn.registrering.hent.resultat",
    "no.ks.fiks.arkiv.v1.innsyn.dokumentfil.hent.resultat",
    "no.ks.fiks.arkiv.v1.innsyn.kodeliste.hent.resultat",
    "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.utvidet",
    "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.minimum",
    "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.noekler",
    "no.ks.fiks.arkiv.v1.feilmelding.ugyldigforespoersel",
    "no.ks.fiks.arkiv.v1.feilmelding.serverfeil",
    "no.ks.fiks.arkiv.v1.feilmelding.ikkefunnet",
    "no.ks.fiks.kvittering.tidsavbrudd",
    "no.ks.fiks.kvittering.serverfeil",
];

impl MessageType {
    pub fn parse(name: &str) -> Option<Self> {
        let all = WRITES.iter().chain(&RECEIVED).chain(&READS).chain(&ANSWERS);
        all.copied().find(|known| *known == name).map(Self)
    }

    pub fn name(self) -> &'static str {
        self.0
    }

    pub fn is_request(self) -> bool {
        WRITES.contains(&self.0) || READS.contains(&self.0)
    }

    pub fn is_write(self) -> bool {
        WRITES.contains(&self.0) && self.0.starts_with(PREFIX)
    }

    /// The receipt that a write gets at once.
    pub fn mottatt(self) -> Option<Self> {
        let at = WRITES.iter().position(|known| *known == self.0)?;
        Some(Self(RECEIVED[at]))
    }

    pub fn requests() -> impl Iterator<Item = Self> {
        WRITES.iter().chain(&READS).copied().map(Self)
    }
}
