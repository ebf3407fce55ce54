//! The kernel's short way: established connections between links that filter nothing.
//!
//! Once both sides have been heard through all hooks, a flowtable carries the rest of a TCP or UDP
//! connection past them. Where a line filters, every packet counts and may be judged by what it
//! says itself, so a link with a list stays out, and with it all that passes through it. Policy
//! and translation are kept: they are decided once for a connection.

use std::collections::BTreeSet;

use super::Draft;
use crate::apply::firewall::{Chain, Firewall, Hook, Match, Rule, Verdict};
use crate::model::filter::Filters;
use crate::types::{KernelName, LineId};

/// The chain behind the links that packets arrive by.
const CHAIN: &str = "short-way";

/// TCP and UDP: what the kernel can offload.
const PROTOCOLS: [u8; 2] = [6, 17];

/// Comes last of all areas: what a rule of another area drops must be dropped before.
pub(super) fn resolve(draft: &Draft<'_>, firewall: &mut Firewall) {
    let links = links(draft);
    // Where nothing else asks for connections, there are none to speed up.
    let is_asked = draft.facts.flowtables && *firewall != Firewall::default();
    if !is_asked || links.len() < 2 {
        return;
    }
    for link in &links {
        let jump = Verdict::Jump(CHAIN.to_owned());
        firewall.hook_in(Hook::Forward, Rule::new(vec![Match::InLink(link.clone())], jump, LineId::BUILT_IN));
    }
    let offload = |link: &KernelName| {
        let matches =
            vec![Match::OutLink(link.clone()), Match::Protocol(PROTOCOLS.to_vec()), Match::Established];
        Rule::new(matches, Verdict::Offload, LineId::BUILT_IN)
    };
    let rules = links.iter().map(offload).collect();
    firewall.chains.insert(CHAIN.to_owned(), Chain { hook: None, rules });
    firewall.fast = links;
}

/// The links that are up and filter nothing.
fn links(draft: &Draft<'_>) -> BTreeSet<KernelName> {
    let none = Filters::default();
    let plain = draft
        .model
        .interfaces
        .iter()
        .filter(|(_, interface)| interface.filter == none && interface.ipv6_filter == none);
    plain.filter_map(|(&name, _)| draft.tie_up(name).ok()).map(|tie| tie.link.clone()).collect()
}
