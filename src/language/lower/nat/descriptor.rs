//! What the lines of an RTX say of one NAT descriptor.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use crate::language::lower::Problems;
use crate::model::nat::{
    Forward, Inside, Kept, Limits, Method, Outside, Pair, PortTimeout, Timeouts, Translation, Unmatched,
};
use crate::types::{LineId, Sourced};

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const GRE: u8 = 47;

/// Gathered from its lines.
#[derive(Debug, Default)]
pub(in crate::language::lower) struct Descriptor {
    pub(in crate::language::lower) kind: Option<Sourced<Kind>>,
    pub(in crate::language::lower) hairpin: bool,
    pub(in crate::language::lower) outer: Option<Sourced<Outside>>,
    pub(in crate::language::lower) inner: Option<Sourced<Vec<Ipv4Net>>>,
    /// By the number of the line.
    pub(in crate::language::lower) pairs: BTreeMap<u32, Sourced<Pair>>,
    /// By the number of the line.
    pub(in crate::language::lower) forwards: BTreeMap<u32, Sourced<Vec<Forward>>>,
    pub(in crate::language::lower) incoming: Option<Sourced<Unmatched>>,
    pub(in crate::language::lower) ports: Option<Sourced<Vec<RangeInclusive<u16>>>>,
    pub(in crate::language::lower) kept: Vec<Sourced<Vec<Kept>>>,
    pub(in crate::language::lower) total: Option<Sourced<u32>>,
    pub(in crate::language::lower) per_host: Option<Sourced<u32>>,
    pub(in crate::language::lower) timers: Vec<Sourced<Timer>>,
}

/// What a descriptor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::language::lower) enum Kind {
    /// `none`
    None,
    /// `nat`
    Addresses,
    /// `masquerade`
    Ports,
}

/// `nat descriptor timer`: seconds, and of what.
#[derive(Clone, Debug)]
pub(in crate::language::lower) enum Timer {
    /// All that no other line names.
    All(u32),
    /// TCP connections that end.
    TcpFin(u32),
    /// One protocol, and perhaps some of its ports.
    Protocol(u8, Option<RangeInclusive<u16>>, u32),
}

impl Descriptor {
    /// Every line about it.
    pub(super) fn lines(&self) -> impl Iterator<Item = LineId> {
        let single = [
            self.kind.as_ref().map(|line| line.origin),
            self.outer.as_ref().map(|line| line.origin),
            self.inner.as_ref().map(|line| line.origin),
            self.incoming.as_ref().map(|line| line.origin),
            self.ports.as_ref().map(|line| line.origin),
            self.total.as_ref().map(|line| line.origin),
            self.per_host.as_ref().map(|line| line.origin),
        ];
        let several = self.pairs.values().map(|line| line.origin);
        let several = several.chain(self.forwards.values().map(|line| line.origin));
        let several = several.chain(self.kept.iter().map(|line| line.origin));
        let several = several.chain(self.timers.iter().map(|line| line.origin));
        single.into_iter().flatten().chain(several)
    }

    /// What it asks for at the interface where `line` uses it.
    pub(super) fn translation(
        &self,
        number: u32,
        line: LineId,
        problems: &mut Problems,
    ) -> Option<Translation> {
        let method = match self.kind?.value {
            Kind::None => return None,
            Kind::Addresses => Method::Addresses,
            Kind::Ports => Method::Ports,
        };
        let inner = self.inner.as_ref().map(|inner| {
            vec![Inside { translated: true, source: inner.value.clone(), destination: Vec::new() }]
        });
        let forwards = self
            .forwards
            .values()
            .flat_map(|line| line.value.iter().map(|forward| Sourced::new(*forward, line.origin)));
        let incoming = self.incoming.map(|line| line.value);
        Some(Translation {
            method,
            inside: inner,
            outside: self.outside(number, method, line, problems),
            pairs: self.pairs.values().copied().collect(),
            forwards: forwards.collect(),
            unmatched: incoming.unwrap_or(match method {
                Method::Addresses => Unmatched::Discard,
                Method::Ports => Unmatched::Reject,
            }),
            hairpin: self.hairpin,
            ports: self.ports.as_ref().map(|ports| ports.value.clone()).unwrap_or_default(),
            kept: self.kept.iter().flat_map(|line| line.value.clone()).collect(),
            timeouts: self.timeouts(),
            limits: Limits {
                total: self.total.map(|line| line.value),
                per_host: self.per_host.map(|line| line.value),
            },
        })
    }

    /// The outside addresses of a descriptor on a LAN. Where no line gives one it is `ipcp`, and no
    /// PPP is there to negotiate it.
    fn outside(&self, number: u32, method: Method, line: LineId, problems: &mut Problems) -> Outside {
        match (&self.outer, method) {
            (Some(outer), _) => outer.value.clone(),
            (None, Method::Addresses) => Outside::Nothing,
            (None, Method::Ports) => {
                let message = format!(
                    "nat descriptor {number} has no outer address, with which an RTX passes no traffic on a \
                     LAN; the interface's is taken: write nat descriptor address outer {number} primary"
                );
                problems.warn(line, message);
                Outside::Interface
            }
        }
    }

    /// What the timers come to: the general one stands for all that no other names.
    fn timeouts(&self) -> Timeouts {
        let mut timeouts = Timeouts::default();
        for timer in &self.timers {
            match timer.value.clone() {
                Timer::All(_) => {}
                Timer::TcpFin(seconds) => timeouts.tcp_closing = Some(seconds),
                Timer::Protocol(protocol, Some(ports), seconds) => {
                    timeouts.ports.push(PortTimeout { protocol, ports, seconds });
                }
                Timer::Protocol(TCP, None, seconds) => timeouts.tcp = Some(seconds),
                Timer::Protocol(UDP, None, seconds) => timeouts.udp = Some(seconds),
                Timer::Protocol(ICMP, None, seconds) => timeouts.icmp = Some(timer.clone().map(|_| seconds)),
                Timer::Protocol(GRE, None, seconds) => timeouts.gre = Some(timer.clone().map(|_| seconds)),
                Timer::Protocol(_, None, seconds) => timeouts.other = Some(timer.clone().map(|_| seconds)),
            }
        }
        let general = self.timers.iter().find_map(|timer| match timer.value {
            Timer::All(seconds) => Some(Sourced::new(seconds, timer.origin)),
            Timer::TcpFin(_) | Timer::Protocol(..) => None,
        });
        if let Some(general) = general {
            for time in [&mut timeouts.tcp, &mut timeouts.udp] {
                *time = time.or(Some(general.value));
            }
            for time in [&mut timeouts.icmp, &mut timeouts.gre, &mut timeouts.other] {
                *time = time.or(Some(general));
            }
        }
        timeouts.sort();
        timeouts
    }
}
