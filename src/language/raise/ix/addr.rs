//! `ip address`, `ipv6 address`.

use super::Page;
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::InterfaceName;

pub(super) fn raise(page: &mut Page<'_>, addr: &Addressing) {
    // Neighbours are global lines, and said with them.
    let Addressing { ipv4, ipv4_secondary, proxy_arp, ipv6, neighbours: _ } = addr;
    if let Some(source) = ipv4 {
        let words = match source.value {
            Ipv4Source::Static(network) => format!("ip address {network}"),
            Ipv4Source::Unnumbered(of) => format!("ip unnumbered {}", page.interface(of)),
            Ipv4Source::Dhcp { default_route: false } => "ip address dhcp".to_owned(),
            Ipv4Source::Dhcp { default_route: true } => "ip address dhcp receive-default".to_owned(),
        };
        page.line(source.origin, words);
    }
    for network in ipv4_secondary {
        page.line(network.origin, format_args!("ip address {} secondary", network.value));
    }
    if let Some(answers) = proxy_arp {
        page.line(answers.origin, "ip proxy-arp");
    }
    for network in ipv6 {
        // An IX uses none of them without it.
        page.line(network.origin, "ipv6 enable");
        if network.addr().is_unicast_link_local() && network.prefix_len() == 64 {
            page.line(network.origin, format_args!("ipv6 address {} link-local", network.addr()));
        } else {
            page.line(network.origin, format_args!("ipv6 address {}", network.value));
        }
    }
}

/// `arp entry`.
pub(super) fn raise_neighbours(page: &mut Page<'_>, name: InterfaceName, addr: &Addressing) {
    let name = page.interface(name);
    for (address, mac) in &addr.neighbours {
        page.line(mac.origin, format_args!("arp entry {address} {} {name}", mac.value));
    }
}
