//! `ip lanN address`, `ipv6 lanN address`.

use super::Page;
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::InterfaceName;

pub(super) fn raise(page: &mut Page<'_>, name: InterfaceName, addr: &Addressing) {
    let Addressing { ipv4, ipv4_secondary, proxy_arp, ipv6, neighbours } = addr;
    let lan = page.interface(name);
    if let Some(source) = ipv4 {
        match source.value {
            Ipv4Source::Static(network) => {
                page.line(source.origin, format_args!("ip {lan} address {network}"));
            }
            Ipv4Source::Unnumbered(of) => {
                let reason = format!("an interface of an RTX cannot borrow the address of {of}");
                page.lose(source.origin, reason);
            }
            Ipv4Source::Dhcp { .. } => drop(page.line(source.origin, format_args!("ip {lan} address dhcp"))),
        }
        if let Ipv4Source::Dhcp { default_route: false } = source.value {
            page.line(source.origin, format_args!("ip {lan} dhcp auto default-route-add off"));
        }
    }
    for network in ipv4_secondary {
        page.line(network.origin, format_args!("ip {lan} secondary address {}", network.value));
    }
    if let Some(answers) = proxy_arp {
        page.line(answers.origin, format_args!("ip {lan} proxyarp on"));
    }
    for (address, mac) in neighbours {
        page.line(mac.origin, format_args!("ip {lan} arp static {address} {}", mac.value));
    }
    for network in ipv6 {
        page.line(network.origin, format_args!("ipv6 {lan} address {}", network.value));
    }
}
