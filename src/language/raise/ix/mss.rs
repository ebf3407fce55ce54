//! `ip tcp adjust-mss`, `ipv6 tcp adjust-mss`.

use super::Page;
use crate::model::mss::{Limit, MaximumSegment};

pub(super) fn raise(page: &mut Page<'_>, mss: MaximumSegment) {
    let MaximumSegment { ipv4, ipv6 } = mss;
    for (family, limit) in [("ip", ipv4), ("ipv6", ipv6)] {
        let Some(limit) = limit else { continue };
        match limit.value {
            Limit::Auto => page.line(limit.origin, format_args!("{family} tcp adjust-mss auto")),
            Limit::Octets(octets) => {
                page.line(limit.origin, format_args!("{family} tcp adjust-mss {octets}"))
            }
        };
    }
}
