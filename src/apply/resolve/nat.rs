//! Address translation, and the shield that comes with it.
//!
//! What leaves by the interface gets the outer address. What arrives there and belongs to no
//! session is dropped, whether it is meant for the host itself or for a network behind it; DHCP
//! clients listen below all this, on packet sockets. IPv6 is not translated, so there the shield
//! passes what IPv6 itself cannot live without (RFC 4890, sections 4.3.1 and 4.4.1). Where the
//! configuration filters the IPv6 packets that come in, that filter stands in place of the shield.

use super::Draft;
use crate::apply::firewall::{Chain, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::model::nat::{Napt, Outer};
use crate::types::{InterfaceName, KernelName, LineId};

/// Errors (1 to 4, among them "packet too big"), multicast listener queries, and neighbour
/// discovery: router advertisement, neighbour solicitation and advertisement.
const NEEDED_ICMPV6: [u16; 8] = [1, 2, 3, 4, 130, 134, 135, 136];

/// The protocol number of ICMPv6.
const ICMPV6: u8 = 58;

pub(super) fn resolve(draft: &mut Draft<'_>, firewall: &mut Firewall) {
    for (&name, interface) in &draft.model.interfaces {
        let Some(napt) = &interface.nat.napt else { continue };
        match draft.tie(name).cloned() {
            Ok(tie) => {
                let filters_ipv6 = interface.ipv6_filter.inbound.is_some();
                shield(name, &tie.link, filters_ipv6, napt.origin, firewall);
                translate(&tie.link, &napt.value, napt.origin, firewall);
            }
            Err(reason) => draft.hold(napt.origin, reason),
        }
    }
}

fn shield(
    name: InterfaceName,
    link: &KernelName,
    filters_ipv6: bool,
    origin: LineId,
    firewall: &mut Firewall,
) {
    let chain = format!("{}-shield", name.kernel_name());
    let mut passes = vec![vec![Match::Established], vec![Match::DestinationTranslated]];
    let mut guarded = vec![Match::InLink(link.clone())];
    if filters_ipv6 {
        guarded.push(Match::Family(Family::Ipv4));
    } else {
        let needed = NEEDED_ICMPV6.iter().map(|&number| number..=number).collect();
        let protocol = Match::Protocol(vec![ICMPV6]);
        passes.push(vec![Match::Family(Family::Ipv6), protocol, Match::IcmpType(Family::Ipv6, needed)]);
    }
    let passes = passes.into_iter().map(|matches| Rule::new(matches, Verdict::Return, origin));
    firewall.add_chain(&chain, passes.collect(), origin);
    for hook in [Hook::Input, Hook::Forward] {
        let jump = Rule::new(guarded.clone(), Verdict::Jump(chain.clone()), origin);
        firewall.hook_in(hook, jump);
    }
}

fn translate(link: &KernelName, napt: &Napt, origin: LineId, firewall: &mut Firewall) {
    let verdict = match napt.outer {
        Outer::Interface => Verdict::Masquerade(None),
        Outer::Address(address) => Verdict::SourceNat(address.into(), None),
    };
    let matches = vec![Match::OutLink(link.clone()), Match::Family(Family::Ipv4)];
    firewall.hook_in(Hook::SourceNat, Rule::new(matches, verdict, origin));
}

impl Firewall {
    /// Adds a chain that is reached by a jump and drops the rest, which is counted as well.
    pub(super) fn add_chain(&mut self, name: &str, mut rules: Vec<Rule>, origin: LineId) {
        let rest = Some(format!("{name}-rest"));
        rules.push(Rule { counter: rest, ..Rule::new(vec![], Verdict::Drop, origin) });
        self.counters.extend(rules.iter().filter_map(|rule| rule.counter.clone()));
        self.chains.insert(name.to_owned(), Chain { hook: None, rules });
    }

    /// Adds a rule to the chain of a hook, which is made when it is first needed.
    pub(super) fn hook_in(&mut self, hook: Hook, rule: Rule) {
        let chain = self
            .chains
            .entry(hook.chain().to_owned())
            .or_insert_with(|| Chain { hook: Some(hook), rules: vec![] });
        chain.rules.push(rule);
    }
}
