//! What a commit would do to what lives: to the flows that the kernel keeps track of, and to the
//! sessions of workers.

use super::Router;
use super::commit::{CommitFailure, Wish};
use super::explain::because;
use crate::apply::kernel::{Kernel, KernelError};
use crate::apply::op::Op;
use crate::apply::walk::{Break, Cause, Walker, breaks};
use crate::apply::workers::Workers;
use crate::apply::{Plan, State};
use crate::language::tree::Tree;
use crate::status::{Flow, Tuple};

/// So many comparisons of a flow with a rule are made at most: about a second's work.
const EFFORT: usize = 20_000_000;
/// So many flows are looked at in any case, and at most.
const FLOWS: std::ops::RangeInclusive<usize> = 500..=100_000;
/// So many broken flows are named.
const NAMED: usize = 5;

/// What a commit would do to what lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The flows, or why they cannot be seen.
    pub flows: Result<Flows, KernelError>,
    /// What becomes of the sessions of workers: one sentence each.
    pub workers: Vec<String>,
}

/// What a commit would do to flows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// How many there are.
    pub total: usize,
    /// How many of them were looked at, the first that the kernel tells.
    pub looked_at: usize,
    /// How many of those would be broken.
    pub broken: usize,
    /// The first of those: the flow, why, and by which line.
    pub named: Vec<String>,
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// What a commit of the candidate would do to flows and workers.
    pub(super) async fn outlook(&mut self, wish: &Wish, plan: &Plan) -> Result<Outlook, CommitFailure> {
        let running = self.running();
        let tree = &wish.candidate.tree;
        let target = self.ready(&running, tree)?.state;
        let now = self.applier.state().clone();
        let trees = [tree, &running.tree];
        let mut flows = Flows::default();
        let seen = {
            let mut look = Look::new(&now, &target, trees, &mut flows);
            self.applier.flows(&mut |flow| look.at(&flow)).await
        };
        Ok(Outlook { flows: seen.map(|()| flows), workers: workers(plan) })
    }
}

/// Flows, one after the other.
struct Look<'a> {
    old: Walker<'a>,
    new: Walker<'a>,
    /// Where the line of a fault is found.
    trees: [&'a Tree; 2],
    most: usize,
    flows: &'a mut Flows,
}

impl<'a> Look<'a> {
    fn new(old: &'a State, new: &'a State, trees: [&'a Tree; 2], flows: &'a mut Flows) -> Self {
        let (old, new) = (Walker::new(old), Walker::new(new));
        let most = EFFORT / (old.rules() + new.rules()).max(1);
        Self { old, new, trees, most: most.clamp(*FLOWS.start(), *FLOWS.end()), flows }
    }

    fn at(&mut self, flow: &Flow) {
        self.flows.total += 1;
        if self.flows.looked_at == self.most {
            return;
        }
        self.flows.looked_at += 1;
        if let Some(broken) = breaks(&self.old, &self.new, flow) {
            self.flows.broken += 1;
            if self.flows.named.len() < NAMED {
                let told = self.told(flow, &broken);
                self.flows.named.push(told);
            }
        }
    }

    fn told(&self, flow: &Flow, Break { cause, origin }: &Break) -> String {
        let why = match cause {
            Cause::Dropped(reason) => because(*reason).to_owned(),
            Cause::AnswerDropped(reason) => format!("of its answers: {}", because(*reason)),
            Cause::MovedTo(link) => format!("it would leave by {link}, where its translation is not known"),
            Cause::AddressLost(address) => format!("the router loses {address}"),
        };
        let line = self.trees.iter().find_map(|tree| tree.line(*origin));
        let line = line.map(|line| format!(" ({line})")).unwrap_or_default();
        format!("{}: {why}{line}", described(flow))
    }
}

/// `tcp 192.168.0.1:40000 -> 203.0.113.80:443`.
fn described(flow: &Flow) -> String {
    let protocol = match flow.protocol {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        58 => "icmpv6".to_owned(),
        other => format!("protocol {other}"),
    };
    let Tuple { source, destination, .. } = flow.original;
    let has_ports = matches!(flow.original.detail, crate::status::Detail::Ports { .. });
    let end = |address: std::net::IpAddr, port: Option<u16>| match port.filter(|_| has_ports) {
        Some(port) => std::net::SocketAddr::new(address, port).to_string(),
        None => address.to_string(),
    };
    let from = end(source, flow.original.source_port());
    format!("{protocol} {from} -> {}", end(destination, flow.original.destination_port()))
}

/// Which workers of a plan end, and which of them begin anew.
fn workers(plan: &Plan) -> Vec<String> {
    let starts =
        |id| plan.steps.iter().any(|step| matches!(&step.op, Op::StartWorker(other, _) if *other == id));
    let stopped = plan.steps.iter().filter_map(|step| match step.op {
        Op::StopWorker(id) => Some(id),
        _ => None,
    });
    stopped
        .map(|id| match starts(id) {
            true => format!("would restart the {id}"),
            false => format!("would end the {id}"),
        })
        .collect()
}
