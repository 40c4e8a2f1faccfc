//! Lists that a message changes item by item: `oppdatering`, then `slett`, then `ny`.
//!
//! To delete what is not there is no error (it is gone, which is what was asked); to update it is.

use serde_json::{Map, Value, json};

use super::Updating;
use super::single::metadata;

/// How the items of a list are told apart and changed.
pub(super) struct Listed {
    pub member: &'static str,
    /// The element of the message.
    pub changes: &'static str,
    /// Where an item has what tells it apart; empty: by all of it.
    key: &'static str,
    /// What the message calls that; empty: all of it.
    named: &'static [&'static str],
    /// The archive gives an id to what has none.
    numbered: bool,
    /// Takes one member of an `oppdatering` over.
    set: Set,
}

type Set = fn(&mut Map<String, Value>, &str, &Map<String, Value>);

const fn numbered(
    member: &'static str,
    changes: &'static str,
    key: &'static str,
    named: &'static [&'static str],
) -> Listed {
    Listed { member, changes, key, named, numbered: true, set }
}

const fn by_value(member: &'static str, changes: &'static str) -> Listed {
    Listed { member, changes, key: "", named: &[], numbered: false, set }
}

pub(super) const PART: Listed =
    Listed { set: set_part, ..numbered("part", "partOppdateringer", "/partID", &["partID"]) };
pub(super) const MERKNAD: Listed = numbered("merknad", "merknadOppdateringer", "/merknadID", &["merknadID"]);
pub(super) const KRYSSREFERANSE: Listed = Listed {
    set: |item, member, given| {
        set_one_of(
            &["referanseTilMappe", "referanseTilRegistrering", "referanseTilDokumentbeskrivelse"],
            item,
            member,
            given,
        )
    },
    ..numbered("kryssreferanse", "kryssreferanseOppdateringer", "/kryssreferanseID", &["kryssreferanseID"])
};
pub(super) const PUNKT: Listed = numbered("punkt", "punktOppdateringer", "/punktID", &["punktID"]);
pub(super) const KORRESPONDANSEPART: Listed = Listed {
    set: |item, member, given| set_one_of(&["organisasjonid", "personid"], item, member, given),
    ..numbered(
        "korrespondansepart",
        "korrespondansepartOppdateringer",
        "/korrespondansepartID",
        &["korrespondansepartID"],
    )
};
pub(super) const PLANIDENT: Listed = Listed {
    key: "/planidentifikasjon",
    named: &["planidentifikasjon"],
    set: |item, member, given| {
        set_one_of(&["kommunenummer", "fylkesnummer", "landkode"], item, member, given)
    },
    ..by_value("planident", "planidentOppdateringer")
};
pub(super) const BYGGIDENT: Listed = Listed {
    key: "/bygningsnummer",
    named: &["opprinneligBygningsnummer", "bygningsnummer"],
    ..by_value("byggident", "byggidentOppdateringer")
};
pub(super) const MOETEDELTAKER: Listed = Listed {
    key: "/identifikator/identifikator",
    named: &["personid"],
    set: set_attendant,
    ..by_value("moetedeltaker", "moetedeltakerOppdateringer")
};
pub(super) const NOEKKELORD: Listed = by_value("noekkelord", "noekkelord");
pub(super) const FORFATTER: Listed = by_value("forfatter", "forfatterOppdateringer");
pub(super) const ADRESSE: Listed = by_value("adresse", "adresseOppdateringer");
pub(super) const MATRIKKELNUMMER: Listed = by_value("matrikkelnummer", "matrikkelnummerOppdateringer");

impl Listed {
    fn named<'v>(&self, item: &'v Value) -> Option<&'v Value> {
        if self.named.is_empty() { Some(item) } else { self.named.iter().find_map(|name| item.get(*name)) }
    }

    fn is(&self, kept: &Value, named: &Value) -> bool {
        self.named(named).is_some_and(|named| kept.pointer(self.key) == Some(named))
    }

    fn change(&self, kept: &mut Value, given: &Value) {
        let (Some(kept), Some(given)) = (kept.as_object_mut(), given.as_object()) else { return };
        let first = self.named.iter().find(|name| given.contains_key(**name));
        for member in given.keys().filter(|member| Some(&member.as_str()) != first) {
            (self.set)(kept, member, given);
        }
    }
}

impl Updating<'_> {
    /// Changes a list of a document as the message says.
    pub(super) fn list(&mut self, doc: &mut Map<String, Value>, given: &Value, listed: &Listed, at: &str) {
        for (changes, at) in each(given, listed.changes, at) {
            let kept = doc.entry(listed.member).or_insert_with(|| json!([]));
            let Some(kept) = kept.as_array_mut() else { continue };
            for (item, at) in each(changes, "oppdatering", &at).chain(each(changes, "Oppdatering", &at)) {
                match kept.iter_mut().find(|kept| listed.is(kept, item)) {
                    Some(kept) => listed.change(kept, item),
                    None => self.problem(
                        at,
                        "names nothing that is there",
                        "give the id of one that is, or send it as `ny`",
                    ),
                }
            }
            for (item, _) in each(changes, "slett", &at).chain(each(changes, "Slett", &at)) {
                kept.retain(|kept| !listed.is(kept, item));
            }
            for (item, at) in each(changes, "ny", &at).chain(each(changes, "Ny", &at)) {
                self.add(kept, item, listed, at);
            }
        }
        if doc.get(listed.member).is_some_and(|kept| kept == &json!([])) {
            doc.remove(listed.member);
        }
    }

    fn add(&mut self, kept: &mut Vec<Value>, item: &Value, listed: &Listed, at: String) {
        if listed.numbered && kept.iter().any(|kept| listed.is(kept, item)) {
            return self.problem(
                at,
                "has an id that is in use",
                "leave the id out, or send it as `oppdatering`",
            );
        }
        // The same word twice says no more than once. Plans and buildings of one number may be several, and differ.
        if !listed.numbered && kept.contains(item) {
            return;
        }
        let mut item = item.clone();
        if let Some(members) = item.as_object_mut().filter(|_| listed.numbered) {
            for name in listed.named.iter().filter(|name| !members.contains_key(**name)).collect::<Vec<_>>() {
                members.insert((*name).to_string(), json!(self.id()));
            }
            if listed.member == MERKNAD.member {
                members.entry("merknadsdato").or_insert_with(|| json!(self.moment()));
                members.entry("merknadRegistrertAv").or_insert_with(|| json!(self.by.name()));
            }
        }
        kept.push(item);
    }
}

/// What a message says once or more often, each with its place.
pub(super) fn each<'v>(
    given: &'v Value,
    member: &str,
    at: &str,
) -> impl Iterator<Item = (&'v Value, String)> + use<'v> {
    let at = format!("{at}/{member}");
    let found = given.get(member);
    let many = found.and_then(Value::as_array);
    let one = found.filter(|value| !value.is_array());
    let many = many.into_iter().flatten().enumerate();
    let place = at.clone();
    let many = many.map(move |(index, value)| (value, format!("{at}/{index}")));
    one.map(|value| (value, place)).into_iter().chain(many)
}

fn set(item: &mut Map<String, Value>, member: &str, given: &Map<String, Value>) {
    item.insert(member.to_owned(), given[member].clone());
}

/// Of some members an item has those that were given last.
fn set_one_of(choice: &[&str], item: &mut Map<String, Value>, member: &str, given: &Map<String, Value>) {
    if choice.contains(&member) {
        choice
            .iter()
            .filter(|other| !given.contains_key(**other))
            .for_each(|other| drop(item.remove(*other)));
    }
    set(item, member, given);
}

/// A part's identity is one text in an update, and has a country in the records.
fn set_part(item: &mut Map<String, Value>, member: &str, given: &Map<String, Value>) {
    let value = &given[member];
    let identity = match member {
        "organisasjonid" => Some(("organisasjonID", json!({"identifikator": value}))),
        "personid" => Some(("personID", json!({"landkode": "NO", "identifikator": value}))),
        _ => None,
    };
    if let Some((member, identity)) = identity {
        ["organisasjonID", "personID"].iter().for_each(|other| drop(item.remove(*other)));
        item.insert(member.to_owned(), identity);
    } else if member == "virksomhetsspesifikkeMetadataOppdateringer" {
        metadata(item, value);
    } else {
        set(item, member, given);
    }
}

fn set_attendant(item: &mut Map<String, Value>, member: &str, given: &Map<String, Value>) {
    match item.get_mut("identifikator") {
        Some(identity) if member == "navn" => identity["navn"] = given[member].clone(),
        _ => set(item, member, given),
    }
}

/// Takes over some members of an item.
pub(super) fn set_members(kept: &mut Value, given: &Value, members: &[&str]) {
    let Some(kept) = kept.as_object_mut() else { return };
    super::plain(kept, given, members);
}
