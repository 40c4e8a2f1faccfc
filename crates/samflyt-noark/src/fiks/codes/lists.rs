//! The code lists that the protocol publishes, as data.

use super::CodeList;

pub(super) static LISTS: &[CodeList] = &[
    CodeList {
        name: "arkivdelstatus",
        codes: &[
            ("A", "Aktiv periode"),
            ("O", "Overlappingsperiode"),
            ("P", "Avsluttet periode"),
            ("U", "Uaktuelle mapper"),
        ],
    },
    CodeList { name: "arkivstatus", codes: &[("Opprettet", "Opprettet"), ("Avsluttet", "Avsluttet")] },
    CodeList {
        name: "avskrivningsmaate",
        codes: &[
            ("BU", "Besvart med brev"),
            ("BE", "Besvart med e-post"),
            ("TLF", "Besvart på telefon"),
            ("TE", "Tatt til etteretning"),
            ("TO", "Tatt til orientering"),
        ],
    },
    CodeList {
        name: "dokumentmedium",
        codes: &[
            ("F", "Fysisk medium"),
            ("E", "Elektronisk arkiv"),
            ("B", "Blandet fysisk og elektronisk arkiv"),
        ],
    },
    CodeList {
        name: "dokumentstatus",
        codes: &[("B", "Dokumentet er under redigering"), ("F", "Dokumentet er ferdigstilt")],
    },
    CodeList {
        name: "dokumenttype",
        codes: &[
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
    },
    CodeList {
        name: "elektronisksignatursikkerhetsnivaa",
        codes: &[
            ("SK", "Symmetrisk kryptert"),
            ("V", "Sendt med PKI/virksomhetssertifikat"),
            ("PS", "Sendt med PKI/'person standard'-sertifikat"),
            ("PH", "Sendt med PKI/'person høy'-sertifikat"),
        ],
    },
    CodeList {
        name: "elektronisksignaturverifisert",
        codes: &[("I", "Signatur påført, ikke verifisert"), ("V", "Signatur påført og verifisert")],
    },
    CodeList {
        name: "flytstatus",
        codes: &[
            ("G", "Godkjent"),
            ("I", "Ikke godkjent"),
            ("S", "Sendt tilbake til saksbehandler med kommentarer"),
        ],
    },
    CodeList {
        name: "grad",
        codes: &[
            ("SH", "Strengt hemmelig (sikkerhetsgrad)"),
            ("H", "Hemmelig (sikkerhetsgrad)"),
            ("K", "Konfidensielt (sikkerhetsgrad)"),
            ("B", "Begrenset (sikkerhetsgrad)"),
            ("F", "Fortrolig (beskyttelsesgrad)"),
            ("SF", "Strengt fortrolig (beskyttelsesgrad)"),
        ],
    },
    CodeList {
        name: "journalposttype",
        codes: &[
            ("I", "Inngående dokument"),
            ("U", "Utgående dokument"),
            ("N", "Organinternt dokument for oppfølging"),
            ("X", "Organinternt dokument uten oppfølging"),
            ("S", "Saksframlegg"),
        ],
    },
    CodeList {
        name: "journalstatus",
        codes: &[
            ("J", "Journalført"),
            ("F", "Ferdigstilt av saksbehandler"),
            ("G", "Godkjent av leder"),
            ("E", "Ekspedert"),
            ("A", "Arkivert"),
            ("U", "Utgår"),
            ("M", "Midlertidig registrering av innkommende dokument"),
            ("S", "Saksbehandler har registrert innkommende dokument"),
            ("R", "Reservert dokument"),
        ],
    },
    CodeList {
        name: "kassasjonsvedtak",
        codes: &[("B", "Bevares"), ("K", "Kasseres"), ("G", "Vurderes senere"), ("U", "Utført")],
    },
    CodeList {
        name: "klassifikasjonstype",
        codes: &[
            ("GBN", "Gårds- og bruksnummer"),
            ("FH", "Funksjonsbasert, hierarkisk"),
            ("EH", "Emnebasert, hierarkisk arkivnøkkel"),
            ("E1", "Emnebasert, ett nivå"),
            ("KK", "K-koder"),
            ("MF", "Mangefasettert, ikke hierarki"),
            ("UO", "Objektbasert"),
            ("PNR", "Fødselsnummer"),
        ],
    },
    CodeList {
        name: "korrespondanseparttype",
        codes: &[
            ("EA", "Avsender"),
            ("EM", "Mottaker"),
            ("EK", "Kopimottaker"),
            ("GM", "Gruppemottaker"),
            ("IA", "Intern avsender"),
            ("IM", "Intern mottaker"),
            ("IK", "Intern kopimottaker"),
        ],
    },
    CodeList {
        name: "merknadstype",
        codes: &[("MS", "Merknad fra saksbehandler"), ("ML", "Merknad fra leder"), ("MA", "Arkivmerknad")],
    },
    CodeList {
        name: "moetedeltakerfunksjon",
        codes: &[
            ("LEDER", "Leder"),
            ("NESTL", "Nestleder"),
            ("MEDL", "Medlem"),
            ("VARA", "Varamedlem"),
            ("SEKR", "Sekretær"),
        ],
    },
    CodeList {
        name: "moeteregistreringsstatus",
        codes: &[
            ("F", "Ferdigstilt av saksbehandler"),
            ("G", "Godkjent av leder"),
            ("A", "Arkivert"),
            ("R", "Reservert dokument"),
        ],
    },
    CodeList {
        name: "moeteregistreringstype",
        codes: &[
            ("MI", "Møteinnkalling"),
            ("SF", "Saksframlegg"),
            ("SP", "Saksprotokoll"),
            ("MP", "Møteprotokoll"),
            ("SL", "Saksliste"),
            ("OL", "Offentlig saksliste"),
            ("VL", "Vedlegg til møtesak"),
        ],
    },
    CodeList {
        name: "moetesakstype",
        codes: &[
            ("PS", "Politisk sak"),
            ("DS", "Delegert møtesak"),
            ("RS", "Referatsak"),
            ("FO", "Forespørsel (interpellasjon)"),
            ("AN", "Annet"),
        ],
    },
    CodeList {
        name: "partrolle",
        codes: &[("K", "Klient"), ("P", "Pårørende arkiv"), ("F", "Formynder"), ("A", "Advokat")],
    },
    CodeList { name: "presedensstatus", codes: &[("G", "Gjeldende"), ("F", "Foreldet")] },
    CodeList {
        name: "saksstatus",
        codes: &[
            ("B", "Under behandling"),
            ("A", "Avsluttet"),
            ("U", "Utgår"),
            ("R", "Opprettet av saksbehandler"),
            ("S", "Avsluttet av saksbehandler"),
            ("P", "Unntatt prosesstyring"),
            ("F", "Ferdig fra saksbehandler"),
        ],
    },
    CodeList {
        name: "skjermingdokument",
        codes: &[("H", "Skjerming av hele dokumentet"), ("D", "Skjerming av deler av dokumentet")],
    },
    CodeList {
        name: "skjermingopphoereraksjon",
        codes: &[
            (
                "A",
                "Avgraderes ved første kjøring av funksjon for avgradering etter at avgraderingstidspunktet er nådd",
            ),
            ("G", "Gjennomgås for vurdering av avgradering når angitt avgraderingstidspunkt nås"),
            ("S", "Sperrefrist, avgraderes automatisk når avgraderingsdato nås"),
            (
                "AU",
                "Avgradering utført. Dette er den eneste avgraderingskoden som er tillatt etter at tilgangskode er slettet",
            ),
            ("U", "Unntatt fra automatisk avgradering"),
        ],
    },
    CodeList {
        name: "slettingstype",
        codes: &[
            ("SP", "Sletting av produksjonsformat"),
            ("SV", "Sletting av tidligere versjon"),
            ("SS", "Sletting av variant med sladdet informasjon"),
            ("SA", "Sletting av hele innholdet i arkivdelen"),
        ],
    },
    CodeList {
        name: "tekstformat",
        codes: &[
            ("tekst", "Tekst som tekstformat"),
            ("markdown", "Markdown markup som tekstformat"),
            ("html", "HTML markup som tekstformat"),
        ],
    },
    CodeList { name: "tilknyttetregistreringsom", codes: &[("H", "Hoveddokument"), ("V", "Vedlegg")] },
    CodeList {
        name: "variantformat",
        codes: &[
            ("P", "Produksjonsformat"),
            ("A", "Arkivformat"),
            ("O", "Dokument hvor deler av innholdet er skjermet"),
            ("S", "Digitalt signert dokument"),
        ],
    },
];
