//! Every key family of the lineage store. Persisted: changing one means raising the projection's version.
//!
//! | first byte | key behind it | value | written |
//! | --- | --- | --- | --- |
//! | `d` | name | number, u32 | once |
//! | `D` | number, u32 | name | once |
//! | `e` | stream, event | its sequence, type | once |
//! | `c` | place of the cause, sequence of the effect | empty | once |
//! | `a` | stream, affair, sequence of a member | empty | once |
//! | `p` | stream, event that is not there, sequence of one that names it | system and time of that one | until it comes |
//! | `p` | stream | how many wait in it | with each that waits |
//! | `x` | stream, event, sequence of one that corrects or retracts it | 1 corrects, 2 retracts | once |
//! | `F` | provider, stream, type, consumer | totals | with each event |
//! | `f` | provider, stream, type, consumer, day | totals up to the end of that day | with each event |
//! | `r` | consumer, stream, provider, type | when it was first seen, u64 | once, and where an earlier one is joined late |
//! | `t` | type, stream, provider | empty | once |
//! | `v` | type, stream, contract version, provider | totals | with each event |
//! | `l` | stream, type, system, sequence of an event that nothing followed from | empty | until something does |
//! | `s` | stream, system | events, last learned at | with each event |
//! | `k` | stream, type, system, sequence of an event | its affair, entity, time, cause, ordinal | once |
//! | `S` | stream, subscription | the subscription as it was told last, JSON | with each change |
//! | `u` | stream, subscription, sequence from which it holds | the rule, JSON | once |
//! | `q` | stream, subscription | how far it came | with each telling |
//! | `P` | stream, subscription, position | when it was reached, u48 | once in a second at most |
//! | `h` | stream, subscription, entity | from where it is held back, since when and why, JSON | while it is |
//! | `H` | stream, subscription, entity, last sequence, telling | since when and until when it was held back | with each advance |
//! | `W` | stream, subscription, sequence | withheld, discarded or failed, JSON | with each exception |
//! | `i` | stream, subscription, telling | what was on its way at an interruption | with each start |
//! | `R` | provider, stream, type, consumer | empty: a rule lets it through | once |
//! | `w` | consumer, stream, provider, type | empty: a rule lets it through | once |
//!
//! What is asked of a system or a type, across tenants, begins with it: an answer costs as much as it holds, however large
//! the nation is. All flows of a tenant are those of its systems.
//!
//! The stream of what was delivered is that of the events, whose sequences these are; it is folded from the stream of
//! deliveries of the same tenant, and from that alone. A telling is a sequence of that one.
//!
//! Every key but the names is of one stream, and a stream is folded from itself alone: what one municipality publishes
//! cannot show in another's answers, and the order in which streams are folded changes nothing. What points from one
//! tenant to another waits for ever in its own stream, and is joined when somebody asks who may read both.
//!
//! Numbers stand for names (of streams, systems and event types); 0 is nobody. All numbers are big-endian. A place is
//! the number of a stream and a sequence, 4 + 6 bytes; sequences below 2⁴⁸ last for longer than the hub. An event is 10
//! bytes, an affair 8 bytes of a hash of its name.

use samflyt_events::{ContractVersion, EventRef};
use xxhash_rust::xxh3::xxh3_128;

/// A number for a name.
pub(crate) type Number = u32;

/// Nobody: the consumer of what nobody has been seen to use.
pub(crate) const NOBODY: Number = 0;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub stream: Number,
    pub sequence: u64,
}

/// A flow in a stream: provider, type and consumer by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FlowKey {
    pub stream: Number,
    pub provider: Number,
    pub kind: Number,
    pub consumer: Number,
}

/// Of an event's hash.
const EVENT: usize = 10;

/// 80 bits of the event's name as it stands in headers: among a billion events, two share them once in 2.4 million hubs. Whoever reads the event
/// compares its name.
pub(crate) type EventKey = [u8; EVENT];

pub(crate) fn event_key(reference: &EventRef) -> EventKey {
    event_key_of(samflyt_events::header_value(&reference.to_string()).as_bytes())
}

pub(crate) fn event_key_of(reference: &[u8]) -> EventKey {
    let mut key = [0; EVENT];
    key.copy_from_slice(&xxh3_128(reference).to_be_bytes()[..EVENT]);
    key
}

/// Builds a key from its parts.
#[derive(Debug, Clone)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub fn new(family: u8) -> Self {
        let mut key = Vec::with_capacity(24);
        key.push(family);
        Self(key)
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn number(self, number: Number) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub fn place(self, place: Place) -> Self {
        self.number(place.stream).sequence(place.sequence)
    }

    pub fn sequence(self, sequence: u64) -> Self {
        self.bytes(&sequence.to_be_bytes()[2..])
    }

    pub fn day(self, day: u16) -> Self {
        self.bytes(&day.to_be_bytes())
    }

    pub fn version(self, version: ContractVersion) -> Self {
        self.bytes(&version.major.to_be_bytes()).bytes(&version.minor.to_be_bytes())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) fn name(name: &str) -> Vec<u8> {
    Key::new(b'd').bytes(name.as_bytes()).into_bytes()
}

pub(crate) fn name_of(number: Number) -> Vec<u8> {
    Key::new(b'D').number(number).into_bytes()
}

pub(crate) fn names() -> Vec<u8> {
    Key::new(b'D').into_bytes()
}

pub(crate) fn event(stream: Number, key: &EventKey) -> Vec<u8> {
    Key::new(b'e').number(stream).bytes(key).into_bytes()
}

pub(crate) fn effects_of(cause: Place) -> Key {
    Key::new(b'c').place(cause)
}

pub(crate) fn affair(stream: Number, correlation: &str) -> Key {
    Key::new(b'a').number(stream).bytes(&short_hash(correlation))
}

/// Of an affair's or an entity's name.
pub(crate) fn short_hash(name: &str) -> [u8; 8] {
    let mut hash = [0; 8];
    hash.copy_from_slice(&xxh3_128(name.as_bytes()).to_be_bytes()[..8]);
    hash
}

pub(crate) fn pending(stream: Number) -> Key {
    Key::new(b'p').number(stream)
}

pub(crate) fn pending_on(stream: Number, key: &EventKey) -> Key {
    pending(stream).bytes(key)
}

pub(crate) fn amended(stream: Number, key: &EventKey) -> Key {
    Key::new(b'x').number(stream).bytes(key)
}

pub(crate) fn flows_of(provider: Number) -> Key {
    Key::new(b'F').number(provider)
}

pub(crate) fn flow(flow: &FlowKey) -> Vec<u8> {
    flows_of(flow.provider).number(flow.stream).number(flow.kind).number(flow.consumer).into_bytes()
}

pub(crate) fn flow_days(flow: &FlowKey) -> Key {
    Key::new(b'f').number(flow.provider).number(flow.stream).number(flow.kind).number(flow.consumer)
}

pub(crate) fn used_by(consumer: Number) -> Key {
    Key::new(b'r').number(consumer)
}

pub(crate) fn all_used() -> Vec<u8> {
    Key::new(b'r').into_bytes()
}

pub(crate) fn providers_of(kind: Number) -> Key {
    Key::new(b't').number(kind)
}

pub(crate) fn versions_of(kind: Number) -> Key {
    Key::new(b'v').number(kind)
}

pub(crate) fn leaves_of(stream: Number, kind: Number, system: Number) -> Key {
    Key::new(b'l').number(stream).number(kind).number(system)
}

/// What was told of a type, from a system: a sequence behind it.
pub(crate) fn told_by(stream: Number, kind: Number, system: Number) -> Key {
    told(stream, kind).number(system)
}

pub(crate) fn told(stream: Number, kind: Number) -> Key {
    Key::new(b'k').number(stream).number(kind)
}

pub(crate) fn system(stream: Number, system: Number) -> Vec<u8> {
    systems_of(stream).number(system).into_bytes()
}

pub(crate) fn systems_of(stream: Number) -> Key {
    Key::new(b's').number(stream)
}

/// A subscription in the stream of the events that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Of {
    pub stream: Number,
    pub subscription: Number,
}

impl Of {
    fn key(self, family: u8) -> Key {
        Key::new(family).number(self.stream).number(self.subscription)
    }

    pub fn subscription(self) -> Vec<u8> {
        self.key(b'S').into_bytes()
    }

    pub fn rules(self) -> Key {
        self.key(b'u')
    }

    pub fn stand(self) -> Vec<u8> {
        self.key(b'q').into_bytes()
    }

    pub fn positions(self) -> Key {
        self.key(b'P')
    }

    pub fn holds(self) -> Key {
        self.key(b'h')
    }

    pub fn hold(self, entity: [u8; 8]) -> Vec<u8> {
        self.holds().bytes(&entity).into_bytes()
    }

    pub fn held(self, entity: [u8; 8]) -> Key {
        self.key(b'H').bytes(&entity)
    }

    pub fn exceptions(self) -> Key {
        self.key(b'W')
    }

    pub fn interruptions(self) -> Key {
        self.key(b'i')
    }
}

pub(crate) fn subscriptions_of(stream: Number) -> Key {
    Key::new(b'S').number(stream)
}

/// What may be delivered of what a provider publishes: stream, type and consumer behind it.
pub(crate) fn delivered_from(provider: Number) -> Key {
    Key::new(b'R').number(provider)
}

/// What may be delivered to a consumer: stream, provider and type behind it.
pub(crate) fn delivered_to(consumer: Number) -> Key {
    Key::new(b'w').number(consumer)
}

/// Reads parts off the end of a key, last first.
pub(crate) struct Tail<'k>(pub &'k [u8]);

impl Tail<'_> {
    pub fn number(&mut self) -> Option<Number> {
        let (rest, last) = self.0.split_last_chunk::<4>()?;
        self.0 = rest;
        Some(Number::from_be_bytes(*last))
    }

    pub fn sequence(&mut self) -> Option<u64> {
        let (rest, last) = self.0.split_last_chunk::<6>()?;
        self.0 = rest;
        let mut sequence = [0; 8];
        sequence[2..].copy_from_slice(last);
        Some(u64::from_be_bytes(sequence))
    }

    pub fn version(&mut self) -> Option<ContractVersion> {
        let minor = self.day()?;
        Some(ContractVersion { major: self.day()?, minor })
    }

    pub fn day(&mut self) -> Option<u16> {
        let (rest, last) = self.0.split_last_chunk::<2>()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*last))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_come_back_off_the_end_of_a_key(stream: u32, sequence in 0u64..1 << 48, number: u32, day: u16) {
            let place = Place { stream, sequence };
            let key = Key::new(b'c').place(place).number(number).day(day).into_bytes();
            let mut tail = Tail(&key);
            prop_assert_eq!(tail.day(), Some(day));
            prop_assert_eq!(tail.number(), Some(number));
            prop_assert_eq!(tail.sequence(), Some(sequence));
            prop_assert_eq!(tail.number(), Some(stream));
            prop_assert_eq!(tail.0, b"c");
            prop_assert_eq!(tail.sequence(), None);
        }

        #[test]
        fn keys_sort_as_their_places_do(a in 0u64..1 << 48, b in 0u64..1 << 48, stream: u32) {
            let key = |sequence| effects_of(Place { stream, sequence }).into_bytes();
            prop_assert_eq!(a.cmp(&b), key(a).cmp(&key(b)));
        }
    }
}
