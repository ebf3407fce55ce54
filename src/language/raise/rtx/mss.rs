//! `ip lanN tcp mss limit`, `ipv6 lanN tcp mss limit`.

use super::Page;
use crate::model::mss::{Limit, MaximumSegment};
use crate::types::InterfaceName;

pub(super) fn raise(page: &mut Page<'_>, name: InterfaceName, mss: MaximumSegment) {
    let MaximumSegment { ipv4, ipv6 } = mss;
    let interface = page.interface(name);
    for (family, limit) in [("ip", ipv4), ("ipv6", ipv6)] {
        let Some(limit) = limit else { continue };
        match limit.value {
            Limit::Auto => page.line(limit.origin, format_args!("{family} {interface} tcp mss limit auto")),
            Limit::Octets(octets) => {
                page.line(limit.origin, format_args!("{family} {interface} tcp mss limit {octets}"))
            }
        };
    }
}
