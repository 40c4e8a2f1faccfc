//! Which headings a table of each kind has: the members of its document by their names, and what people call them.

use samflyt_events::catalogue::Kind;

/// One column.
#[derive(Debug)]
pub(super) struct Column {
    /// The member of the document; within another, after a dot.
    pub member: &'static str,
    pub form: Form,
    /// Other headings for it.
    pub called: &'static [&'static str],
    pub required: bool,
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    /// Separated by `|`.
    List,
    /// `2026-03-01`, `01.03.2026`.
    Date,
    /// `310 000`, `310.000,00`, `kr 310000,-`.
    Number,
    /// `yes`, `ja`, `x`; `no`, `nei`.
    Flag,
    Zone,
    Criticality,
    Accessibility,
    /// A system by id, or by the name under which the municipality uses it.
    System,
    Systems,
    /// A product by id or name.
    Product,
    /// Processors: `Name 999999999 (role)`, separated by `|`.
    Chain,
    /// `To: safeguards`, separated by `|`.
    Transfers,
}

const fn column(member: &'static str, form: Form, called: &'static [&'static str]) -> Column {
    Column { member, form, called, required: false }
}

const fn required(member: &'static str, form: Form, called: &'static [&'static str]) -> Column {
    Column { member, form, called, required: true }
}

use Form::{
    Accessibility, Chain, Criticality, Date, Flag, List, Number, Product, System, Systems, Text, Transfers,
    Zone,
};

static PRODUCT: &[Column] = &[
    column("id", Text, &["Id", "Produkt-id"]),
    required("name", Text, &["Navn", "Produkt", "Produktnavn"]),
    column("vendor", Text, &["Leverandør", "Produsent"]),
    column("versions", List, &["Versjoner", "Versjon"]),
    column("functions", List, &["Funksjoner", "Funksjon", "Bruksområde"]),
    column("information", List, &["Informasjon", "Opplysninger"]),
    column("standards", List, &["Standarder", "Standard"]),
    column("interfaces", List, &["Grensesnitt", "Integrasjoner"]),
    column("licence", Text, &["Lisens", "Lisenstype"]),
    column("note", Text, &["Merknad", "Kommentar"]),
];

static SYSTEM: &[Column] = &[
    column("id", Text, &["Id", "System-id"]),
    required("product", Product, &["Produkt", "Produktnavn"]),
    required("name", Text, &["Navn", "System", "Systemnavn", "Fagsystem"]),
    column("version", Text, &["Versjon"]),
    column("environment", Text, &["Driftsmiljø", "Drift", "Driftsleverandør"]),
    column("platform", Text, &["Plattform"]),
    column("zone", Zone, &["Sone", "Sikkerhetssone"]),
    column("planned_from", Date, &["Planlagt fra"]),
    column("in_use_from", Date, &["I bruk fra", "Tatt i bruk"]),
    column("phased_out_from", Date, &["Fases ut fra", "Utfasing"]),
    column("retired_on", Date, &["Avviklet", "Avsluttet"]),
    column("criticality", Criticality, &["Kritikalitet", "Viktighet"]),
    column("service_level", Text, &["Tjenestenivå", "SLA"]),
    column("cost_per_year_nok", Number, &["Kostnad per år", "Årlig kostnad", "Kostnad"]),
    column("replaced_by", System, &["Erstattes av", "Erstattet av"]),
    column("replaced_on", Date, &["Erstattes", "Erstattet"]),
    column("note", Text, &["Merknad", "Kommentar"]),
];

static USAGE: &[Column] = &[
    required("system", System, &["Navn", "System-id", "Systemnavn", "Fagsystem"]),
    column("owner", Text, &["Systemeier", "Eier"]),
    column("administrator", Text, &["Systemansvarlig", "Systemforvalter"]),
    column("super_users", List, &["Superbrukere", "Superbruker"]),
    column("contact", Text, &["Kontakt", "Kontaktpunkt"]),
    column("cost_per_year_nok", Number, &["Kostnad per år", "Årlig kostnad", "Kostnad"]),
    column("processing.chain", Chain, &["Databehandlere", "Databehandler"]),
    column("processing.storage", Text, &["Lagringssted", "Lagres i"]),
    column("processing.third_country_basis", Text, &["Grunnlag for overføring til tredjeland", "Tredjeland"]),
    column("processing.valid_until", Date, &["Databehandleravtale utløper", "Databehandleravtale til"]),
    column("risk_assessed_on", Date, &["ROS", "ROS-analyse", "Risikovurdert"]),
    column("impact_assessed_on", Date, &["DPIA", "Personvernkonsekvenser vurdert"]),
];

static PROCESS: &[Column] = &[
    column("id", Text, &["Id", "Prosess-id"]),
    required("name", Text, &["Navn", "Prosess", "Prosessnavn"]),
    column("owner", Text, &["Prosesseier", "Eier"]),
    required("steps.name", Text, &["Step", "Steg", "Trinn"]),
    column("steps.systems", Systems, &["Systems", "Systemer", "System"]),
    column("steps.types", List, &["Types", "Hendelser", "Hendelsestyper"]),
];

static DATASET: &[Column] = &[
    column("id", Text, &["Id", "Datasett-id"]),
    required("title", Text, &["Navn", "Tittel", "Datasett"]),
    required("description", Text, &["Beskrivelse"]),
    column("concepts", List, &["Begreper", "Begrep"]),
    column("theme", Text, &["Tema"]),
    column("publisher", Text, &["Utgiver"]),
    required("source", System, &["Kilde", "Kildesystem", "System", "Fagsystem"]),
    column("person_categories", List, &["Kategorier av registrerte", "Registrerte"]),
    column("data_categories", List, &["Kategorier av personopplysninger", "Personopplysninger"]),
    column("special_categories", Flag, &["Særlige kategorier", "Sensitive opplysninger"]),
    column("recipients", List, &["Mottakere", "Mottaker"]),
    column("transfers", Transfers, &["Overføringer", "Overføring til tredjeland"]),
    required("purpose", Text, &["Formål"]),
    column("legal_basis.gdpr", Text, &["Behandlingsgrunnlag", "Personvernforordningen"]),
    column("legal_basis.law", Text, &["Hjemmel", "Lovhjemmel", "Rettslig grunnlag"]),
    column("retention.class", Text, &["Bevaringsklasse"]),
    column("retention.years", Number, &["Lagringstid", "Slettefrist", "Oppbevaringstid"]),
    column("security", Text, &["Sikkerhetstiltak", "Sikkerhet"]),
    required("accessibility", Accessibility, &["Tilgang", "Tilgangsnivå"]),
    column("contact", Text, &["Kontakt", "Kontaktpunkt"]),
    column("keywords", List, &["Emneord", "Nøkkelord"]),
];

static SERVICE: &[Column] = &[
    column("id", Text, &["Id", "Tjeneste-id"]),
    required("name", Text, &["Navn", "Tjeneste", "Tjenestenavn"]),
    required("description", Text, &["Beskrivelse"]),
    column("systems", Systems, &["Systemer", "System", "Fagsystem"]),
    column("datasets", List, &["Datasett"]),
    column("keywords", List, &["Emneord", "Nøkkelord"]),
    column("legal_basis.gdpr", Text, &["Behandlingsgrunnlag", "Personvernforordningen"]),
    column("legal_basis.law", Text, &["Hjemmel", "Lovhjemmel", "Rettslig grunnlag"]),
    column("produces", Text, &["Resultat"]),
    column("contact", Text, &["Kontakt", "Kontaktpunkt"]),
    column("page", Text, &["Nettside", "Lenke"]),
];

static AGREEMENT: &[Column] = &[
    column("id", Text, &["Id", "Avtale-id", "Avtale"]),
    required("provider", System, &["Avgiver", "Fra system", "Leverer"]),
    required("consumer", System, &["Mottaker", "Til system"]),
    required("types", List, &["Hendelser", "Hendelsestyper"]),
    required("purpose", Text, &["Formål"]),
    column("legal_basis.gdpr", Text, &["Behandlingsgrunnlag", "Personvernforordningen"]),
    column("legal_basis.law", Text, &["Hjemmel", "Lovhjemmel", "Rettslig grunnlag"]),
    required("valid_from", Date, &["Gjelder fra", "Fra"]),
    column("valid_until", Date, &["Gjelder til", "Til"]),
];

/// The columns of a kind; none: it has no tables.
pub(super) fn of(kind: Kind) -> Option<&'static [Column]> {
    Some(match kind {
        Kind::Product => PRODUCT,
        Kind::System => SYSTEM,
        Kind::Usage => USAGE,
        Kind::Process => PROCESS,
        Kind::Dataset => DATASET,
        Kind::Service => SERVICE,
        Kind::Agreement => AGREEMENT,
        Kind::Change | Kind::Controller | Kind::Tenant | Kind::Contract | Kind::Grant => return None,
    })
}

/// Letters, digits and dots: how people write the rest differs.
fn plain(heading: &str) -> String {
    heading.to_lowercase().chars().filter(|letter| letter.is_alphanumeric() || *letter == '.').collect()
}

/// What a heading means.
pub(super) fn find<'c>(columns: &'c [Column], heading: &str) -> Option<&'c Column> {
    let heading = plain(heading);
    let called = |column: &&Column| column.called.iter().any(|name| plain(name) == heading);
    columns.iter().find(|column| plain(column.member) == heading).or_else(|| columns.iter().find(called))
}

/// Another kind whose tables have the heading.
pub(super) fn other_kind(kind: Kind, heading: &str) -> Option<Kind> {
    let kinds = [Kind::System, Kind::Usage, Kind::Product, Kind::Dataset, Kind::Service, Kind::Agreement];
    let has = |other: &Kind| *other != kind && of(*other).is_some_and(|known| find(known, heading).is_some());
    kinds.into_iter().find(has)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn each_heading_means_one_member_of_its_kind_and_is_in_the_documentation() {
        let documentation = include_str!("../../../../docs/TABLES.md");
        for kind in Kind::DESCRIBED {
            let Some(known) = of(kind) else { continue };
            for column in known {
                assert_eq!(find(known, column.member).map(|found| found.member), Some(column.member));
                for name in column.called {
                    assert_eq!(find(known, name).map(|found| found.member), Some(column.member), "{name}");
                }
                let mut line = format!("| `{}` | ", column.member);
                let called: Vec<&str> = column.called.to_vec();
                write!(line, "{} |", called.join(", ")).unwrap();
                assert!(documentation.contains(&line), "docs/TABLES.md lacks: {line}");
            }
        }
    }
}
