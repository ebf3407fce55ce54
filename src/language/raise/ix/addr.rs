//! `ip address`, `ipv6 address`.

use super::Page;
use crate::model::addr::{Addressing, Ipv4Source};

pub(super) fn raise(page: &mut Page<'_>, addr: &Addressing) {
    let Addressing { ipv4, ipv4_secondary, proxy_arp, ipv6 } = addr;
    if let Some(source) = ipv4 {
        let words = match source.value {
            Ipv4Source::Static(network) => network.to_string(),
            Ipv4Source::Dhcp { default_route: false } => "dhcp".to_owned(),
            Ipv4Source::Dhcp { default_route: true } => "dhcp receive-default".to_owned(),
        };
        page.line(source.origin, format_args!("ip address {words}"));
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
        page.line(network.origin, format_args!("ipv6 address {}", network.value));
    }
}
