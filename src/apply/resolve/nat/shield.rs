//! The shield: what arrives and has no session, pair or forward stays outside, whether it is meant
//! for the router itself or for a network behind it.
//!
//! DHCP clients listen below all this, on packet sockets. IPv6 is not translated, so there the
//! shield passes what IPv6 itself cannot live without (RFC 4890, sections 4.3.1 and 4.4.1). Where
//! the configuration filters the IPv6 packets that come in, that filter stands in place of it.
//! Translation of addresses one by one shields IPv6 only, as the appliances do: what no pair names
//! passes as it is.

use super::Translated;
use super::inward::traffic;
use crate::apply::firewall::{Family, Firewall, Hook, Match, Rule, Verdict};
use crate::model::nat::{Method, Target, Unmatched};
use crate::types::{InterfaceName, KernelName, LineId};

/// Errors (1 to 4, among them "packet too big"), multicast listener queries, and neighbour
/// discovery: router advertisement, neighbour solicitation and advertisement.
const NEEDED_ICMPV6: [u16; 8] = [1, 2, 3, 4, 130, 134, 135, 136];

/// Protocol numbers.
const TCP: u8 = 6;
const ICMPV6: u8 = 58;

/// The ports of TCP whose senders an RTX tells that nobody is there.
const LOW_PORTS: std::ops::RangeInclusive<u16> = 0..=1023;

pub(super) fn enter(
    name: InterfaceName,
    link: &KernelName,
    translations: &[Translated<'_>],
    filters_ipv6: bool,
    origin: LineId,
    firewall: &mut Firewall,
) {
    let mut guarded = vec![Match::InLink(link.clone())];
    let by_port = translations.iter().find(|translated| translated.of.method == Method::Ports);
    match (by_port.is_some(), filters_ipv6) {
        (true, false) => {}
        (true, true) => guarded.push(Match::Family(Family::Ipv4)),
        (false, false) => guarded.push(Match::Family(Family::Ipv6)),
        (false, true) => return,
    }
    let passes = |more: Vec<Rule>| {
        let mut rules = more;
        rules.extend([Match::Established, Match::DestinationTranslated].map(|it| pass(vec![it], origin)));
        if !filters_ipv6 {
            rules.push(pass(needed_icmpv6(), origin));
        }
        rules.extend(by_port.into_iter().flat_map(|translated| rest(translated)));
        rules
    };
    let services = own_services(translations);
    let (through, own) =
        (format!("{}-shield", name.kernel_name()), format!("{}-shield-own", name.kernel_name()));
    firewall.add_chain(&through, passes(vec![]), origin);
    let own = if services.is_empty() {
        through.clone()
    } else {
        firewall.add_chain(&own, passes(services), origin);
        own
    };
    for (hook, chain) in [(Hook::Input, own), (Hook::Forward, through)] {
        firewall.hook_in(hook, Rule::new(guarded.clone(), Verdict::Jump(chain), origin));
    }
}

fn pass(matches: Vec<Match>, origin: LineId) -> Rule {
    Rule::new(matches, Verdict::Return, origin)
}

fn needed_icmpv6() -> Vec<Match> {
    let needed = NEEDED_ICMPV6.iter().map(|&number| number..=number).collect();
    let protocol = Match::Protocol(vec![ICMPV6]);
    vec![Match::Family(Family::Ipv6), protocol, Match::IcmpType(Family::Ipv6, needed)]
}

/// What is let in to the router itself.
fn own_services(translations: &[Translated<'_>]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for translated in translations {
        for forward in translated.of.forwards.iter().filter(|forward| forward.target == Target::Router) {
            let mut matches = vec![Match::Family(Family::Ipv4)];
            let outside = forward.outside.or(translated.address()).map(|address| vec![address.to_string()]);
            matches.extend(outside.map(|outside| Match::Destination(Family::Ipv4, outside)));
            matches.extend(traffic(forward.traffic));
            rules.push(pass(matches, forward.origin));
        }
    }
    rules
}

/// What becomes of IPv4 packets that nothing is for, before all is dropped.
fn rest(translated: &Translated<'_>) -> Vec<Rule> {
    let ipv4 = || Match::Family(Family::Ipv4);
    let low = vec![ipv4(), Match::Protocol(vec![TCP]), Match::DestinationPort(vec![LOW_PORTS])];
    let told = Rule::new(low, Verdict::Reset, translated.origin);
    match translated.of.unmatched {
        Unmatched::Discard | Unmatched::Forward(_) => vec![],
        Unmatched::Reject => vec![told],
        Unmatched::Through => vec![told, pass(vec![ipv4()], translated.origin)],
    }
}
