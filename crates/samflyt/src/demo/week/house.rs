//! A municipality as the week sees it: who lives there, which system does what.

use samflyt_events::SystemId;
use time::{Date, OffsetDateTime};

use super::{chance::Chance, people::People};
use crate::demo::region::{Region, Tenant};

pub struct House<'r> {
    pub tenant: &'r Tenant,
    pub people: People,
    pub forms: &'r SystemId,
    pub kindergartens: &'r SystemId,
    pub archive: &'r SystemId,
    pub care: &'r SystemId,
    pub mobile_care: &'r SystemId,
    pub referrals: &'r SystemId,
    pub cadastre: &'r SystemId,
    pub rosters: &'r SystemId,
    pub fees: &'r SystemId,
    pub schools: &'r SystemId,
    pub population: &'r SystemId,
    pub economy: &'r SystemId,
    pub child_welfare: &'r SystemId,
    /// Not everyone shows the journal in a system of its own.
    pub public_journal: Option<&'r SystemId>,
    pub replacement: Option<Replacement<'r>>,
    building: &'r SystemId,
}

/// The building-permit system is being replaced here.
pub struct Replacement<'r> {
    pub portfolio: &'r SystemId,
    pub system: &'r SystemId,
    pub by: &'r SystemId,
    pub on: Date,
}

impl<'r> House<'r> {
    /// None where the region lacks a system for a task.
    pub fn new(region: &'r Region, tenant: &'r Tenant, chance: &mut Chance) -> Option<Self> {
        let system = |task: &str| region.system_for(&tenant.id, task).map(|system| &system.id);
        let building = system("building permits")?;
        let replaced = &region.replacement;
        let replacement = if replaced.system == *building {
            let portfolio = system("system portfolio")?;
            Some(Replacement { portfolio, system: building, by: &replaced.by, on: replaced.on })
        } else {
            None
        };
        Some(Self {
            tenant,
            people: People::of(tenant.place(), usize::try_from(tenant.inhabitants).ok()?, chance),
            forms: system("digital forms")?,
            kindergartens: system("kindergartens")?,
            archive: system("case files and archive")?,
            care: system("care records")?,
            mobile_care: system("mobile care")?,
            referrals: system("care referrals")?,
            cadastre: system("cadastre")?,
            rosters: system("rosters")?,
            fees: system("municipal fees")?,
            schools: system("schools")?,
            population: system("population")?,
            economy: system("economy")?,
            child_welfare: system("child welfare")?,
            public_journal: system("public journal"),
            replacement,
            building,
        })
    }

    /// The building-permit system in use at a time.
    pub fn building(&self, at: OffsetDateTime) -> &'r SystemId {
        match &self.replacement {
            Some(replacement) if at.date() >= replacement.on => replacement.by,
            _ => self.building,
        }
    }

    /// How many there are of what occurs so often for a thousand inhabitants.
    pub fn of_thousand(&self, occurrences: u32) -> u32 {
        self.tenant.inhabitants * occurrences / 1000
    }
}
