//! Segments of TCP connections through an interface, kept as short as it needs: both sides
//! announce theirs with the first packet, so packets of both directions are changed.

use super::Draft;
use crate::apply::firewall::{Change, Family, Firewall, Hook, Match, Rule, Segment, TcpFlags, Verdict};
use crate::model::mss::Limit;

const TCP: u8 = 6;
/// SYN without RST: the packets that announce a segment.
const ANNOUNCES: TcpFlags = TcpFlags { mask: 0x06, value: 0x02, differ: false };

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    for (&name, interface) in &draft.model.interfaces {
        for (family, limit) in [(Family::Ipv4, interface.mss.ipv4), (Family::Ipv6, interface.mss.ipv6)] {
            let Some(limit) = limit else { continue };
            let link = match draft.tie(name) {
                Ok(tie) => tie.link.clone(),
                Err(reason) => {
                    draft.hold(limit.origin, reason);
                    continue;
                }
            };
            let segment = match limit.value {
                Limit::Auto => Segment::ByRoute,
                Limit::Octets(octets) => Segment::Octets(octets),
            };
            for by in [Match::InLink(link.clone()), Match::OutLink(link)] {
                let matches =
                    vec![by, Match::Family(family), Match::Protocol(vec![TCP]), Match::TcpFlags(ANNOUNCES)];
                let changes = vec![Change::MaximumSegment(segment)];
                let rule = Rule { changes, ..Rule::new(matches, Verdict::Continue, limit.origin) };
                firewall.hook_in(Hook::Adjust, rule);
            }
        }
    }
}
