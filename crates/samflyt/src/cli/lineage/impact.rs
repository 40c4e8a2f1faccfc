//! `samflyt lineage impact`: what a change would touch.

use clap::ValueEnum;
use samflyt_proto::common::Completeness;
use samflyt_proto::lineage::analyze_impact_request::Subject;
use samflyt_proto::lineage::{AnalyzeImpactRequest, ImpactAction, ImpactCount, ImpactKind, ImpactLine};
use serde_json::{Value, json};

use super::ask::{AsOf, bare_type};
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE_SIZE: u32 = 10_000;

#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("subject").required(true),
    group = clap::ArgGroup::new("action"),
    after_help = "Example:\n  samflyt lineage impact --system seljord-ephorte --replace-by seljord-elements\n  \
                  samflyt lineage impact --product ephorte --retire --csv > impact.csv"
)]
pub(super) struct Impact {
    /// A system
    #[arg(long, value_name = "ID", group = "subject")]
    system: Option<String>,
    /// Every installation of a product
    #[arg(long, value_name = "ID", group = "subject")]
    product: Option<String>,
    /// A contract, by its event type
    #[arg(long, value_name = "TYPE", value_parser = bare_type, group = "subject")]
    contract: Option<String>,
    /// It is replaced by this system
    #[arg(long, value_name = "ID", group = "action")]
    replace_by: Option<String>,
    /// It is replaced, and nobody knows yet by what
    #[arg(long, group = "action")]
    replace: bool,
    /// It is taken out of use
    #[arg(long, group = "action")]
    retire: bool,
    /// It gets a new version
    #[arg(long, group = "action")]
    upgrade: bool,
    /// How many systems away; to the end where it is not given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    depth: u32,
    /// Only lines of this kind; repeated
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<Kind>,
    /// Only what touches this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Prints CSV: one line for each line of the answer
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Flow,
    System,
    Tenant,
    Process,
    Service,
    Dataset,
    Agreement,
    Affair,
    ArchiveDuty,
    PersonalData,
    ZoneCrossing,
    Contact,
}

/// The kinds in the order in which they are shown.
const SHOWN: [(Kind, ImpactKind, &str); 12] = [
    (Kind::Tenant, ImpactKind::Tenant, "Municipalities"),
    (Kind::System, ImpactKind::System, "Systems"),
    (Kind::Flow, ImpactKind::Flow, "Flows"),
    (Kind::Process, ImpactKind::Process, "Processes"),
    (Kind::Service, ImpactKind::Service, "Services to inhabitants"),
    (Kind::Dataset, ImpactKind::Dataset, "Datasets"),
    (Kind::Agreement, ImpactKind::Agreement, "Agreements"),
    (Kind::Affair, ImpactKind::Affair, "Affairs under way"),
    (Kind::ArchiveDuty, ImpactKind::ArchiveDuty, "Archive duties"),
    (Kind::PersonalData, ImpactKind::PersonalData, "Personal data"),
    (Kind::ZoneCrossing, ImpactKind::ZoneCrossing, "Flows between security zones"),
    (Kind::Contact, ImpactKind::Contact, "Offices to tell"),
];

impl Impact {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let csv = self.csv;
        let mut insight = remote.insight().await?;
        let mut request = self.request();
        let mut table = csv.then(|| csv::Writer::from_writer(std::io::stdout().lock()));
        if let Some(table) = &mut table {
            table.write_record(COLUMNS)?;
        }
        let (mut counts, mut lines) = (Vec::new(), Vec::new());
        let completeness = loop {
            let page = insight.analyze_impact(request.clone()).await.map_err(Failure::from)?.into_inner();
            if counts.is_empty() {
                counts = page.counts;
            }
            match &mut table {
                Some(table) => page.lines.iter().try_for_each(|line| table.write_record(cells(line)))?,
                None => lines.extend(page.lines),
            }
            if page.next_page_token.is_empty() {
                break page.completeness;
            }
            request.page_token = page.next_page_token;
        };
        let reach = show::completeness(completeness.as_ref(), "ask for less");
        match table {
            Some(mut table) => Ok(table.flush()?),
            None if json => print_json(&to_json(&counts, &lines, completeness.as_ref())),
            None => print(&(render(&counts, &lines) + &reach)),
        }
    }

    fn request(self) -> AnalyzeImpactRequest {
        let action = match (&self.replace_by, self.replace, self.retire, self.upgrade) {
            (Some(_), ..) | (None, true, ..) => ImpactAction::Replace,
            (None, false, true, _) => ImpactAction::Retire,
            (None, false, false, true) => ImpactAction::Upgrade,
            (None, false, false, false) => ImpactAction::Unspecified,
        };
        let subject = self
            .system
            .map(Subject::System)
            .or(self.product.map(Subject::Product))
            .or(self.contract.map(Subject::Contract));
        let wire = |kind: Kind| SHOWN.iter().find(|(shown, ..)| *shown == kind).map(|(_, wire, _)| *wire);
        AnalyzeImpactRequest {
            tenants: self.tenants,
            action: action.into(),
            substitute: self.replace_by.unwrap_or_default(),
            depth: self.depth,
            as_of: self.as_of.timestamp(),
            kinds: self.kinds.into_iter().filter_map(wire).map(i32::from).collect(),
            page_size: PAGE_SIZE,
            page_token: String::new(),
            at_least: None,
            subject,
        }
    }
}

const COLUMNS: [&str; 12] = [
    "kind",
    "tenant",
    "id",
    "name",
    "distance",
    "path",
    "provider",
    "type",
    "consumer",
    "events",
    "last_seen",
    "note",
];

fn kind_name(kind: ImpactKind) -> String {
    let shown = SHOWN.iter().find(|(_, wire, _)| *wire == kind);
    let name = shown.and_then(|(kind, ..)| kind.to_possible_value());
    name.map(|name| name.get_name().to_owned()).unwrap_or_default()
}

fn cells(line: &ImpactLine) -> [String; 12] {
    let last_seen = as_json::time(line.last_seen.as_ref()).as_str().unwrap_or_default().to_owned();
    [
        kind_name(line.kind()),
        line.tenant.clone(),
        line.id.clone(),
        line.name.clone(),
        line.distance.to_string(),
        line.path.join(" > "),
        line.provider.clone(),
        line.r#type.clone(),
        line.consumer.clone(),
        line.events.to_string(),
        last_seen,
        line.note.clone(),
    ]
}

fn render(counts: &[ImpactCount], lines: &[ImpactLine]) -> String {
    let mut text = String::new();
    for (_, kind, title) in SHOWN {
        let count = counts.iter().find(|count| count.kind() == kind).map_or(0, |count| count.lines);
        if count > 0 {
            let of_kind = lines.iter().filter(|line| line.kind() == kind);
            text += &format!("{title}: {}\n{}\n", show::number(count), table(kind, of_kind).render());
        }
    }
    if text.is_empty() { "nothing is touched\n".to_owned() } else { text }
}

fn table<'l>(kind: ImpactKind, lines: impl Iterator<Item = &'l ImpactLine>) -> Table {
    let what = match kind {
        ImpactKind::Flow | ImpactKind::ZoneCrossing => "flow",
        ImpactKind::Affair => "entity",
        ImpactKind::Contact => "office",
        _ => "id",
    };
    let mut table = Table::new(&["#away", "tenant", what, "name", "#events", "reached by", "note"]);
    for line in lines {
        let what = match kind {
            ImpactKind::ZoneCrossing => {
                format!("{} {} {}: {}", line.provider, line.r#type, line.consumer, line.id)
            }
            _ => line.id.clone(),
        };
        table.row([
            &line.distance.to_string(),
            &line.tenant,
            &what,
            &line.name,
            &if line.events == 0 { String::new() } else { show::number(line.events) },
            &line.path.join(" > "),
            &line.note,
        ]);
    }
    table
}

/// The answer as it is printed, and as it goes on record with a change.
pub(in crate::cli) fn to_json(
    counts: &[ImpactCount],
    lines: &[ImpactLine],
    completeness: Option<&Completeness>,
) -> Value {
    let line = |line: &ImpactLine| {
        json!({
            "kind": kind_name(line.kind()),
            "tenant": line.tenant,
            "id": line.id,
            "name": line.name,
            "distance": line.distance,
            "path": line.path,
            "provider": line.provider,
            "type": line.r#type,
            "consumer": line.consumer,
            "events": line.events,
            "last_seen": as_json::time(line.last_seen.as_ref()),
            "note": line.note,
        })
    };
    json!({
        "counts": counts.iter().map(|count| (kind_name(count.kind()), json!(count.lines))).collect::<serde_json::Map<_, _>>(),
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
        "completeness": as_json::completeness(completeness),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_under_their_kind_with_count_and_path_and_csv_has_all_of_them() {
        let line = ImpactLine {
            kind: ImpactKind::System.into(),
            id: "vinje-agresso".to_owned(),
            distance: 1,
            path: ["seljord-gat", "case.opened", "vinje-agresso"].map(str::to_owned).to_vec(),
            ..ImpactLine::default()
        };
        let counts = [ImpactCount { kind: ImpactKind::System.into(), lines: 1200 }];
        let text = render(&counts, std::slice::from_ref(&line));
        assert!(text.contains("Systems: 1 200"), "{text}");
        assert!(text.contains("seljord-gat > case.opened > vinje-agresso"), "{text}");
        assert_eq!(cells(&line)[..3], ["system", "", "vinje-agresso"]);
        assert_eq!(render(&[], &[]), "nothing is touched\n");
    }
}
