//! `ip dhcp …`.

use std::fmt::Display;
use std::net::Ipv4Addr;

use super::Page;
use crate::model::dhcp::{Client, Lease, OptionValue, Pool, Reservation, Server, Told};
use crate::types::{InterfaceName, LineId, Sourced};

/// The server and its profiles, each under the name of its interface.
pub(super) fn raise(page: &mut Page<'_>, server: &Server) {
    let Server { enabled, pools } = server;
    if let Some(enabled) = enabled {
        page.line(enabled.origin, "ip dhcp enable");
    }
    let mut bound: Vec<InterfaceName> = Vec::new();
    for pool in pools {
        match pool.interface {
            None => page.lose(pool.origin, "no interface has this network: an IX binds a profile to one"),
            Some(name) if bound.contains(&name) => {
                page.lose(pool.origin, format!("the hosts of {name} have a profile already"));
            }
            Some(name) => {
                bound.push(name);
                raise_pool(page, name, pool);
            }
        }
    }
    page.leave();
}

/// The line of an interface that binds its profile.
pub(super) fn raise_binding(page: &mut Page<'_>, name: InterfaceName, server: &Server) {
    if let Some(pool) = server.pools.iter().find(|pool| pool.interface == Some(name)) {
        let profile = profile(page, name);
        page.line(pool.origin, format_args!("ip dhcp binding {profile}"));
    }
}

fn profile(page: &Page<'_>, name: InterfaceName) -> String {
    page.interface(name).to_ascii_lowercase()
}

fn raise_pool(page: &mut Page<'_>, name: InterfaceName, pool: &Sourced<Pool>) {
    let line = pool.origin;
    let Pool { interface: _, network, ranges, lease, longest_lease, known_only, reservations, told } =
        &pool.value;
    let profile = profile(page, name);
    page.enter(line, format_args!("ip dhcp profile {profile}"));
    if let (Some(first), Some(last)) = (ranges.first(), ranges.last()) {
        page.line(line, format_args!("assignable-range {} {}", first.start(), last.end()));
    } else {
        page.lose(line, "an IX cannot have a profile without addresses");
    }
    for gap in ranges.windows(2) {
        let (first, last) = (gap[0].end().to_bits() + 1, gap[1].start().to_bits() - 1);
        page.line(line, format_args!("exclude-range {} {}", Ipv4Addr::from(first), Ipv4Addr::from(last)));
    }
    page.line(line, format_args!("subnet-mask {}", network.netmask()));
    raise_told(page, line, told);
    match lease {
        Lease::Seconds(seconds) => page.line(line, format_args!("lease-time {seconds}")),
        Lease::Infinite => page.line(line, "lease-time infinity"),
    };
    if longest_lease != lease {
        page.lose(line, "an IX has one time for all leases");
    }
    if *known_only {
        page.line(line, "deny-unknown-clients");
    }
    for reservation in reservations {
        raise_reservation(page, reservation);
    }
}

fn raise_told(page: &mut Page<'_>, line: LineId, told: &Told) {
    let Told { routers, name_servers, domain, time_servers, wins_servers, options } = told;
    if routers.is_empty() {
        page.lose(line, "an IX always tells hosts a router");
    }
    for (word, servers) in [
        ("default-gateway", routers),
        ("dns-server", name_servers),
        ("wins-server", wins_servers),
        ("ntp-server", time_servers),
    ] {
        if !servers.is_empty() {
            page.line(line, format_args!("{word} {}", joined(servers, " ")));
        }
    }
    if let Some(domain) = domain {
        let domain = page.word(domain);
        page.line(line, format_args!("domain-name {domain}"));
    }
    for (number, value) in options {
        let value = match value {
            OptionValue::Addresses(addresses) => format!("ip {}", joined(addresses, " ")),
            OptionValue::Number(number) => format!("integer {number}"),
            OptionValue::Text(text) => format!("ascii {text}"),
            OptionValue::Octets(octets) => {
                format!("hex {}", octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>())
            }
        };
        page.line(line, format_args!("option {number} {value}"));
    }
}

fn joined(items: &[impl Display], sign: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(sign)
}

fn raise_reservation(page: &mut Page<'_>, reservation: &Sourced<Reservation>) {
    let Sourced { value: Reservation { addresses, client }, origin } = reservation;
    let address = match addresses {
        Some((first, last)) if first == last => first,
        _ => return page.lose(*origin, "an IX keeps one address for one host"),
    };
    let mac = match client {
        Client::Mac(mac) => mac.to_string(),
        Client::Identifier(octets) => match octets.as_slice() {
            [1, a, b, c, d, e, f] => {
                page.lose(*origin, "an IX knows hosts by their MAC address, not by what they send");
                format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
            }
            _ => return page.lose(*origin, "an IX knows hosts by their MAC address only"),
        },
        Client::Vendor(_) | Client::DialIn => {
            return page.lose(*origin, "an IX keeps addresses for single hosts only");
        }
    };
    page.line(*origin, format_args!("fixed-assignment {address} {mac}"));
}
