//! `schedule at … ntpdate HOST`, `ntp local address`.

use super::Page;
use crate::model::time::{Server, Source, Time};

pub(super) fn raise(page: &mut Page<'_>, time: &Time) {
    let Time { servers, interval, source, is_master } = time;
    for (index, server) in servers.iter().enumerate() {
        let name = match &server.value {
            Server::Address(address) => address.to_string(),
            Server::Name(name) => page.word(name),
            Server::Dhcp6 => {
                page.lose(server.origin, "an RTX does not ask the time servers that DHCPv6 tells of");
                continue;
            }
        };
        // Once a day: each a minute after the one before.
        let (number, hour, minute) = (index + 1, index / 60 % 24, index % 60);
        page.line(
            server.origin,
            format_args!("schedule at {number} */* {hour:02}:{minute:02}:00 * ntpdate {name}"),
        );
    }
    if let Some(interval) = interval {
        page.lose(interval.origin, "an RTX asks for the time when its schedule says so");
    }
    match source.as_ref().map(|source| (source.origin, &source.value)) {
        None => {}
        Some((origin, Source::Address(address))) => {
            page.line(origin, format_args!("ntp local address {address}"));
        }
        Some((origin, Source::Interface(_))) => {
            page.lose(origin, "an RTX names the address: ntp local address")
        }
    }
    if let Some(is_master) = is_master {
        page.lose(is_master.origin, "an RTX tells the time only if it knows it");
    }
}
