//! `ip lanN address`, `ipv6 lanN address`.

use super::Page;
use crate::model::addr::{Addressing, Ipv4Source};
use crate::types::InterfaceName;

pub(super) fn raise(page: &mut Page<'_>, name: InterfaceName, addr: &Addressing) {
    let Addressing { ipv4, ipv4_secondary, proxy_arp, ipv6 } = addr;
    let lan = page.interface(name);
    if let Some(source) = ipv4 {
        let word = match source.value {
            Ipv4Source::Static(network) => network.to_string(),
            Ipv4Source::Dhcp { .. } => "dhcp".to_owned(),
        };
        page.line(source.origin, format_args!("ip {lan} address {word}"));
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
    for network in ipv6 {
        page.line(network.origin, format_args!("ipv6 {lan} address {}", network.value));
    }
}
