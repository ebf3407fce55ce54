//! What arrives: forwards, pairs, and the host that gets the rest.

use super::{Translated, timeout};
use crate::apply::firewall::{AddressPairs, Family, Firewall, Hook, Match, PortChange, Rule, Verdict};
use crate::model::nat::{Forward, Target, Traffic, Unmatched};
use crate::types::Sourced;

pub(super) fn enter(index: usize, translated: &Translated<'_>, firewall: &mut Firewall) {
    let chain = translated.chain(index, "dnat");
    let mut rules: Vec<Rule> =
        translated.of.forwards.iter().filter_map(|forward| translate(forward, translated)).collect();
    for pair in &translated.of.pairs {
        let pairs = AddressPairs { from: pair.outside, to: pair.inside, count: pair.count };
        let outside = super::spelled(vec![(pair.outside, super::after(pair.outside, pair.count - 1))]);
        let matches = vec![Match::Destination(Family::Ipv4, outside)];
        rules.push(Rule::new(matches, Verdict::DestinationNatEach(pairs), pair.origin));
    }
    if let (Unmatched::Forward(host), Some(address)) = (translated.of.unmatched, translated.address()) {
        let mut matches = translated.arriving();
        matches.push(Match::Destination(Family::Ipv4, vec![address.to_string()]));
        let verdict = Verdict::DestinationNat(host, PortChange::Keep);
        rules.push(Rule::new(matches, verdict, translated.origin));
    }
    if rules.is_empty() {
        return;
    }
    rules.splice(0..0, timeout::rules(translated, firewall));
    firewall.add_open_chain(&chain, rules);

    let matches = match translated.of.hairpin {
        false => translated.arriving(),
        true => vec![Match::Family(Family::Ipv4), Match::Destination(Family::Ipv4, translated.all_outside())],
    };
    if translated.of.hairpin && translated.all_outside().is_empty() {
        return;
    }
    firewall.hook_in(Hook::DestinationNat, Rule::new(matches, Verdict::Jump(chain), translated.origin));
}

/// `None` where the outside address is not known yet: nothing can arrive for it.
fn translate(forward: &Sourced<Forward>, translated: &Translated<'_>) -> Option<Rule> {
    let outside = forward.outside.or(translated.address())?;
    let mut matches = vec![Match::Destination(Family::Ipv4, vec![outside.to_string()])];
    matches.extend(traffic(forward.traffic));
    let verdict = match (forward.target, port(forward.traffic)) {
        // It is for the router as it is: no later rule may send it elsewhere.
        (Target::Router, PortChange::Keep | PortChange::Shift(..)) => Verdict::Accept,
        (Target::Router, PortChange::To(port)) => Verdict::Redirect(port),
        (Target::Host(host), change) => Verdict::DestinationNat(host, change),
    };
    Some(Rule::new(matches, verdict, forward.origin))
}

/// The packets of a forward.
pub(super) fn traffic(traffic: Traffic) -> Vec<Match> {
    match traffic {
        Traffic::Protocol(protocol) => vec![Match::Protocol(vec![protocol])],
        Traffic::Ports { protocol, first, last, .. } => {
            vec![Match::Protocol(vec![protocol]), Match::DestinationPort(vec![first..=last])]
        }
    }
}

fn port(traffic: Traffic) -> PortChange {
    match traffic {
        Traffic::Protocol(_) => PortChange::Keep,
        Traffic::Ports { first, inside, .. } if first == inside => PortChange::Keep,
        Traffic::Ports { first, last, inside, .. } if first == last => PortChange::To(inside),
        Traffic::Ports { first, last, inside, .. } => PortChange::Shift(first..=last, inside),
    }
}
