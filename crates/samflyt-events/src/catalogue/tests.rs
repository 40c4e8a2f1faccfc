use time::OffsetDateTime;
use time::macros::datetime;

use super::resource::template;
use super::*;

struct World(Catalogue, u64);

impl World {
    /// Folds events, one a day, of one stream.
    fn take(&mut self, event: &CatalogueEvent) {
        self.1 += 1;
        let placed = Placed { stream: "S", subject: "s", sequence: self.1, at: day(self.1), by: None };
        self.0.apply(&placed, event);
    }

    fn put(&mut self, turn: Turn, resource: Resource) {
        self.take(&CatalogueEvent::ResourceTurned { turn, resource: Box::new(resource) });
    }
}

fn day(number: u64) -> OffsetDateTime {
    datetime!(2026-01-01 12:00 UTC) + time::Duration::days(i64::try_from(number).unwrap())
}

fn tenant(id: &str) -> TenantId {
    TenantId::new(id).unwrap()
}

fn agresso() -> System {
    System::new(SystemId::new("vinje-agresso").unwrap(), tenant("vinje"), "agresso".into(), "Agresso".into())
}

#[test]
fn a_system_is_used_by_its_host_and_from_the_enrolment_on_by_the_others() {
    let mut world = World(Catalogue::default(), 0);
    world.take(&CatalogueEvent::SystemRegistered { system: agresso() });
    world.take(&CatalogueEvent::SystemEnrolled { id: agresso().id, tenant: tenant("seljord") });
    let used = |of: &str, moment| world.0.systems_of(&tenant(of), moment).count();
    assert_eq!((used("vinje", None), used("seljord", None), used("tokke", None)), (1, 1, 0));
    assert_eq!((used("vinje", Some(day(1))), used("seljord", Some(day(1)))), (1, 0));
    assert_eq!(world.0.users_at(&agresso(), Some(day(1))), [tenant("vinje")].into());
    assert_eq!(world.0.users_of(&agresso()), [tenant("seljord"), tenant("vinje")].into());
}

#[test]
fn every_state_of_a_system_is_there_as_of_its_time_whichever_event_made_it() {
    let mut world = World(Catalogue::default(), 0);
    let id = agresso().id;
    world.take(&CatalogueEvent::SystemRegistered { system: agresso() });
    world.put(Turn::Changed, Resource::System(System { version: "7".into(), ..agresso() }));
    world.take(&CatalogueEvent::SystemRetired { id: id.clone(), on: day(9).date() });
    let at = |moment| world.0.system_at(&id, moment).cloned();
    assert_eq!(at(Some(day(0))), None);
    assert_eq!(at(Some(day(1))).map(|system| system.version.clone()).as_deref(), Some(""));
    assert_eq!(
        at(Some(day(2))).map(|system| (system.version.clone(), system.retired_on)),
        Some(("7".into(), None))
    );
    assert_eq!(at(None).and_then(|system| system.retired_on), Some(day(9).date()));
    assert_eq!(world.0.resource_history(Kind::System, &tenant("vinje"), id.as_str()).len(), 3);
}

#[test]
fn what_was_removed_is_gone_now_and_there_as_of_before() {
    let mut world = World(Catalogue::default(), 0);
    let dataset = Resource::from_value(Kind::Dataset, template(Kind::Dataset).unwrap()).unwrap();
    world.put(Turn::Described, dataset.clone());
    world.put(Turn::Removed, dataset.clone());
    let count = |moment| world.0.resources(Kind::Dataset, &tenant("seljord"), moment).len();
    assert_eq!((count(None), count(Some(day(1))), count(Some(day(0)))), (0, 1, 0));
}

#[test]
fn an_old_catalogue_that_somebody_reads_does_not_change_with_the_new() {
    let mut world = World(Catalogue::default(), 0);
    world.take(&CatalogueEvent::SystemRegistered { system: agresso() });
    let old = world.0.clone();
    world.take(&CatalogueEvent::SystemEnrolled { id: agresso().id, tenant: tenant("seljord") });
    world.put(Turn::Changed, Resource::System(System { version: "7".into(), ..agresso() }));
    assert_eq!(old.users_of(&agresso()).len(), 1);
    assert_eq!(old.system(&agresso().id).map(|system| system.version.clone()).as_deref(), Some(""));
    assert_eq!(old.systems_of(&tenant("seljord"), None).count(), 0);
}

#[test]
fn folding_the_same_again_changes_nothing() {
    let mut world = World(Catalogue::default(), 0);
    world.take(&CatalogueEvent::SystemRegistered { system: agresso() });
    world.1 -= 1;
    world.take(&CatalogueEvent::SystemRegistered { system: System { name: "Another".into(), ..agresso() } });
    assert_eq!(world.0.system(&agresso().id).map(|system| system.name.clone()).as_deref(), Some("Agresso"));
}
