//! `dhcp service`, `dhcp scope …`, `dns notice order dhcp`.

use std::fmt::{Display, Write};
use std::net::Ipv4Addr;

use super::Page;
use crate::model::Model;
use crate::model::dhcp::{Client, Lease, OptionValue, Pool, Reservation, Server, Told};
use crate::types::{LineId, Sourced};

pub(super) fn raise(page: &mut Page<'_>, model: &Model) {
    let Server { enabled, pools } = &model.dhcp;
    if let Some(enabled) = enabled {
        page.line(enabled.origin, "dhcp service server");
    }
    for (index, pool) in pools.iter().enumerate() {
        raise_pool(page, index + 1, pool, model);
    }
    // A scope that names no DNS servers tells the router's own, unless nothing is told at all.
    if let Some(silent) = pools.iter().find(|pool| pool.told.name_servers.is_empty()) {
        page.line(silent.origin, "dns notice order dhcp none");
    }
}

/// Both leases where no line says otherwise.
const THREE_DAYS: Lease = Lease::Seconds(72 * 3600);

fn raise_pool(page: &mut Page<'_>, number: usize, pool: &Sourced<Pool>, model: &Model) {
    let line = pool.origin;
    let Pool { interface, network, ranges, lease, longest_lease, known_only, reservations, told } =
        &pool.value;
    let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
        return page.lose(line, "an RTX has no scope without addresses");
    };
    let mut scope = format!("dhcp scope {number} {}-{}/{}", first.start(), last.end(), network.prefix_len());
    for (index, gap) in ranges.windows(2).enumerate() {
        let (first, last) = (gap[0].end().to_bits() + 1, gap[1].start().to_bits() - 1);
        let except = if index == 0 { " except" } else { "" };
        let _ = match first == last {
            true => write!(scope, "{except} {}", Ipv4Addr::from(first)),
            false => write!(scope, "{except} {}-{}", Ipv4Addr::from(first), Ipv4Addr::from(last)),
        };
    }
    if let [gateway] = told.routers.as_slice() {
        let _ = write!(scope, " gateway {gateway}");
    }
    for (word, lease) in [("expire", *lease), ("maxexpire", *longest_lease)] {
        if lease != THREE_DAYS {
            let _ = write!(scope, " {word} {}", lease_text(page, line, lease));
        }
    }
    if !page.line(line, scope) {
        return;
    }
    if *known_only {
        page.line(line, format_args!("dhcp scope lease type {number} bind-only"));
    }
    for reservation in reservations {
        raise_reservation(page, number, reservation);
    }
    if told.routers.is_empty() && interface.is_some() {
        page.lose(line, "an RTX always tells hosts a router");
    }
    raise_told(page, line, number, told, model);
}

/// An RTX counts minutes.
fn lease_text(page: &mut Page<'_>, line: LineId, lease: Lease) -> String {
    match lease {
        Lease::Infinite => "infinity".to_owned(),
        Lease::Seconds(seconds) => {
            if !seconds.is_multiple_of(60) {
                page.lose(line, "an RTX counts leases in minutes");
            }
            let minutes = (seconds / 60).max(1);
            format!("{}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

fn raise_told(page: &mut Page<'_>, line: LineId, number: usize, told: &Told, model: &Model) {
    let Told { routers, name_servers, domain, time_servers, wins_servers, options } = told;
    let mut words = Vec::new();
    let lists = [("dns", name_servers), ("42", time_servers), ("wins_server", wins_servers)];
    words.extend(
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| list_text(name, list)),
    );
    if routers.len() > 1 {
        words.push(list_text("router", routers));
    }
    let own = model.dns.domain.as_ref().map(|domain| &domain.value);
    match domain {
        Some(domain) if Some(domain) != own => words.push(format!("domain={}", page.word(domain))),
        None if own.is_some() => page.lose(line, "an RTX tells hosts its own domain"),
        Some(_) | None => {}
    }
    for (number, value) in options {
        words.push(match value {
            OptionValue::Addresses(addresses) => list_text(&number.to_string(), addresses),
            OptionValue::Number(value) => format!("{number}={value}"),
            OptionValue::Text(text) => format!("{number}={}", page.word(text)),
            OptionValue::Octets(octets) => {
                let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
                format!("{number}={}", octets.join(","))
            }
        });
    }
    for word in words {
        page.line(line, format_args!("dhcp scope option {number} {word}"));
    }
}

fn list_text(name: &str, items: &[impl Display]) -> String {
    format!("{name}={}", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn raise_reservation(page: &mut Page<'_>, number: usize, reservation: &Sourced<Reservation>) {
    let Sourced { value: Reservation { addresses, client }, origin } = reservation;
    let addresses = match addresses {
        None => "*".to_owned(),
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
    };
    let client = match client {
        Client::Mac(mac) => mac.to_string(),
        Client::Vendor([a, b, c]) => format!("{a:02x}:{b:02x}:{c:02x}:*"),
        Client::DialIn => "ipcp".to_owned(),
        Client::Identifier(octets) => match octets.as_slice() {
            [1, a, b, c, d, e, f] => format!("ethernet {a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}"),
            octets => octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(" "),
        },
    };
    page.line(*origin, format_args!("dhcp scope bind {number} {addresses} {client}"));
}
