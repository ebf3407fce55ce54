use std::sync::Arc;

use super::*;
use crate::apply::firewall::{Chain, Change, Family, Firewall, Hook, Match, Rule, Verdict};
use crate::status::login::Connection;

const LINE: LineId = LineId(7);

fn name(text: &str) -> KernelName {
    text.parse().unwrap()
}

/// From 203.0.113.9 by way of a router on the network of `wan`, as the kernel sees it.
fn login() -> Login {
    let connection = Connection {
        local: "198.51.100.10:22".parse().unwrap(),
        remote: "203.0.113.9:50022".parse().unwrap(),
    };
    Login { connection, links: [name("wan")].into(), written: 0, received: 0 }
}

fn link(up: bool, bridge: Option<&str>) -> Sourced<Link> {
    let fresh = Link::fresh(LinkKind::Device);
    let link = Link { up, bridge: bridge.map(name), alias: "x".to_owned(), ..fresh };
    Sourced::new(link, LINE)
}

fn address(state: &mut State, link: &str, network: &str) {
    let address = Address { link: name(link), network: network.parse().unwrap() };
    state.addresses.insert(address, Sourced::new((), LINE));
}

fn route(state: &mut State, prefix: &str, priority: u32, gateway: &str) {
    let key = RouteKey { prefix: prefix.parse().unwrap(), priority, table: MAIN_TABLE };
    let target = RouteTarget::Via { gateway: gateway.parse().unwrap(), link: None };
    state.routes.insert(key, Sourced::new(target, LINE));
}

fn state() -> State {
    let mut state = State::default();
    state.links.insert(name("wan"), link(true, None));
    state.links.insert(name("lan"), link(true, None));
    address(&mut state, "wan", "198.51.100.10/24");
    address(&mut state, "lan", "192.168.0.254/24");
    route(&mut state, "0.0.0.0/0", 10, "198.51.100.1");
    route(&mut state, "10.0.0.0/8", 10, "192.168.0.1");
    state.firewall = Some(Arc::new(filter(vec![
        rule(vec![Match::Established], Verdict::Return),
        rule(vec![Match::Protocol(vec![6]), Match::DestinationPort(vec![22..=22])], Verdict::Return),
        rule(vec![], Verdict::Drop),
    ])));
    state
}

fn rule(matches: Vec<Match>, verdict: Verdict) -> Rule {
    Rule::new(matches, verdict, LINE)
}

/// A table that filters what comes in by `wan`.
fn filter(rules: Vec<Rule>) -> Firewall {
    let jump = vec![Match::InLink(name("wan")), Match::Family(Family::Ipv4)];
    let input =
        Chain { hook: Some(Hook::Input), rules: vec![rule(jump, Verdict::Jump("wan-in".to_owned()))] };
    let chains =
        [(Hook::Input.chain().to_owned(), input), ("wan-in".to_owned(), Chain { hook: None, rules })];
    Firewall { chains: chains.into(), ..Firewall::default() }
}

/// What is touched when the state changes so.
fn touched(change: impl FnOnce(&mut State)) -> Option<String> {
    let old = state();
    let mut new = old.clone();
    change(&mut new);
    touches(&old, &new, &login()).map(|touch| touch.what)
}

#[test]
fn what_carries_the_login_is_touched() {
    let link_gone = touched(|new| {
        new.links.insert(name("wan"), link(false, None));
    });
    assert_eq!(link_gone.as_deref(), Some("link wan"));
    let member = touched(|new| {
        new.links.insert(name("wan"), link(true, Some("ge0")));
    });
    assert_eq!(member.as_deref(), Some("link wan"));
    let renumbered = touched(|new| {
        new.addresses.clear();
        address(new, "wan", "198.51.100.11/24");
    });
    assert_eq!(renumbered.as_deref(), Some("address 198.51.100.10/24"));
    let gateway = touched(|new| route(new, "0.0.0.0/0", 10, "198.51.100.2"));
    assert_eq!(gateway.as_deref(), Some("route 0.0.0.0/0"));
    let narrower = touched(|new| route(new, "203.0.113.0/24", 10, "192.168.0.1"));
    assert_eq!(narrower.as_deref(), Some("route 203.0.113.0/24"));
    let preferred = touched(|new| route(new, "0.0.0.0/0", 5, "192.168.0.1"));
    assert_eq!(preferred.as_deref(), Some("route 0.0.0.0/0"));
    let none = touched(|new| new.routes.clear());
    assert_eq!(none.as_deref(), Some("route 0.0.0.0/0"));
    let router = touched(|new| {
        let neighbour = Neighbour { link: name("wan"), address: "198.51.100.1".parse().unwrap() };
        new.neighbours.insert(neighbour, Sourced::new(crate::types::Mac([2, 0, 0, 0, 0, 1]), LINE));
    });
    assert_eq!(router.as_deref(), Some("neighbour 198.51.100.1"));
    let taken_over = touched(|new| address(new, "lan", "203.0.113.254/24"));
    assert_eq!(taken_over.as_deref(), Some("the network of link lan"));
}

#[test]
fn what_does_not_carry_it_may_change() {
    assert_eq!(touched(|_| {}), None);
    let elsewhere = touched(|new| {
        new.links.insert(name("lan"), link(false, None));
        new.addresses.retain(|address, _| address.link != name("lan"));
        route(new, "10.0.0.0/8", 10, "198.51.100.2");
        route(new, "0.0.0.0/0", 20, "192.168.0.1");
        address(new, "wan", "198.51.100.11/24");
        new.sysctls.insert("net.ipv4.ip_forward".to_owned(), Sourced::new("1".to_owned(), LINE));
    });
    assert_eq!(elsewhere, None);
    let named = touched(|new| {
        let mut wan = link(true, None);
        wan.value.alias = "another".to_owned();
        new.links.insert(name("wan"), wan);
    });
    assert_eq!(named, None);
}

#[test]
fn a_link_that_was_not_ours_is_touched_only_by_being_shut_or_bridged() {
    let taken = |up, bridge| {
        let mut new = State::default();
        new.links.insert(name("wan"), link(up, bridge));
        touches(&State::default(), &new, &login()).map(|touch| touch.what)
    };
    assert_eq!(taken(true, None), None);
    assert_eq!(taken(false, None).as_deref(), Some("link wan"));
    assert_eq!(taken(true, Some("ge0")).as_deref(), Some("link wan"));
    // Below a VLAN there is another link.
    let mut vlan = link(true, None);
    vlan.value.kind = LinkKind::Vlan { parent: name("eth0"), id: 7 };
    let mut below = State::default();
    below.links.insert(name("wan"), vlan);
    below.links.insert(name("eth0"), link(true, None));
    let mut shut = below.clone();
    shut.links.insert(name("eth0"), link(false, None));
    assert_eq!(touches(&below, &shut, &login()).unwrap().what, "link eth0");
    // Our line goes, and with it what it set.
    let mut old = State::default();
    old.links.insert(name("wan"), link(true, None));
    assert_eq!(touches(&old, &State::default(), &login()).unwrap().what, "link wan");
}

/// What is touched when the filter of `wan` becomes this one.
fn filtered(rules: Vec<Rule>) -> Option<String> {
    touched(|new| new.firewall = Some(Arc::new(filter(rules))))
}

#[test]
fn a_filter_counts_as_far_as_the_packets_come() {
    let from = |network: &str| Match::Source(Family::Ipv4, vec![network.to_owned()]);
    let ssh = vec![Match::Protocol(vec![6]), Match::DestinationPort(vec![22..=22])];
    let established = || rule(vec![Match::Established], Verdict::Return);
    let pass_ssh = || rule(ssh.clone(), Verdict::Return);

    let others = rule(vec![from("192.0.2.0/24")], Verdict::Drop);
    let beyond = rule(vec![from("203.0.113.0/24")], Verdict::Drop);
    assert_eq!(filtered(vec![others, established(), pass_ssh(), rule(vec![], Verdict::Drop)]), None);
    assert_eq!(filtered(vec![established(), pass_ssh(), beyond.clone(), rule(vec![], Verdict::Drop)]), None);
    let hit = Some("filter chain wan-in".to_owned());
    assert_eq!(filtered(vec![beyond, established(), pass_ssh()]), hit);
    assert_eq!(filtered(vec![established(), rule(vec![], Verdict::Drop)]), hit, "no new login");
    let range = rule(vec![from("203.0.113.1-203.0.113.20")], Verdict::Drop);
    assert_eq!(filtered(vec![range, established(), pass_ssh()]), hit);
}

#[test]
fn translation_and_the_way_out_are_filters_too() {
    let hooked = |hook: Hook, part: Match, verdict: Verdict| {
        touched(move |new| {
            let mut table = Firewall::clone(new.firewall.as_ref().unwrap());
            let chain = Chain { hook: Some(hook), rules: vec![rule(vec![part], verdict)] };
            table.chains.insert(hook.chain().to_owned(), chain);
            new.firewall = Some(Arc::new(table));
        })
    };
    let out = Match::OutLink(name("wan"));
    assert!(hooked(Hook::Output, out.clone(), Verdict::Drop).is_some());
    assert!(hooked(Hook::SourceNat, out.clone(), Verdict::Accept).is_some());
    assert!(hooked(Hook::Output, Match::OutLink(name("lan")), Verdict::Drop).is_none());
    assert!(hooked(Hook::Forward, Match::InLink(name("wan")), Verdict::Drop).is_none());
}

#[test]
fn a_table_counts_where_packets_are_marked_for_it() {
    let table = 11601;
    let rule_of = |old: &mut State| {
        let rule = crate::apply::state::Rule {
            family: Family::Ipv4,
            priority: 11600,
            mark: 0x7400_0001,
            table,
            longer_than: None,
        };
        old.rules.insert(rule, Sourced::new((), LINE));
        let key = RouteKey { prefix: "0.0.0.0/0".parse().unwrap(), priority: 10, table };
        old.routes.insert(key, Sourced::new(RouteTarget::Link(name("lan")), LINE));
    };
    assert_eq!(touched(rule_of), None, "nothing marks the packets of the login");

    let mut old = state();
    let restore = Rule { changes: vec![Change::PacketMark(0x7400_0001)], ..rule(vec![], Verdict::Continue) };
    let mut marking = Firewall::clone(old.firewall.as_ref().unwrap());
    let chain = Chain { hook: Some(Hook::ClassifyOwn), rules: vec![restore] };
    marking.chains.insert(Hook::ClassifyOwn.chain().to_owned(), chain);
    old.firewall = Some(Arc::new(marking));
    let mut new = old.clone();
    rule_of(&mut new);
    assert_eq!(touches(&old, &new, &login()).unwrap().what, "route 0.0.0.0/0");
}
