//! Webhooks of a tenant: each that has not ended has a client of the hub's own.

use super::run::Desk;
use crate::webhook::Courier;

impl Desk {
    /// A subscription is as it is now: so is its courier.
    pub(super) fn look_at_courier(&mut self, id: &str) {
        let Some(lane) = self.lanes.get(id) else { return };
        let of = &lane.subscription;
        if of.has_ended() {
            if let Some(courier) = self.couriers.remove(id) {
                self.detach(courier.client);
            }
            return;
        }
        let Some(endpoint) = self.webhooks.endpoint(&self.tenant, of) else { return };
        let (rests, most) = (!of.is_active(), of.limits.in_flight as usize);
        let client = match self.couriers.get(id) {
            Some(courier) => {
                courier.set(endpoint);
                courier.client
            }
            None => {
                let (client, events) = self.attach_to(id, most);
                let courier =
                    Courier::start(&self.webhooks, &self.handle, &self.tasks, client, events, endpoint);
                self.couriers.insert(id.to_owned(), courier);
                client
            }
        };
        if let Some(client) = self.clients.iter_mut().find(|one| one.id == client) {
            (client.rests, client.most) = (rests, most.max(1));
        }
    }
}
