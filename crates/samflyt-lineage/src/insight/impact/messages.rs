//! The lines of a page as messages: here names, counts, notes and paths are looked up, for these lines only.

use std::collections::BTreeSet;

use samflyt_events::TenantId;
use samflyt_events::catalogue::Agreement;
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::{ImpactAction, ImpactKind};

use super::analysis::{Analysis, Reached};
use super::lines::Kept;
use super::page::Line;
use super::paths::Paths;
use super::things::Thing;
use super::{duties, house, substitute};
use crate::answer::moment;
use crate::projections::keys::{FlowKey, NOBODY, Number, Place};

pub(super) struct Messages<'m, 'a> {
    pub analysis: &'m mut Analysis<'a>,
    pub kept: &'m Kept,
    pub paths: Paths,
}

impl Messages<'_, '_> {
    /// The line, and for an affair where its event is.
    pub fn line(&mut self, line: &Line) -> Result<(pb::ImpactLine, Option<Place>), StoreError> {
        let kind = ImpactKind::try_from(line.key.kind).unwrap_or_default();
        let mut message =
            pb::ImpactLine { kind: line.key.kind, distance: line.key.distance, ..Default::default() };
        let tenant = self.analysis.sources.places.tenant(line.key.place / 2).clone();
        tenant.as_str().clone_into(&mut message.tenant);
        let mut event = None;
        let reached = match kind {
            ImpactKind::Flow | ImpactKind::ZoneCrossing | ImpactKind::Affair => {
                self.flow(kind, line.at, &mut message)?;
                if kind == ImpactKind::Affair {
                    event = self.event(line);
                }
                Reached::Edge(line.at)
            }
            ImpactKind::System | ImpactKind::Tenant => {
                self.system(kind, line.at, &tenant, &mut message);
                Reached::Met(line.at)
            }
            ImpactKind::ArchiveDuty => {
                let (met, kind) = self.kept.duties[line.at as usize];
                self.duty(met, kind, &mut message);
                Reached::Met(met)
            }
            _ => {
                let thing = &self.kept.things[line.at as usize];
                thing.id.as_ref().clone_into(&mut message.id);
                self.thing(thing, &tenant, &mut message)?;
                thing.reached
            }
        };
        message.path = self.paths.to(self.analysis, reached)?;
        Ok((message, event))
    }

    fn event(&self, line: &Line) -> Option<Place> {
        let provider = self.analysis.edge(line.at).provider;
        let stream = self.analysis.sources.places.log_of(self.analysis.place(provider))?;
        Some(Place { stream, sequence: line.key.sequence })
    }

    fn flow(&mut self, kind: ImpactKind, at: u32, message: &mut pb::ImpactLine) -> Result<(), StoreError> {
        let edge = *self.analysis.edge(at);
        message.provider = self.analysis.name(edge.provider).to_string();
        message.r#type = self.analysis.kind(edge.kind).to_string();
        message.consumer = self.analysis.name(edge.consumer).to_string();
        if kind == ImpactKind::Affair {
            return Ok(());
        }
        let system = |met: u32| self.analysis.walked.met[met as usize].node.system;
        if edge.flow != NOBODY {
            let key = FlowKey {
                stream: edge.flow,
                provider: system(edge.provider),
                kind: edge.kind,
                consumer: system(edge.consumer),
            };
            let reader = self.analysis.sources.reader;
            let all = reader.flow(&key)?.unwrap_or_default();
            if let Some(totals) = reader.totals(&key, all, self.analysis.question.period())? {
                message.events = totals.events;
                message.last_seen = Some(moment(totals.last_ms));
            }
        }
        if kind == ImpactKind::ZoneCrossing {
            if let Some((from, to)) = duties::zones(self.analysis, &edge) {
                message.id = format!("{from} to {to}");
            }
        } else {
            message.id = format!("{} {} {}", message.provider, message.r#type, message.consumer);
        }
        message.note = self.flow_note(at)?;
        Ok(())
    }

    /// How the flow is declared, and what a substitute would lack for it.
    fn flow_note(&mut self, at: u32) -> Result<String, StoreError> {
        let edge = *self.analysis.edge(at);
        let from = self.analysis.walked.met[edge.provider as usize].node;
        let to = self.analysis.walked.met[edge.consumer as usize].node.system;
        let sources = &mut self.analysis.sources;
        let agreed = sources.declared.down(&mut sources.names, from)?;
        let agreed = agreed.iter().find(|allowed| (allowed.hop.other, allowed.hop.kind) == (to, edge.kind));
        let mut note = match agreed.map(|allowed| &allowed.agreement.id) {
            Some(id) if edge.flow == NOBODY => format!("agreed in {id}, never seen"),
            Some(id) => format!("agreed in {id}"),
            None => "no agreement".to_owned(),
        };
        let own = self.analysis.is_start(edge.provider);
        if own && !substitute::publishes(self.analysis, from.place, edge.kind)? {
            note += "; the substitute does not publish it";
        }
        Ok(note)
    }

    fn system(&self, kind: ImpactKind, at: u32, tenant: &TenantId, message: &mut pb::ImpactLine) {
        if kind == ImpactKind::Tenant {
            let found = self.analysis.sources.declared.catalogue.tenant(tenant);
            message.name =
                found.map(|found| found.on(self.analysis.question.on).name.clone()).unwrap_or_default();
            message.id = tenant.to_string();
            return;
        }
        message.id = self.analysis.name(at).to_string();
        if let Some(system) = self.analysis.system(at) {
            message.name.clone_from(&system.name);
            message.note = system.zone.map(|zone| format!("zone {}", zone.as_str())).unwrap_or_default();
        }
    }

    fn duty(&mut self, met: u32, kind: Number, message: &mut pb::ImpactLine) {
        message.r#type = self.analysis.kind(kind).to_string();
        message.id.clone_from(&message.r#type);
        message.provider = self.analysis.name(met).to_string();
        if let Some(entry) = self.analysis.contract(kind) {
            let contract = &entry.compiled.contract;
            message.name.clone_from(&contract.title);
            message.note = match contract.retention.years {
                Some(years) => format!("{}, kept for {years} years", contract.retention.class),
                None => format!("{}, kept for ever", contract.retention.class),
            };
        }
    }

    fn thing(
        &mut self,
        thing: &Thing,
        tenant: &TenantId,
        message: &mut pb::ImpactLine,
    ) -> Result<(), StoreError> {
        let (catalogue, moment) = (self.analysis.sources.declared.catalogue, self.analysis.question.moment);
        match thing.kind {
            ImpactKind::Process => {
                if let Some(process) = catalogue.processes().get(tenant, &thing.id, moment) {
                    message.name.clone_from(&process.name);
                    message.note.clone_from(&process.owner);
                }
            }
            ImpactKind::Service => {
                if let Some(service) = catalogue.services().get(tenant, &thing.id, moment) {
                    message.name.clone_from(&service.name);
                    message.note.clone_from(&service.contact);
                }
            }
            ImpactKind::Dataset => {
                if let Some(dataset) = catalogue.datasets().get(tenant, &thing.id, moment) {
                    message.name.clone_from(&dataset.title);
                    message.note.clone_from(&dataset.contact);
                }
            }
            ImpactKind::Agreement => {
                if let Some(agreement) = catalogue.agreements().get(tenant, &thing.id, moment) {
                    self.agreement(thing, agreement, message)?;
                }
            }
            ImpactKind::Contact => message.note = self.contact(thing),
            _ => message.note = self.personal(thing),
        }
        Ok(())
    }

    fn agreement(
        &mut self,
        thing: &Thing,
        agreement: &Agreement,
        message: &mut pb::ImpactLine,
    ) -> Result<(), StoreError> {
        message.name.clone_from(&agreement.purpose);
        message.provider = agreement.provider.to_string();
        message.consumer = agreement.consumer.to_string();
        message.r#type = agreement.types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        let mut note = match agreement.valid_until {
            Some(until) => format!("until {until}"),
            None => "without an end".to_owned(),
        };
        match self.analysis.question.action {
            ImpactAction::Replace => note += ", to renew",
            ImpactAction::Retire => note += ", to end",
            ImpactAction::Upgrade | ImpactAction::Unspecified => {}
        }
        if let Reached::Edge(at) = thing.reached {
            let edge = *self.analysis.edge(at);
            let own = if self.analysis.is_start(edge.provider) { edge.provider } else { edge.consumer };
            let subject = self.analysis.walked.met[own as usize].node;
            if let Some(lacks) = substitute::lacks(self.analysis, agreement, subject)? {
                let types: Vec<&str> = lacks.iter().map(|kind| kind.as_str()).collect();
                note += &format!("; the substitute has none for {}", types.join(", "));
            }
        }
        message.note = note;
        Ok(())
    }

    /// What the office is to the nearest system, and how many more there are.
    fn contact(&self, thing: &Thing) -> String {
        let Reached::Met(at) = thing.reached else { return String::new() };
        let Some(usage) = house::usage(self.analysis, at) else { return String::new() };
        let roles: BTreeSet<&str> =
            house::roles(&usage).filter(|(office, _)| *office == &*thing.id).map(|(_, role)| role).collect();
        let roles = roles.into_iter().collect::<Vec<_>>().join(", ");
        let of = format!("{roles} of {}", self.analysis.name(at));
        match thing.times - 1 {
            0 => of,
            1 => format!("{of}, and of 1 more system"),
            more => format!("{of}, and of {more} more systems"),
        }
    }

    fn personal(&self, thing: &Thing) -> String {
        let types = if thing.times == 1 { "type" } else { "types" };
        format!("in {} event {types}", thing.times)
    }
}
