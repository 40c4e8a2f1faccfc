//! Walking flows from systems up and down. Graphs and the analysis of impact both stand on it.
//!
//! Consumes [`Flows`]: what leads from a system and to it. Gives the systems met, how far away they are in each direction,
//! and every flow between them once. Keeps true: a system is walked once in each direction, so circles end; nearer ones are
//! walked first, so distances are the least there are.

use std::collections::{HashMap, VecDeque};

use samflyt_projection::StoreError;

use crate::projections::keys::{NOBODY, Number};

/// A map by numbers or names, quicker than the standard one where millions of look-ups make an answer.
pub(crate) type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A system, in a place that flows do not leave: all that is asked about, or one municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node {
    pub place: u32,
    pub system: Number,
}

/// A flow as one of its ends sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hop<F> {
    /// The system at the other end.
    pub other: Number,
    pub kind: Number,
    pub flow: F,
}

/// What leads from a system and to it. The same question has the same answer for as long as a walk lasts.
pub(crate) trait Flows {
    type Flow: Copy;
    fn down(&mut self, from: Node) -> Result<Vec<Hop<Self::Flow>>, StoreError>;
    fn up(&mut self, to: Node) -> Result<Vec<Hop<Self::Flow>>, StoreError>;
}

/// Where a walk begins.
pub(crate) enum Start {
    Systems(Vec<Node>),
    /// An event type, and who publishes it: only that goes down from them.
    Kind(Number, Vec<Node>),
}

/// How far a walk goes.
pub(crate) struct Extent {
    pub upstream: bool,
    pub downstream: bool,
    /// Systems away from the start.
    pub depth: u32,
    pub edges_max: usize,
}

/// The distance of what was not met.
pub(crate) const FAR: u32 = u32::MAX;
/// The end of a flow that nobody was seen to use.
pub(crate) const NO_ONE: u32 = u32::MAX;

/// A system that was met, and its distance by flows that lead down to it and up to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    pub node: Node,
    pub down: u32,
    pub up: u32,
    /// Only the event type that the walk begins with goes down from it at the start.
    begun: bool,
    walked_down: bool,
    walked_up: bool,
}

impl Met {
    pub fn distance(&self) -> u32 {
        self.down.min(self.up)
    }
}

/// A flow that was met; its ends by their places in [`Walked::met`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge<F> {
    pub provider: u32,
    pub consumer: u32,
    pub kind: Number,
    /// Of its far end.
    pub distance: u32,
    /// Met on the way down: the consumer is the far end.
    pub down: bool,
    pub flow: F,
}

/// What a walk came by.
pub(crate) struct Walked<F> {
    pub met: Vec<Met>,
    pub index: Map<Node, u32>,
    pub edges: Vec<Edge<F>>,
    pub truncated: bool,
    /// Where it began.
    pub start: Vec<u32>,
    /// The event type that it began with.
    pub kind: Option<Number>,
}

impl<F> Walked<F> {
    /// How far from the start a flow begins, on the way down or up.
    pub fn begins_at(&self, near: u32, kind: Number, down: bool) -> u32 {
        let met = &self.met[near as usize];
        match self.kind {
            Some(begun) if down && begun == kind && met.begun => 0,
            _ if down => met.down,
            _ => met.up,
        }
    }
}

pub(crate) fn walk<S: Flows>(
    flows: &mut S,
    start: &Start,
    extent: &Extent,
) -> Result<Walked<S::Flow>, StoreError> {
    let walked = Walked {
        met: Vec::new(),
        index: Map::default(),
        edges: Vec::new(),
        truncated: false,
        start: Vec::new(),
        kind: None,
    };
    let mut walk = Walk { flows, extent, walked, open: VecDeque::new() };
    match start {
        Start::Systems(nodes) => walk.begin(nodes),
        Start::Kind(kind, providers) => walk.begin_with(*kind, providers)?,
    }
    walk.run()?;
    Ok(walk.walked)
}

struct Walk<'w, S: Flows> {
    flows: &'w mut S,
    extent: &'w Extent,
    walked: Walked<S::Flow>,
    /// Who is to be walked, and whether down.
    open: VecDeque<(u32, bool)>,
}

impl<S: Flows> Walk<'_, S> {
    fn begin(&mut self, nodes: &[Node]) {
        for node in nodes {
            let at = self.find(*node);
            self.walked.start.push(at);
            if self.extent.downstream {
                self.reach(at, 0, true);
            }
            if self.extent.upstream {
                self.reach(at, 0, false);
            }
        }
    }

    fn begin_with(&mut self, kind: Number, providers: &[Node]) -> Result<(), StoreError> {
        self.walked.kind = Some(kind);
        for node in providers {
            let at = self.find(*node);
            self.walked.start.push(at);
            self.walked.met[at as usize].begun = true;
            // At no distance also where nothing leads further up: it is what the walk begins with.
            self.walked.met[at as usize].up = 0;
            if self.extent.upstream {
                self.open.push_back((at, false));
            }
        }
        for (at, node) in self.walked.start.clone().into_iter().zip(providers) {
            for hop in self.flows.down(*node)?.into_iter().filter(|hop| hop.kind == kind) {
                let far = self.far(at, hop.other);
                self.note(at, far, hop, 1, true);
                self.reach(far, 1, true);
            }
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), StoreError> {
        while let Some((at, down)) = self.open.pop_front() {
            let met = self.walked.met[at as usize];
            let distance = if down { met.down } else { met.up };
            if distance >= self.extent.depth {
                continue;
            }
            let hops = if down { self.flows.down(met.node)? } else { self.flows.up(met.node)? };
            for hop in hops {
                let far = self.far(at, hop.other);
                if !self.is_noted(at, far, hop.kind, down) {
                    self.note(at, far, hop, distance + 1, down);
                }
                self.reach(far, distance + 1, down);
            }
            let met = &mut self.walked.met[at as usize];
            if down {
                met.walked_down = true
            } else {
                met.walked_up = true
            }
            if self.walked.truncated {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a flow was met from its other end, or at the beginning.
    fn is_noted(&self, at: u32, far: u32, kind: Number, down: bool) -> bool {
        let provider = if down { at } else { far };
        let begun = self.walked.kind == Some(kind) && self.walked.met[provider as usize].begun;
        begun
            || self
                .walked
                .met
                .get(far as usize)
                .is_some_and(|far| if down { far.walked_up } else { far.walked_down })
    }

    fn note(&mut self, at: u32, far: u32, hop: Hop<S::Flow>, distance: u32, down: bool) {
        if self.walked.edges.len() >= self.extent.edges_max {
            self.walked.truncated = true;
            return;
        }
        let (provider, consumer) = if down { (at, far) } else { (far, at) };
        let Hop { kind, flow, .. } = hop;
        self.walked.edges.push(Edge { provider, consumer, kind, distance, down, flow });
    }

    fn far(&mut self, at: u32, other: Number) -> u32 {
        if other == NOBODY {
            return NO_ONE;
        }
        let place = self.walked.met[at as usize].node.place;
        self.find(Node { place, system: other })
    }

    fn find(&mut self, node: Node) -> u32 {
        let met = &mut self.walked.met;
        *self.walked.index.entry(node).or_insert_with(|| {
            met.push(Met { node, down: FAR, up: FAR, begun: false, walked_down: false, walked_up: false });
            // As many systems as there are numbers.
            (met.len() - 1) as u32
        })
    }

    /// The first to come is the nearest.
    fn reach(&mut self, at: u32, distance: u32, down: bool) {
        let Some(met) = self.walked.met.get_mut(at as usize) else { return };
        let known = if down { &mut met.down } else { &mut met.up };
        if *known == FAR {
            *known = distance;
            if if down { self.extent.downstream } else { self.extent.upstream } {
                self.open.push_back((at, down));
            }
        }
    }
}
