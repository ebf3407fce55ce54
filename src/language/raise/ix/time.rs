//! `ntp …`.

use super::Page;
use crate::model::time::{Server, Source, Time};

/// The priority of the first of several servers.
const PRIORITY: usize = 255;

pub(super) fn raise(page: &mut Page<'_>, time: &Time) {
    let Time { servers, interval, source, is_master } = time;
    for (index, server) in servers.iter().enumerate() {
        let name = match &server.value {
            Server::Address(address) => address.to_string(),
            Server::Name(name) => page.word(name),
            Server::Dhcp6 => "dhcpv6".to_owned(),
        };
        let priority = PRIORITY.saturating_sub(index);
        let priority = if servers.len() > 1 { format!(" priority {priority}") } else { String::new() };
        page.line(server.origin, format_args!("ntp server {name}{priority}"));
    }
    if let Some(interval) = interval {
        page.line(interval.origin, format_args!("ntp interval {}", interval.value));
    }
    match source.as_ref().map(|source| (source.origin, &source.value)) {
        None => {}
        Some((origin, Source::Interface(name))) => {
            let name = page.interface(*name);
            page.line(origin, format_args!("ntp source {name}"));
        }
        Some((origin, Source::Address(_))) => page.lose(origin, "an IX names the interface: ntp source"),
    }
    if let Some(is_master) = is_master {
        page.line(is_master.origin, "ntp master");
    }
}
