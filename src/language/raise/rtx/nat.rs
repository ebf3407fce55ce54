//! `nat descriptor`, `ip lanN nat descriptor`.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::Ipv4Net;

use super::{Numbers, Page};
use crate::model::Model;
use crate::model::nat::{
    Forward, Inside, Kept, Method, Nat, Outside, Target, Timeouts, Traffic, Translation, Unmatched,
};
use crate::types::{InterfaceName, LineId, Sourced};

/// The ports of rlogin, rcp and ssh.
const RLOGIN: [u16; 3] = [513, 514, 22];

/// An address of the router by which forwards mean the router itself: one of the inside, if it has any.
pub(super) fn home(model: &Model) -> Option<Ipv4Addr> {
    let interfaces = || model.interfaces.values();
    let inside = interfaces().filter(|interface| interface.nat.translations.is_empty());
    let networks = inside.chain(interfaces()).flat_map(|interface| interface.addr.static_networks());
    networks.into_iter().find_map(|network| match network.addr() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    })
}

pub(super) fn raise(
    page: &mut Page<'_>,
    numbers: &mut Numbers,
    name: InterfaceName,
    nat: &Nat,
    home: Option<Ipv4Addr>,
) {
    let mut used = Vec::new();
    for translation in &nat.translations {
        let text = format!("{translation:?}");
        let mut descriptor = |number| {
            Descriptor { page: &mut *page, number, origin: translation.origin, home }.define(translation)
        };
        used.extend(numbers.of(&text, &mut descriptor));
    }
    if let Some(first) = nat.translations.first().filter(|_| !used.is_empty()) {
        let used: Vec<String> = used.iter().map(usize::to_string).collect();
        page.line(
            first.origin,
            format_args!("ip {} nat descriptor {}", page.interface(name), used.join(" ")),
        );
    }
}

/// A descriptor in the making.
struct Descriptor<'a, 'b> {
    page: &'a mut Page<'b>,
    number: usize,
    origin: LineId,
    home: Option<Ipv4Addr>,
}

impl Descriptor<'_, '_> {
    /// Writes all its lines; without its type it is none.
    fn define(&mut self, translation: &Translation) -> bool {
        let Translation {
            method,
            inside,
            outside,
            pairs,
            forwards,
            unmatched,
            hairpin,
            ports,
            kept,
            timeouts,
            limits,
        } = translation;
        let method_word = match method {
            Method::Addresses => "nat",
            Method::Ports => "masquerade",
        };
        let hairpin = if *hairpin { " hairpin=on" } else { "" };
        if !self.line(self.origin, "type", format_args!("{method_word}{hairpin}")) {
            return false;
        }
        self.outside(outside);
        self.inside(inside.as_deref());
        self.timeouts(timeouts);
        for (index, pair) in pairs.iter().enumerate() {
            let count = if pair.count == 1 { String::new() } else { format!(" {}", pair.count) };
            let text = format_args!("{} {}={}{count}", index + 1, pair.outside, pair.inside);
            self.line(pair.origin, "static", text);
        }
        for (index, forward) in forwards.iter().enumerate() {
            self.forward(index + 1, forward);
        }
        match (method, unmatched) {
            (Method::Addresses, _) | (Method::Ports, Unmatched::Reject) => {}
            (Method::Ports, Unmatched::Discard) => self.masquerade("incoming", "discard"),
            (Method::Ports, Unmatched::Through) => self.masquerade("incoming", "through"),
            (Method::Ports, Unmatched::Forward(host)) => {
                self.masquerade("incoming", format_args!("forward {host}"));
            }
        }
        if !ports.is_empty() {
            let ports: Vec<String> =
                ports.iter().map(|range| format!("{}-{}", range.start(), range.end())).collect();
            self.masquerade("port range", ports.join(" "));
        }
        self.kept(kept);
        if let Some(count) = limits.per_host {
            self.masquerade("session limit", format_args!("1 {count}"));
        }
        if let Some(count) = limits.total {
            self.masquerade("session limit total", count);
        }
        true
    }

    /// `nat descriptor WORDS NUMBER REST`
    fn line(&mut self, origin: LineId, words: &str, rest: impl Display) -> bool {
        let number = self.number;
        self.page.line(origin, format_args!("nat descriptor {words} {number} {rest}"))
    }

    fn masquerade(&mut self, words: &str, rest: impl Display) {
        self.line(self.origin, &format!("masquerade {words}"), rest);
    }

    fn outside(&mut self, outside: &Outside) {
        let text = match outside {
            // What an RTX takes by itself, `ipcp`, is of no use on a LAN.
            Outside::Interface => "primary".to_owned(),
            Outside::Secondary => "secondary".to_owned(),
            Outside::Pool(pool) => {
                let ranges = pool.iter().map(|(first, last)| range(*first, *last));
                ranges.collect::<Vec<_>>().join(",")
            }
            Outside::Nothing => return,
        };
        self.line(self.origin, "address outer", text);
    }

    fn inside(&mut self, inside: Option<&[Inside]>) {
        let Some(rules) = inside else { return };
        if rules.iter().any(|rule| !rule.translated || !rule.destination.is_empty()) {
            self.page.lose(self.origin, "an RTX chooses what it translates by inside addresses only");
            return;
        }
        let sources: Vec<String> = rules.iter().flat_map(|rule| &rule.source).map(network).collect();
        if sources.is_empty() {
            self.page.lose(self.origin, "an RTX always translates some inside addresses");
            return;
        }
        self.line(self.origin, "address inner", sources.join(","));
    }

    fn forward(&mut self, number: usize, forward: &Sourced<Forward>) {
        let Forward { outside, traffic, target } = forward.value;
        let inside = match target {
            Target::Host(host) => Some(host),
            Target::Router => self.home,
        };
        let Some(inside) = inside else {
            self.page.lose(forward.origin, "the router has no address that lines give it, to forward to");
            return;
        };
        let outside = outside.map(|outside| format!(" {outside}")).unwrap_or_default();
        let text = format!("{number} {inside}{outside} {}", traffic_words(traffic));
        self.line(forward.origin, "masquerade static", text);
    }

    fn kept(&mut self, kept: &[Kept]) {
        let to: BTreeSet<u16> = kept
            .iter()
            .filter_map(|kept| match kept {
                Kept::To(port) => Some(*port),
                Kept::All | Kept::From { .. } => None,
            })
            .collect();
        if to == RLOGIN.into() {
            self.masquerade("rlogin", "on");
        }
        for kept in kept {
            match kept {
                Kept::All => self.masquerade("unconvertible port", "if-possible"),
                Kept::From { protocol, ports } => {
                    let word = if *protocol == 6 { "tcp" } else { "udp" };
                    let ports = port_range(*ports.start(), *ports.end());
                    self.masquerade("unconvertible port", format_args!("{word} {ports}"));
                }
                Kept::To(_) => {}
            }
        }
    }

    /// The general time stands for all that no line names, so it comes only where it is the same.
    fn timeouts(&mut self, timeouts: &Timeouts) {
        let Timeouts { tcp, tcp_opening, tcp_closing, tcp_closed, udp, ports, icmp, gre, other } = timeouts;
        let value = |sourced: &Option<Sourced<u32>>| sourced.map(|sourced| sourced.value);
        let named = [("tcp", *tcp), ("udp", *udp), ("icmp", value(icmp)), ("gre", value(gre))];
        let general = value(other);
        if let Some(seconds) = general {
            self.line(self.origin, "timer", seconds);
            if named.iter().any(|(_, time)| time.is_none()) {
                self.page
                    .lose(self.origin, "an RTX has no time for the rest alone: it holds for all protocols");
            }
        }
        for (word, seconds) in named {
            if let Some(seconds) = seconds.filter(|_| seconds != general) {
                self.line(self.origin, "timer", format_args!("protocol={word} {seconds}"));
            }
        }
        for timeout in ports {
            let word = if timeout.protocol == 6 { "tcp" } else { "udp" };
            let ports = port_range(*timeout.ports.start(), *timeout.ports.end());
            self.line(self.origin, "timer", format_args!("protocol={word} port={ports} {}", timeout.seconds));
        }
        if let Some(seconds) = tcp_closing {
            self.line(self.origin, "timer", format_args!("tcpfin {seconds}"));
        }
        if tcp_opening.is_some() || tcp_closed.is_some() {
            self.page
                .lose(self.origin, "an RTX has no time of its own for connections that begin, or are over");
        }
    }
}

fn traffic_words(traffic: Traffic) -> String {
    match traffic {
        Traffic::Protocol(protocol) => match protocol {
            1 => "icmp".to_owned(),
            50 => "esp".to_owned(),
            51 => "ah".to_owned(),
            47 => "gre".to_owned(),
            number => number.to_string(),
        },
        Traffic::Ports { protocol, first, last, inside } => {
            let word = if protocol == 6 { "tcp" } else { "udp" };
            let outer = port_range(first, last);
            if inside == first {
                return format!("{word} {outer}");
            }
            format!(
                "{word} {outer}={}",
                port_range(inside, inside.saturating_add(last.saturating_sub(first)))
            )
        }
    }
}

fn port_range(first: u16, last: u16) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn range(first: Ipv4Addr, last: Ipv4Addr) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn network(network: &Ipv4Net) -> String {
    range(network.network(), network.broadcast())
}
