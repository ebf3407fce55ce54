//! The table of rules, asked for one packet at one hook after the other.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Decision, Packet};
use crate::apply::firewall::{Change, Firewall, Hook, Match, Rule, TcpFlags, Verdict};
use crate::status::Detail;
use crate::types::KernelName;

/// Deeper than chains of ours jump; the kernel refuses more than 16.
const DEEPEST: usize = 16;

/// A firewall whose addresses are read.
#[derive(Default)]
pub(super) struct Table<'a> {
    chains: BTreeMap<&'a str, Vec<Prepared<'a>>>,
    /// The chains of each hook, as the kernel asks them.
    hooks: Vec<(Hook, &'a str)>,
}

/// A rule whose addresses are read.
struct Prepared<'a> {
    rule: &'a Rule,
    conditions: Vec<Condition<'a>>,
}

enum Condition<'a> {
    Source(Vec<RangeInclusive<IpAddr>>),
    Destination(Vec<RangeInclusive<IpAddr>>),
    Other(&'a Match),
}

/// What a hook decided.
pub(super) enum Fate<'a> {
    /// It goes on.
    Goes,
    /// It goes on, and this verdict translates it.
    Translated(&'a Verdict),
    /// It is dropped.
    Dropped,
}

/// How a chain was left.
enum Left<'a> {
    /// At its end, or by a rule that says so.
    Returned,
    /// For good, as far as the hook is concerned.
    Ended(Fate<'a>),
}

impl<'a> Table<'a> {
    pub(super) fn new(firewall: Option<&'a Firewall>) -> Self {
        let mut table = Self::default();
        for (name, chain) in firewall.into_iter().flat_map(|firewall| &firewall.chains) {
            table.hooks.extend(chain.hook.map(|hook| (hook, name.as_str())));
            table.chains.insert(name, chain.rules.iter().map(Prepared::new).collect());
        }
        table
    }

    /// How many rules there are.
    pub(super) fn rules(&self) -> usize {
        self.chains.values().map(Vec::len).sum()
    }

    /// Asks the chains of a hook. What rules change, they change in the packet.
    pub(super) fn ask(
        &self,
        hook: Hook,
        packet: &mut Packet,
        out_link: Option<&KernelName>,
        decisions: &mut Vec<Decision<'a>>,
    ) -> Fate<'a> {
        let mut question = Question { table: self, hook, packet, out_link, decisions };
        let mut fate = Fate::Goes;
        for (_, chain) in self.hooks.iter().filter(|(its, _)| *its == hook) {
            match question.chain(chain, 0) {
                Left::Ended(Fate::Dropped) => return Fate::Dropped,
                Left::Ended(Fate::Translated(verdict)) => fate = Fate::Translated(verdict),
                Left::Ended(Fate::Goes) | Left::Returned => {}
            }
        }
        fate
    }
}

/// One packet at one hook.
struct Question<'q, 'a> {
    table: &'q Table<'a>,
    hook: Hook,
    packet: &'q mut Packet,
    out_link: Option<&'q KernelName>,
    decisions: &'q mut Vec<Decision<'a>>,
}

impl<'a> Question<'_, 'a> {
    fn chain(&mut self, name: &'a str, depth: usize) -> Left<'a> {
        let table = self.table;
        for prepared in table.chains.get(name).into_iter().flatten() {
            if !prepared.conditions.iter().all(|condition| self.holds(condition)) {
                continue;
            }
            let rule = prepared.rule;
            rule.changes.iter().for_each(|change| self.change(change));
            let decides = !matches!(rule.verdict, Verdict::Jump(_) | Verdict::Offload);
            if decides {
                self.decisions.push(Decision::Rule { hook: self.hook, chain: name, rule });
            }
            match &rule.verdict {
                Verdict::Continue | Verdict::Offload => {}
                Verdict::Accept => return Left::Ended(Fate::Goes),
                Verdict::Drop | Verdict::Reset => return Left::Ended(Fate::Dropped),
                Verdict::Return => return Left::Returned,
                Verdict::Jump(_) | Verdict::Goto(_) if depth == DEEPEST => return Left::Ended(Fate::Dropped),
                Verdict::Goto(chain) => return self.chain(chain, depth + 1),
                Verdict::Jump(chain) => {
                    if let Left::Ended(fate) = self.chain(chain, depth + 1) {
                        return Left::Ended(fate);
                    }
                }
                verdict @ (Verdict::Masquerade(_)
                | Verdict::SourceNat(..)
                | Verdict::SourceNatEach(_)
                | Verdict::DestinationNat(..)
                | Verdict::DestinationNatEach(_)
                | Verdict::Redirect(_)) => return Left::Ended(Fate::Translated(verdict)),
            }
        }
        Left::Returned
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::ConnectionMark { keep, set } => {
                self.packet.connection_mark = self.packet.connection_mark & keep | set;
            }
            Change::PacketMark(mark) => self.packet.mark = *mark,
            // None of these decides where a packet goes.
            Change::MaximumSegment(_) | Change::Timeout(_) | Change::Helper(_) => {}
        }
    }

    fn holds(&self, condition: &Condition<'_>) -> bool {
        let packet = &*self.packet;
        let has = |ranges: &[RangeInclusive<u16>], number: u16| ranges.iter().any(|it| it.contains(&number));
        let within = |ranges: &[RangeInclusive<IpAddr>], ip: IpAddr| ranges.iter().any(|it| it.contains(&ip));
        let condition = match condition {
            Condition::Source(any) => return within(any, packet.source),
            Condition::Destination(any) => return within(any, packet.destination),
            Condition::Other(condition) => *condition,
        };
        match condition {
            // Those that could be read stand apart.
            Match::Source(..) | Match::Destination(..) => false,
            Match::InLink(link) => packet.received_by.as_ref() == Some(link),
            Match::OutLink(link) => self.out_link == Some(link),
            Match::Family(family) => packet.family() == *family,
            Match::Protocol(any) => any.contains(&packet.protocol),
            Match::SourcePort(any) => match packet.detail {
                Detail::Ports { source, .. } => !packet.is_fragment && has(any, source),
                Detail::Icmp { .. } | Detail::None => false,
            },
            Match::DestinationPort(any) => match packet.detail {
                Detail::Ports { destination, .. } => !packet.is_fragment && has(any, destination),
                Detail::Icmp { .. } | Detail::None => false,
            },
            Match::IcmpType(family, any) => match packet.detail {
                Detail::Icmp { kind, .. } => packet.family() == *family && has(any, kind.into()),
                Detail::Ports { .. } | Detail::None => false,
            },
            Match::IcmpCode(family, any) => match packet.detail {
                Detail::Icmp { code, .. } => packet.family() == *family && has(any, code.into()),
                Detail::Ports { .. } | Detail::None => false,
            },
            Match::Established => packet.known.is_some(),
            Match::New => packet.known.is_none(),
            Match::Original => packet.known.is_none_or(|known| !known.is_reply),
            Match::Reply => packet.known.is_some_and(|known| known.is_reply),
            Match::DestinationTranslated => packet.is_destination_translated,
            Match::TcpFlags(TcpFlags { mask, value, differ }) => {
                (packet.tcp_flags & mask == *value) != *differ
            }
            Match::Dscp(family, any) => packet.family() == *family && has(any, packet.dscp.into()),
            Match::Fragment(family) => packet.family() == *family && packet.is_fragment,
            Match::ConnectionMark { mask, value } => packet.connection_mark & mask == *value,
            Match::PacketMark { mask, value } => packet.mark & mask == *value,
            Match::OriginalDestination(any) => within(&ranges(any), packet.original_destination),
            // By chance: it takes the likelier side.
            Match::Share { below, of } => below.saturating_mul(2) >= *of,
            // How many flows there are, the state does not say; there is room for one more.
            Match::FlowsOver(_) | Match::FlowsOfHostOver(..) => false,
        }
    }
}

impl<'a> Prepared<'a> {
    fn new(rule: &'a Rule) -> Self {
        let conditions = rule.matches.iter().map(|condition| match condition {
            Match::Source(_, any) => Condition::Source(ranges(any)),
            Match::Destination(_, any) => Condition::Destination(ranges(any)),
            other => Condition::Other(other),
        });
        Self { rule, conditions: conditions.collect() }
    }
}

/// Addresses, networks and ranges as the rules of a firewall spell them. What is none matches nothing.
fn ranges(any: &[String]) -> Vec<RangeInclusive<IpAddr>> {
    any.iter().filter_map(|item| range(item)).collect()
}

fn range(item: &str) -> Option<RangeInclusive<IpAddr>> {
    if let Some((first, last)) = item.split_once('-') {
        return Some(first.parse().ok()?..=last.parse().ok()?);
    }
    if let Ok(network) = item.parse::<IpNet>() {
        return Some(network.network()..=network.broadcast());
    }
    let address: IpAddr = item.parse().ok()?;
    Some(address..=address)
}
