//! `explain packet`: what becomes of a packet, in what runs and in a candidate, and which lines
//! decide.

use std::net::IpAddr;

use serde::Serialize;

use super::Router;
use super::commit::{CommitFailure, Wish};
use crate::apply::State;
use crate::apply::firewall::{Hook, Rule, Verdict};
use crate::apply::kernel::Kernel;
use crate::apply::state::{MAIN_TABLE, RouteTarget};
use crate::apply::walk::{Decision, End, Journey, Packet, Reason, Walker};
use crate::apply::workers::Workers;
use crate::language::tree::Tree;
use crate::status::{Detail, Tuple};
use crate::types::{Dialect, InterfaceName, KernelName, LineId};

/// The source port of a packet that is asked for: one that clients use.
const CLIENT_PORT: u16 = 49_152;

/// A packet that somebody asks for: the first of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// Destination port; for ICMP the type, an echo request if not said.
    pub port: Option<u16>,
    /// The interface that it arrives by. `None`: the one towards its source; from an address of
    /// ours, the router's own.
    pub received_by: Option<InterfaceName>,
    /// In whose names interfaces are told.
    pub dialect: Dialect,
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Everything that decided, in order; the end is last.
    pub steps: Vec<Told>,
    /// Whether it is dropped.
    pub dropped: bool,
    /// What becomes of the answer to it; `None` where it is dropped.
    pub answer: Option<Told>,
}

/// One sentence, and the line behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The sentence.
    pub what: String,
    /// The line.
    pub line: Option<String>,
}

/// A packet in what runs; and in the candidate, where that is another.
pub type Explained = (Result<Explanation, String>, Option<Result<Explanation, String>>);

impl<K: Kernel, W: Workers> Router<K, W> {
    /// Walks a packet through what runs, and through the candidate.
    pub(super) fn explain(&self, question: &Question, wish: &Wish) -> Result<Explained, CommitFailure> {
        let running = self.running();
        let now = explain(self.applier.state(), &running.tree, question);
        let tree = &wish.candidate.tree;
        let then = match wish.candidate.is_edited() {
            true => Some(explain(&self.ready(&running, tree)?.state, tree, question)),
            false => None,
        };
        Ok((now, then))
    }
}

/// What becomes of a packet in a state; an error where the question makes no sense there.
fn explain(state: &State, tree: &Tree, question: &Question) -> Result<Explanation, String> {
    let words = Words { state, tree, dialect: question.dialect };
    let walker = Walker::new(state);
    let packet = packet(&walker, &words, question)?;
    let journey = walker.walk(packet.clone());
    let mut steps = vec![words.arrival(&packet)];
    steps.extend(journey.decisions.iter().filter_map(|decision| words.decision(decision)));
    steps.extend(words.end(&journey));
    let answer = words.answer(&walker, &packet, &journey);
    Ok(Explanation { steps, dropped: journey.is_dropped(), answer })
}

fn packet(walker: &Walker<'_>, words: &Words<'_>, question: &Question) -> Result<Packet, String> {
    let &Question { source, destination, protocol, port, received_by, .. } = question;
    if source.is_ipv4() != destination.is_ipv4() {
        return Err("source and destination are of different IP versions".to_owned());
    }
    let number = |kind| port.map_or(Ok(kind), |port| u8::try_from(port).map_err(|_| "a type is at most 255"));
    let detail = match (protocol, port) {
        (1, _) => Detail::Icmp { kind: number(8)?, code: 0, id: 1 },
        (58, _) => Detail::Icmp { kind: number(128)?, code: 0, id: 1 },
        (6 | 17 | 33 | 132 | 136, Some(port)) => Detail::Ports { source: CLIENT_PORT, destination: port },
        (6 | 17 | 33 | 132 | 136, None) => return Err("say the destination port".to_owned()),
        (_, _) => Detail::None,
    };
    let link = match received_by {
        Some(name) => {
            Some(words.link_of(name).ok_or_else(|| {
                format!("{} is not tied to a Linux interface", name.in_dialect(words.dialect))
            })?)
        }
        None if walker.is_own(source) => None,
        None => Some(walker.link_towards(source).ok_or_else(|| {
            format!(
                "no route leads to {source}, so nobody knows where it arrives: say \"in\" and the interface"
            )
        })?),
    };
    Ok(Packet::first(link.cloned(), protocol, Tuple { source, destination, detail }))
}

/// How one configuration's decisions are told.
struct Words<'a> {
    state: &'a State,
    tree: &'a Tree,
    dialect: Dialect,
}

impl<'a> Words<'a> {
    fn told(&self, what: String, origin: LineId) -> Told {
        Told { what, line: self.tree.line(origin).map(|line| line.to_string()) }
    }

    /// The link behind an interface.
    fn link_of(&self, name: InterfaceName) -> Option<&'a KernelName> {
        let mut links = self.state.links.iter();
        let found = links.find(|(_, link)| link.bridge.is_none() && link.alias == name.to_string());
        found.map(|(link, _)| link)
    }

    /// The router's name of a link.
    fn link(&self, link: &KernelName) -> String {
        let alias = self.state.links.get(link).and_then(|link| link.alias.parse::<InterfaceName>().ok());
        alias.map_or_else(|| link.to_string(), |name| name.in_dialect(self.dialect))
    }

    fn arrival(&self, packet: &Packet) -> Told {
        let what = match &packet.received_by {
            Some(link) => format!("arrives by {}", self.link(link)),
            None => "is the router's own".to_owned(),
        };
        Told { what, line: None }
    }

    /// `None` where there is nothing to tell: a rule that let the packet go on to the next.
    fn decision(&self, decision: &Decision<'_>) -> Option<Told> {
        let what = match decision {
            Decision::Local => "is for an address of the router".to_owned(),
            Decision::Connected { address, .. } => {
                format!(
                    "is routed by the network {} of {}",
                    address.network.trunc(),
                    self.link(&address.link)
                )
            }
            Decision::Route { prefix, table, target, .. } => {
                let table = if *table == MAIN_TABLE { String::new() } else { format!(" in table {table}") };
                let ways = match target {
                    RouteTarget::Shared(ways) => format!(", one of its {} ways", ways.len()),
                    RouteTarget::Via { .. } | RouteTarget::Link(_) | RouteTarget::Blackhole => String::new(),
                };
                format!("is routed by {prefix}{table}{ways}")
            }
            Decision::Rule { hook, chain, rule } => self.rule(*hook, chain, rule)?,
        };
        Some(self.told(what, decision.origin()))
    }

    fn rule(&self, hook: Hook, chain: &str, rule: &Rule) -> Option<String> {
        let place = self.place(chain);
        Some(match &rule.verdict {
            Verdict::Goto(_) => format!("is passed by {place}"),
            Verdict::Return | Verdict::Accept if hook.chain() != chain => format!("is passed by {place}"),
            Verdict::Drop | Verdict::Reset if rule.matches.is_empty() => {
                format!("is dropped at the end of {place}, where no line passes it")
            }
            Verdict::Drop | Verdict::Reset => format!("is dropped by {place}"),
            Verdict::Masquerade(_)
            | Verdict::SourceNat(..)
            | Verdict::SourceNatEach(_)
            | Verdict::DestinationNat(..)
            | Verdict::DestinationNatEach(_)
            | Verdict::Redirect(_) => format!("is translated ({})", rule.verdict),
            Verdict::Continue | Verdict::Return | Verdict::Accept | Verdict::Jump(_) | Verdict::Offload => {
                let changes: Vec<String> = rule.changes.iter().map(ToString::to_string).collect();
                if changes.is_empty() {
                    return None;
                }
                format!("is marked ({})", changes.join(", "))
            }
        })
    }

    /// What a chain is to people: its name tells the interface and its part.
    fn place(&self, chain: &str) -> String {
        let interface = |kernel_name: &str| {
            let aliases =
                self.state.links.values().filter_map(|link| link.alias.parse::<InterfaceName>().ok());
            let mut aliases = aliases.filter(|name| name.kernel_name().as_str() == kernel_name);
            aliases.next().map(|name| name.in_dialect(self.dialect))
        };
        let Some((name, part)) =
            chain.split_once('-').and_then(|(link, part)| Some((interface(link)?, part)))
        else {
            return format!("the chain {chain}");
        };
        match part {
            "in" | "in6" => format!("the inbound filter of {name}"),
            "out" | "out6" => format!("the outbound filter of {name}"),
            "shield" => format!("the shield of {name}"),
            part => format!("{part} of {name}"),
        }
    }

    /// `None` where the last decision has said it.
    fn end(&self, journey: &Journey<'_>) -> Option<Told> {
        let Packet { source, destination, .. } = journey.packet;
        let what = match &journey.end {
            End::Delivered => "is taken by the router itself".to_owned(),
            End::Sent { link, gateway: Some(gateway) } => {
                format!("leaves by {} to {gateway}, from {source} to {destination}", self.link(link))
            }
            End::Sent { link, gateway: None } => {
                format!("leaves by {}, from {source} to {destination}", self.link(link))
            }
            End::Dropped(Reason::Rule) => return None,
            End::Dropped(reason) => format!("is dropped: {}", because(*reason)),
        };
        Some(Told { what, line: None })
    }

    fn answer(&self, walker: &Walker<'_>, first: &Packet, journey: &Journey<'_>) -> Option<Told> {
        let back_by = match &journey.end {
            End::Delivered => None,
            End::Sent { link, .. } => Some((*link).clone()),
            End::Dropped(_) => return None,
        };
        let back = walker.walk(journey.packet.answer(first, back_by));
        Some(match &back.end {
            End::Dropped(reason) => {
                let origin = match reason {
                    Reason::Rule => back.decisions.last().map(Decision::origin),
                    _ => None,
                };
                let why = because(*reason);
                self.told(format!("its answer is dropped: {why}"), origin.unwrap_or(LineId::BUILT_IN))
            }
            End::Sent { link, .. } => {
                Told { what: format!("its answer goes back by {}", self.link(link)), line: None }
            }
            End::Delivered => Told { what: "its answer comes back".to_owned(), line: None },
        })
    }
}

pub(super) fn because(reason: Reason) -> &'static str {
    match reason {
        Reason::Rule => "a filter drops it",
        Reason::Blackhole => "its route leads nowhere",
        Reason::NoRoute => "no route leads there",
        Reason::LinkDown => "the interface is down",
        Reason::NotForwarding => "the router does not forward",
        Reason::OwnSource => "it claims to come from the router itself",
        Reason::NoWayBack => "no route leads back to its source",
        Reason::NoAddress => "the interface has no address to translate it to",
    }
}
