//! `ip napt`, `ip nat`.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::Page;
use crate::model::nat::{
    Forward, Inside, Method, Nat, Outside, Pair, Target, Timeouts, Traffic, Translation, Unmatched,
};
use crate::types::{InterfaceName, LineId, Sourced};

/// The access lists and pools of an interface, which stand before it.
pub(super) fn raise_lists(page: &mut Page<'_>, name: InterfaceName, nat: &Nat) {
    for (index, translation) in nat.translations.iter().enumerate() {
        let (origin, name) = (translation.origin, list_name(page, name, index));
        if let (Method::Addresses, Outside::Pool(pool)) = (translation.method, &translation.outside) {
            for (first, last) in pool.iter().take(1) {
                page.line(origin, format_args!("ip nat pool {name} {first} {last}"));
            }
        }
        for rule in list(translation) {
            let Inside { translated, source, destination } = &rule;
            let action = if *translated { "permit" } else { "deny" };
            for source in networks(source) {
                for destination in networks(destination) {
                    page.line(
                        origin,
                        format_args!("ip access-list {name} {action} ip src {source} dest {destination}"),
                    );
                }
            }
        }
    }
}

/// The lines at the interface itself.
pub(super) fn raise(page: &mut Page<'_>, name: InterfaceName, nat: &Nat) {
    let (mut by_port, mut by_address) = (None, None);
    for (index, translation) in nat.translations.iter().enumerate() {
        match translation.method {
            Method::Ports => {
                if let Some(first) = by_port.replace(translation.origin) {
                    by_port = Some(first);
                    page.lose(translation.origin, "an IX translates by port once at an interface");
                    continue;
                }
                let list = translation.inside.is_some().then(|| list_name(page, name, index));
                raise_napt(page, name, translation, list);
            }
            Method::Addresses => {
                if by_address.replace(translation.origin).is_none() {
                    page.line(translation.origin, "ip nat enable");
                }
                let list = list_name(page, name, index);
                raise_nat(page, translation, &list);
            }
        }
    }
}

/// The rules about what is translated; a pool needs some even for all.
fn list(translation: &Translation) -> Vec<Inside> {
    let is_pool = translation.method == Method::Addresses && matches!(translation.outside, Outside::Pool(_));
    match &translation.inside {
        Some(rules) => rules.clone(),
        None if is_pool => vec![Inside { translated: true, source: vec![], destination: vec![] }],
        None => vec![],
    }
}

fn list_name(page: &Page<'_>, name: InterfaceName, index: usize) -> String {
    let base = page.counterpart(name).kernel_name();
    if index == 0 { format!("{base}-nat") } else { format!("{base}-nat-{}", index + 1) }
}

fn networks(networks: &[Ipv4Net]) -> Vec<String> {
    match networks {
        [] => vec!["any".to_owned()],
        networks => networks.iter().map(Ipv4Net::to_string).collect(),
    }
}

fn raise_nat(page: &mut Page<'_>, translation: &Sourced<Translation>, list: &str) {
    let Translation { outside, pairs, .. } = &translation.value;
    for pair in pairs {
        for (inside, outside) in blocks(pair.value) {
            page.line(pair.origin, format_args!("ip nat static {inside} {outside}"));
        }
    }
    match outside {
        Outside::Nothing => {}
        Outside::Pool(pool) => {
            page.line(translation.origin, format_args!("ip nat inside list {list} pool {list}"));
            if pool.len() > 1 {
                page.lose(translation.origin, "an IX has one range of addresses in a pool");
            }
        }
        Outside::Interface | Outside::Secondary => {
            page.lose(translation.origin, "an IX translates addresses one by one to those of a pool");
        }
    }
    if !translation.forwards.is_empty() || translation.hairpin {
        page.lose(translation.origin, "an IX forwards ports with ip napt only");
    }
}

/// The networks of a pair: single addresses without a length.
fn blocks(pair: Pair) -> Vec<(String, String)> {
    let (mut inside, mut outside, mut left) = (u32::from(pair.inside), u32::from(pair.outside), pair.count);
    let mut blocks = Vec::new();
    while left > 0 {
        let fits = |length: &u32| {
            let size = 1_u32.checked_shl(*length).unwrap_or(0);
            size != 0 && size <= left && inside % size == 0 && outside % size == 0
        };
        let bits = (0..32).rev().find(fits).unwrap_or(0);
        let text = |address: u32| match bits {
            0 => Ipv4Addr::from(address).to_string(),
            bits => format!("{}/{}", Ipv4Addr::from(address), 32 - bits),
        };
        blocks.push((text(inside), text(outside)));
        let size = 1 << bits;
        (inside, outside, left) = (inside.saturating_add(size), outside.saturating_add(size), left - size);
    }
    blocks
}

fn raise_napt(
    page: &mut Page<'_>,
    name: InterfaceName,
    translation: &Sourced<Translation>,
    list: Option<String>,
) {
    let origin = translation.origin;
    let Translation { outside, pairs, forwards, unmatched, hairpin, ports, kept, timeouts, limits, .. } =
        &translation.value;
    page.line(origin, "ip napt enable");
    match outside {
        Outside::Interface => {}
        Outside::Pool(pool) => {
            for (first, _) in pool.iter().take(1) {
                page.line(origin, format_args!("ip napt address {first}"));
            }
        }
        Outside::Secondary | Outside::Nothing => {
            page.lose(
                origin,
                "an IX translates to the first address of the interface, or to one that is named",
            );
        }
    }
    if let Some(list) = list {
        page.line(origin, format_args!("ip napt inside list {list}"));
    }
    if *hairpin {
        page.line(origin, "ip napt hairpinning");
    }
    if !pairs.is_empty() {
        page.lose(origin, "an IX has pairs of addresses with ip nat only");
    }
    let mut services = 0;
    for forward in forwards {
        raise_forward(page, name, *forward, &mut services);
    }
    match unmatched {
        Unmatched::Discard => {}
        Unmatched::Reject => page.lose(origin, "an IX drops what nothing is for without an answer"),
        Unmatched::Through | Unmatched::Forward(_) => {
            page.lose(origin, "an IX drops what nothing is for");
        }
    }
    match ports.as_slice() {
        [] => {}
        [range, rest @ ..] => {
            page.line(
                origin,
                format_args!("ip napt translation port-range {} {}", range.start(), range.end()),
            );
            if !rest.is_empty() {
                page.lose(origin, "an IX has one range of ports for translation");
            }
        }
    }
    if !kept.is_empty() {
        page.lose(origin, "an IX keeps no ports as they are");
    }
    raise_timeouts(page, origin, timeouts);
    if let Some(total) = limits.total {
        page.line(origin, format_args!("ip napt translation max-entries {total}"));
    }
    if let Some(count) = limits.per_host {
        page.line(origin, format_args!("ip napt translation max-entries per-address {count}"));
    }
}

/// `ip napt static` says that the port stays, `ip napt service` another one.
fn raise_forward(page: &mut Page<'_>, name: InterfaceName, forward: Sourced<Forward>, services: &mut usize) {
    let Forward { outside, traffic, target } = forward.value;
    let origin = forward.origin;
    if let Some(outside) = outside {
        page.lose(origin, format!("an IX forwards from the address of the interface, not from {outside}"));
    }
    let host = match target {
        Target::Host(host) => host.to_string(),
        Target::Router => page.interface(name),
    };
    let range =
        |first: u16, last: u16| if first == last { first.to_string() } else { format!("{first}-{last}") };
    match traffic {
        Traffic::Protocol(protocol) => {
            page.line(origin, format_args!("ip napt static {host} {protocol}"));
        }
        Traffic::Ports { protocol, first, last, inside } => {
            let word = if protocol == 6 { "tcp" } else { "udp" };
            let outside = range(first, last);
            if inside == first {
                page.line(origin, format_args!("ip napt static {host} {word} {outside}"));
                return;
            }
            *services += 1;
            let inside = range(inside, inside.saturating_add(last - first));
            page.line(
                origin,
                format_args!("ip napt service napt{services} {host} {inside} {word} {outside}"),
            );
        }
    }
}

fn raise_timeouts(page: &mut Page<'_>, origin: LineId, timeouts: &Timeouts) {
    let Timeouts { tcp, tcp_opening, tcp_closing, tcp_closed, udp, ports, icmp, gre, other } = timeouts;
    let value = |sourced: &Option<Sourced<u32>>| sourced.map(|sourced| sourced.value);
    for (name, seconds) in [
        ("tcp", *tcp),
        ("udp", *udp),
        ("syn", *tcp_opening),
        ("icmp", value(icmp)),
        ("gre", value(gre)),
        ("other", value(other)),
    ] {
        if let Some(seconds) = seconds {
            page.line(origin, format_args!("ip napt translation {name}-timeout {seconds}"));
        }
    }
    match (tcp_closing, tcp_closed) {
        (Some(closing), Some(closed)) => {
            page.line(origin, format_args!("ip napt translation finrst-timeout {closing} {closed}"));
        }
        (Some(closing), None) => {
            page.line(origin, format_args!("ip napt translation finrst-timeout {closing}"));
        }
        (None, _) => {}
    }
    for timeout in ports {
        if (timeout.protocol, &timeout.ports) == (17, &(53..=53)) {
            page.line(origin, format_args!("ip napt translation dns-timeout {}", timeout.seconds));
        } else {
            page.lose(origin, "an IX has times for TCP, UDP and DNS, not for other ports");
        }
    }
}
