//! What leaves, and inside hosts that reach each other by outside addresses.

use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use super::{Translated, after, spelled, timeout};
use crate::apply::firewall::{AddressPairs, Addresses, Family, Firewall, Hook, Match, Object, Rule, Verdict};
use crate::model::nat::{Inside, Kept, Method, Outside, Pair};
use crate::types::Sourced;

/// The protocols that have ports to choose.
const TCP: u8 = 6;
const UDP: u8 = 17;

pub(super) fn enter(index: usize, translated: &Translated<'_>, firewall: &mut Firewall) {
    let chain = translated.chain(index, "snat");
    let mut rules = limits(translated, &chain, firewall);
    rules.extend(pairs(translated));
    rules.extend(shared(translated));
    if !rules.is_empty() {
        rules.splice(0..0, timeout::rules(translated, firewall));
        firewall.add_open_chain(&chain, rules);
        let jump = Rule::new(translated.leaving(), Verdict::Jump(chain), translated.origin);
        firewall.hook_in(Hook::SourceNat, jump);
    }
    if translated.of.hairpin {
        hairpin(index, translated, firewall);
    }
}

/// Drops the first packet of a flow that is one too many.
fn limits(translated: &Translated<'_>, chain: &str, firewall: &mut Firewall) -> Vec<Rule> {
    let limits = translated.of.limits;
    let mut rules = Vec::new();
    if let Some(count) = limits.per_host {
        // Another limit is another set: a set keeps the limit that its addresses came with.
        let name = format!("{chain}-hosts-{count}");
        firewall.objects.insert(name.clone(), Object::Hosts);
        rules.push(Rule::new(vec![Match::FlowsOfHostOver(name, count)], Verdict::Drop, translated.origin));
    }
    if let Some(count) = limits.total {
        rules.push(Rule::new(vec![Match::FlowsOver(count)], Verdict::Drop, translated.origin));
    }
    rules
}

/// Hosts with an outside address of their own.
fn pairs(translated: &Translated<'_>) -> Vec<Rule> {
    let rule = |pair: &Sourced<Pair>| {
        let inside = spelled(vec![(pair.inside, after(pair.inside, pair.count - 1))]);
        let pairs = AddressPairs { from: pair.inside, to: pair.outside, count: pair.count };
        Rule::new(vec![Match::Source(Family::Ipv4, inside)], Verdict::SourceNatEach(pairs), pair.origin)
    };
    translated.of.pairs.iter().map(rule).collect()
}

/// All other hosts.
fn shared(translated: &Translated<'_>) -> Vec<Rule> {
    let verdicts = verdicts(translated);
    let Some(rules) = &translated.of.inside else { return with(&[], &verdicts, translated) };
    let mut shared = Vec::new();
    for Inside { translated: yes, source, destination } in rules {
        let text = |networks: &[Ipv4Net]| networks.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut matches = Vec::new();
        if !source.is_empty() {
            matches.push(Match::Source(Family::Ipv4, text(source)));
        }
        if !destination.is_empty() {
            matches.push(Match::Destination(Family::Ipv4, text(destination)));
        }
        match yes {
            true => shared.extend(with(&matches, &verdicts, translated)),
            false => shared.push(Rule::new(matches, Verdict::Return, translated.origin)),
        }
    }
    shared
}

fn with(matches: &[Match], verdicts: &[(Vec<Match>, Verdict)], translated: &Translated<'_>) -> Vec<Rule> {
    let rule = |(more, verdict): &(Vec<Match>, Verdict)| {
        Rule::new([matches, more].concat(), verdict.clone(), translated.origin)
    };
    verdicts.iter().map(rule).collect()
}

/// What the source becomes, by kind of flow.
fn verdicts(translated: &Translated<'_>) -> Vec<(Vec<Match>, Verdict)> {
    let to = |ports: Option<RangeInclusive<u16>>| source(translated, ports);
    let Some(plain) = to(None) else { return Vec::new() };
    let ranges = &translated.of.ports;
    let mut verdicts = Vec::new();
    if !ranges.is_empty() {
        verdicts.extend(translated.of.kept.iter().map(|kept| (kept_flows(kept), plain.clone())));
        let sizes: Vec<u32> = ranges.iter().map(|range| u32::from(range.end() - range.start()) + 1).collect();
        for (index, range) in ranges.iter().enumerate() {
            let mut matches = vec![Match::Protocol(vec![TCP, UDP])];
            // Each range gets its share, so that all run full together.
            let left: u32 = sizes[index..].iter().sum();
            if left > sizes[index] {
                matches.push(Match::Share { below: sizes[index], of: left });
            }
            verdicts.extend(to(Some(range.clone())).map(|verdict| (matches, verdict)));
        }
    }
    verdicts.push((vec![], plain));
    verdicts
}

fn kept_flows(kept: &Kept) -> Vec<Match> {
    match kept {
        Kept::All => vec![],
        Kept::From { protocol, ports } => {
            vec![Match::Protocol(vec![*protocol]), Match::SourcePort(vec![ports.clone()])]
        }
        Kept::To(port) => vec![Match::Protocol(vec![TCP]), Match::DestinationPort(vec![*port..=*port])],
    }
}

/// `None`: no outside address is there to share.
fn source(translated: &Translated<'_>, ports: Option<RangeInclusive<u16>>) -> Option<Verdict> {
    match (translated.of.method, &translated.of.outside) {
        (_, Outside::Nothing) => None,
        (Method::Ports, Outside::Interface) => Some(Verdict::Masquerade(ports)),
        (Method::Ports, Outside::Secondary | Outside::Pool(_)) => {
            Some(Verdict::SourceNat(translated.address()?.into(), ports))
        }
        (Method::Addresses, Outside::Interface | Outside::Secondary | Outside::Pool(_)) => {
            let &(first, last) = translated.outside.first()?;
            Some(Verdict::SourceNat(Addresses { first, last }, ports))
        }
    }
}

/// The answers must come back through the router, so the source is translated too.
fn hairpin(index: usize, translated: &Translated<'_>, firewall: &mut Firewall) {
    let outside = translated.all_outside();
    if outside.is_empty() {
        return;
    }
    let chain = translated.chain(index, "hairpin");
    let origin = translated.origin;
    let from_outside = vec![Match::InLink(translated.tie.link.clone())];
    let mut rules = vec![Rule::new(from_outside, Verdict::Return, origin)];
    rules.extend(pairs(translated));
    if let Some(address) = translated.address() {
        rules.push(Rule::new(vec![], Verdict::SourceNat(address.into(), None), origin));
    }
    firewall.add_open_chain(&chain, rules);
    let turned =
        vec![Match::Family(Family::Ipv4), Match::OriginalDestination(outside), Match::DestinationTranslated];
    firewall.hook_in(Hook::SourceNat, Rule::new(turned, Verdict::Jump(chain), origin));
}
