//! An entry of a table into a resource: what is there already, and over it what the cells say.

use std::collections::BTreeMap;

use samflyt_events::catalogue::{Catalogue, Kind, Resource, shared_owner};
use samflyt_events::{Refusal, TenantId};
use serde_json::{Map, Value, json};

use super::cell::{self, Known};
use super::slug::slug;
use super::{Entry, Problem, Row, Table, columns};

const STEP: &str = "steps.";

/// The resource that an entry describes.
///
/// # Errors
/// Every problem of its rows.
pub(crate) fn document(
    catalogue: &Catalogue,
    table: &Table,
    tenant: &TenantId,
    entry: &Entry,
) -> Result<Resource, Vec<Problem>> {
    let known = Known { catalogue, tenant };
    let mut problems = Vec::new();
    let mut cells: BTreeMap<&'static str, Value> = BTreeMap::new();
    let mut steps = Vec::new();
    for row in &entry.rows {
        let mut step = Map::new();
        for (member, value) in values(table, row, &known, &mut problems) {
            match member.strip_prefix(STEP) {
                Some(member) => {
                    step.insert(member.to_owned(), value);
                }
                // What the first row says of a process holds for all.
                None => {
                    cells.entry(member).or_insert(value);
                }
            }
        }
        steps.push(Value::Object(step));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut document = start(catalogue, table.kind, tenant, &mut cells);
    if table.kind == Kind::Process {
        document.insert("steps".to_owned(), Value::Array(steps));
    }
    for (member, value) in cells {
        set(&mut document, member, value);
    }
    complete(table, entry, &document)?;
    let told = |refusal: Refusal| in_rows(table, entry, &refusal);
    Resource::from_value(table.kind, Value::Object(document)).map_err(told)
}

/// The cells of a row that say something.
fn values(
    table: &Table,
    row: &Row,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    for (heading, text) in table.headings.iter().zip(&row.cells) {
        let Some(column) = heading.column.filter(|_| !text.is_empty()) else { continue };
        match cell::value(column.form, text, known) {
            Ok(value) => found.push((column.member, value)),
            Err(rule) => {
                let advice = "mend the cell and import the table again: the rows that are in change nothing";
                problems.push(Problem::new(row.number, &heading.text, rule, advice));
            }
        }
    }
    found
}

/// What is known of the resource, or what every new one has. Sets its id where the table gives none.
fn start(
    catalogue: &Catalogue,
    kind: Kind,
    tenant: &TenantId,
    cells: &mut BTreeMap<&'static str, Value>,
) -> Map<String, Value> {
    let of = |member: &str| cells.get(member).and_then(Value::as_str).unwrap_or_default();
    let id = match kind {
        Kind::Usage => of("system").to_owned(),
        _ if !of("id").is_empty() => of("id").to_owned(),
        Kind::Product => slug(of("name")),
        Kind::Dataset => format!("{tenant}-{}", slug(of("title"))),
        Kind::Agreement => {
            let short =
                |system: &str| system.strip_prefix(&format!("{tenant}-")).unwrap_or(system).to_owned();
            format!("{tenant}-{}-to-{}", short(of("provider")), short(of("consumer")))
        }
        _ => format!("{tenant}-{}", slug(of("name"))),
    };
    let owner = if kind == Kind::Product { shared_owner() } else { tenant.clone() };
    let history = catalogue.resource_history(kind, &owner, &id);
    let before = history.last().and_then(|state| state.value.as_deref()).map(Resource::document);
    if kind != Kind::Usage {
        cells.insert("id", id.into());
    }
    match before {
        Some(Value::Object(members)) => members,
        _ => fresh(kind, tenant),
    }
}

fn fresh(kind: Kind, tenant: &TenantId) -> Map<String, Value> {
    let document = match kind {
        Kind::Product => json!({}),
        Kind::System => json!({"host": tenant}),
        Kind::Dataset | Kind::Agreement => json!({"tenant": tenant, "legal_basis": {}}),
        _ => json!({"tenant": tenant}),
    };
    document.as_object().cloned().unwrap_or_default()
}

fn set(document: &mut Map<String, Value>, member: &str, value: Value) {
    match member.split_once('.') {
        None => {
            document.insert(member.to_owned(), value);
        }
        Some((outer, inner)) => {
            let outer = document.entry(outer).or_insert_with(|| json!({}));
            if let Some(members) = outer.as_object_mut() {
                members.insert(inner.to_owned(), value);
            }
        }
    }
}

/// What a document cannot be without, by column.
fn complete(table: &Table, entry: &Entry, document: &Map<String, Value>) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut lacks = |row: u32, member: &str| {
        let column = heading_of(table, &format!("/{}", member.replace('.', "/")));
        problems.push(Problem::new(row, &column, "is missing", "fill in the cell, or add the column"));
    };
    let all = columns::of(table.kind).unwrap_or_default();
    for column in all.iter().filter(|column| column.required) {
        match column.member.strip_prefix(STEP) {
            None if !document.contains_key(column.member) => lacks(entry.row(), column.member),
            None => {}
            Some(member) => {
                let steps = document.get("steps").and_then(Value::as_array).into_iter().flatten();
                for (row, _) in entry.rows().zip(steps).filter(|(_, step)| step.get(member).is_none()) {
                    lacks(row, column.member);
                }
            }
        }
    }
    for (outer, inner) in [("processing", "chain"), ("retention", "class")] {
        if document.get(outer).is_some_and(|outer| outer.get(inner).is_none()) {
            lacks(entry.row(), &format!("{outer}.{inner}"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A refusal of a document as problems of the rows that it was made from.
pub(crate) fn in_rows(table: &Table, entry: &Entry, refusal: &Refusal) -> Vec<Problem> {
    let row_of = |field: &str| {
        let step = field.strip_prefix("/steps/").and_then(|rest| rest.split('/').next());
        let at: Option<usize> = step.and_then(|step| step.parse().ok());
        at.and_then(|at| entry.rows().nth(at)).unwrap_or_else(|| entry.row())
    };
    if refusal.violations.is_empty() {
        let advice = "mend it and import the table again";
        return vec![Problem::new(entry.row(), "", refusal.message.as_str(), advice)];
    }
    let problem = |found: &samflyt_events::Violation| Problem {
        row: row_of(&found.field),
        column: heading_of(table, &found.field),
        rule: found.rule.clone(),
        advice: found.advice.clone(),
    };
    refusal.violations.iter().map(problem).collect()
}

/// The heading under which a member of the document stands in the table; its own name where it has none.
fn heading_of(table: &Table, pointer: &str) -> String {
    let steps: Vec<&str> = pointer.split('/').skip(1).filter(|step| step.parse::<usize>().is_err()).collect();
    let member = steps.join(".");
    let is_it =
        |name: &str| member == name || member.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let heading = table.headings.iter().find(|heading| heading.column.is_some_and(|c| is_it(c.member)));
    heading.map_or(member.clone(), |heading| heading.text.clone())
}
