use std::sync::Arc;

use super::*;
use crate::apply::firewall::{Chain, Change, Firewall, Match};
use crate::apply::state::{Link, LinkKind, MAIN_TABLE, RouteKey};
use crate::status::{Detail, Tuple};
use crate::types::Sourced;

/// `lan` 192.168.0.254/24 and `wan` 198.51.100.10/24; a default route and one to nowhere.
fn state() -> State {
    let mut state = State::default();
    for (line, name, network) in
        [(1, "lan", "192.168.0.254/24"), (2, "wan", "198.51.100.10/24"), (3, "lan", "2001:db8::1/64")]
    {
        let link = Link { up: true, ..Link::fresh(LinkKind::Device) };
        state.links.insert(name.parse().unwrap(), Sourced::new(link, LineId(line)));
        let address = Address { link: name.parse().unwrap(), network: network.parse().unwrap() };
        state.addresses.insert(address, Sourced::new((), LineId(line)));
    }
    route(
        &mut state,
        10,
        "0.0.0.0/0",
        RouteTarget::Via { gateway: "198.51.100.1".parse().unwrap(), link: None },
    );
    route(&mut state, 11, "203.0.113.0/24", RouteTarget::Blackhole);
    state
}

fn route(state: &mut State, line: u32, prefix: &str, target: RouteTarget) {
    let key = RouteKey { prefix: prefix.parse().unwrap(), priority: 65_537, table: MAIN_TABLE };
    state.routes.insert(key, Sourced::new(target, LineId(line)));
}

fn with_rules(mut state: State, chains: Vec<(&str, Option<Hook>, Vec<Rule>)>) -> State {
    let chains = chains.into_iter().map(|(name, hook, rules)| (name.to_owned(), Chain { hook, rules }));
    state.firewall = Some(Arc::new(Firewall { chains: chains.collect(), ..Firewall::default() }));
    state
}

fn udp(link: Option<&str>, source: &str, destination: &str, port: u16) -> Packet {
    let tuple = Tuple {
        source: source.parse().unwrap(),
        destination: destination.parse().unwrap(),
        detail: Detail::Ports { source: 40_000, destination: port },
    };
    Packet::first(link.map(|link| link.parse().unwrap()), 17, tuple)
}

fn name(link: &str) -> KernelName {
    link.parse().unwrap()
}

#[test]
fn routes_decide_in_the_kernel_s_order() {
    let mut state = state();
    route(&mut state, 12, "203.0.113.80/32", RouteTarget::Link(name("wan")));
    let walker = Walker::new(&state);
    let end = |destination: &str| walker.walk(udp(Some("lan"), "192.168.0.1", destination, 53));
    let (wan, lan) = (name("wan"), name("lan"));
    let gateway = Some("198.51.100.1".parse().unwrap());

    for (destination, expected, line) in [
        ("8.8.8.8", End::Sent { link: &wan, gateway }, 10),
        ("203.0.113.9", End::Dropped(Reason::Blackhole), 11),
        ("203.0.113.80", End::Sent { link: &wan, gateway: None }, 12),
        ("192.168.0.7", End::Sent { link: &lan, gateway: None }, 1),
        ("198.51.100.10", End::Delivered, 0),
        ("192.168.0.255", End::Delivered, 0),
    ] {
        let journey = end(destination);
        assert_eq!(journey.end, expected, "{destination}");
        assert_eq!(journey.decisions.last().unwrap().origin(), LineId(line), "{destination}");
    }
    let journey = walker.walk(udp(Some("lan"), "2001:db8::9", "2001:db8:9::1", 53));
    assert_eq!(journey.end, End::Dropped(Reason::NoRoute));
}

#[test]
fn what_the_kernel_drops_by_itself_is_dropped() {
    let mut state = state();
    let dropped = |state: &State, packet| {
        Walker::new(state).walk(packet).end.clone() == End::Dropped(Reason::OwnSource)
    };
    assert!(dropped(&state, udp(Some("wan"), "192.168.0.254", "192.168.0.1", 53)));
    state.sysctls.insert("net.ipv4.ip_forward".to_owned(), Sourced::new("0".to_owned(), LineId::BUILT_IN));
    let walker = Walker::new(&state);
    let forwarded = walker.walk(udp(Some("lan"), "192.168.0.1", "8.8.8.8", 53));
    assert_eq!(forwarded.end, End::Dropped(Reason::NotForwarding));
    assert_eq!(
        walker.walk(udp(Some("eth9"), "192.168.0.1", "8.8.8.8", 53)).end,
        End::Dropped(Reason::LinkDown)
    );
    assert!(matches!(walker.walk(udp(None, "198.51.100.10", "8.8.8.8", 53)).end, End::Sent { .. }));
}

#[test]
fn a_filter_is_asked_by_its_jump_and_names_its_line() {
    let jump = Rule::new(vec![Match::InLink(name("lan"))], Verdict::Jump("lan-in".to_owned()), LineId(20));
    let dns = Rule::new(
        vec![Match::Protocol(vec![17]), Match::DestinationPort(vec![53..=53])],
        Verdict::Return,
        LineId(21),
    );
    let source =
        Match::Source(Family::Ipv4, vec!["192.168.0.8-192.168.0.9".to_owned(), "192.168.0.16/28".to_owned()]);
    let some = Rule::new(vec![source], Verdict::Accept, LineId(22));
    let rest = Rule::new(vec![], Verdict::Drop, LineId(20));
    let state = with_rules(
        state(),
        vec![("forward", Some(Hook::Forward), vec![jump]), ("lan-in", None, vec![dns, some, rest])],
    );
    let walker = Walker::new(&state);
    for (source, port, passes, line) in [
        ("192.168.0.1", 53, true, 21),
        ("192.168.0.1", 80, false, 20),
        ("192.168.0.9", 80, true, 22),
        ("192.168.0.31", 80, true, 22),
        ("192.168.0.32", 80, false, 20),
    ] {
        let journey = walker.walk(udp(Some("lan"), source, "8.8.8.8", port));
        assert_eq!(journey.is_dropped(), !passes, "{source} {port}");
        assert_eq!(journey.decisions.last().unwrap().origin(), LineId(line), "{source} {port}");
    }
}

#[test]
fn an_answer_follows_the_translation_of_its_connection() {
    let masquerade = Rule::new(vec![Match::OutLink(name("wan"))], Verdict::Masquerade(None), LineId(30));
    let shield = vec![
        Rule::new(vec![Match::InLink(name("wan")), Match::Established], Verdict::Accept, LineId(31)),
        Rule::new(vec![Match::InLink(name("wan"))], Verdict::Drop, LineId(31)),
    ];
    let state = with_rules(
        state(),
        vec![("nat", Some(Hook::SourceNat), vec![masquerade]), ("forward", Some(Hook::Forward), shield)],
    );
    let walker = Walker::new(&state);
    let first = udp(Some("lan"), "192.168.0.1", "8.8.8.8", 53);
    let there = walker.walk(first.clone());
    assert_eq!(there.packet.source.to_string(), "198.51.100.10");

    let back = walker.walk(there.packet.answer(&first, Some(name("wan"))));
    let lan = name("lan");
    assert_eq!(back.end, End::Sent { link: &lan, gateway: None });
    assert_eq!((back.packet.source, back.packet.destination), (first.destination, first.source));
    assert!(walker.walk(udp(Some("wan"), "8.8.8.8", "192.168.0.1", 53)).is_dropped(), "nobody asked");
}

#[test]
fn a_mark_leads_to_its_table() {
    let mark = Rule {
        changes: vec![Change::PacketMark(0x7400_0001)],
        ..Rule::new(vec![Match::InLink(name("lan"))], Verdict::Accept, LineId(40))
    };
    let mut state = with_rules(state(), vec![("classify", Some(Hook::Classify), vec![mark])]);
    let rule = |priority, table, longer_than| crate::apply::state::Rule {
        family: Family::Ipv4,
        priority,
        mark: 0x7400_0001,
        table,
        longer_than,
    };
    state.rules.insert(rule(11600, MAIN_TABLE, Some(0)), Sourced::new((), LineId(40)));
    state.rules.insert(rule(11601, 11600, None), Sourced::new((), LineId(40)));
    let key = RouteKey { prefix: "0.0.0.0/0".parse().unwrap(), priority: 1, table: 11600 };
    state.routes.insert(key, Sourced::new(RouteTarget::Link(name("wan")), LineId(41)));

    let walker = Walker::new(&state);
    let origin = |packet| walker.walk(packet).decisions.last().unwrap().origin();
    assert_eq!(origin(udp(Some("lan"), "192.168.0.1", "8.8.8.8", 53)), LineId(41));
    assert_eq!(
        origin(udp(Some("lan"), "192.168.0.1", "203.0.113.9", 53)),
        LineId(11),
        "the main table knows more"
    );
    assert_eq!(origin(udp(None, "198.51.100.10", "8.8.8.8", 53)), LineId(10));
}

/// A flow of 192.168.0.1 to 8.8.8.8, translated to an address of ours.
fn flow(outer: &str) -> crate::status::Flow {
    use crate::status::{Flow, FlowStatus, Traffic};
    let ports = |source, destination| Detail::Ports { source, destination };
    let tuple = |source: &str, destination: &str, detail| Tuple {
        source: source.parse().unwrap(),
        destination: destination.parse().unwrap(),
        detail,
    };
    Flow {
        protocol: 6,
        original: tuple("192.168.0.1", "8.8.8.8", ports(40_000, 443)),
        reply: tuple("8.8.8.8", outer, ports(443, 40_000)),
        status: FlowStatus::default(),
        tcp: None,
        mark: 0,
        timeout: std::time::Duration::ZERO,
        sent: Traffic::default(),
        received: Traffic::default(),
        zone: 0,
    }
}

#[test]
fn a_flow_goes_on_or_is_broken_by_a_line() {
    let old = state();
    let broken = |new: &State| {
        let found = breaks(&Walker::new(&old), &Walker::new(new), &flow("198.51.100.10"));
        found.map(|it| (it.cause, it.origin.0))
    };
    assert_eq!(broken(&old), None);

    let list = |verdict, link: Match| {
        vec![("forward", Some(Hook::Forward), vec![Rule::new(vec![link], verdict, LineId(50))])]
    };
    let drops = with_rules(state(), list(Verdict::Drop, Match::InLink(name("lan"))));
    assert_eq!(broken(&drops), Some((Cause::Dropped(Reason::Rule), 50)));
    let drops_answers = with_rules(state(), list(Verdict::Drop, Match::InLink(name("wan"))));
    assert_eq!(broken(&drops_answers), Some((Cause::AnswerDropped(Reason::Rule), 50)));
    let passes = with_rules(state(), list(Verdict::Accept, Match::InLink(name("lan"))));
    assert_eq!(broken(&passes), None);

    let mut unrouted = state();
    unrouted.routes.clear();
    assert_eq!(broken(&unrouted), Some((Cause::Dropped(Reason::NoRoute), 10)), "the route that is gone");
    let mut moved = state();
    route(&mut moved, 60, "8.8.8.0/24", RouteTarget::Link(name("lan")));
    assert_eq!(broken(&moved), Some((Cause::MovedTo(name("lan")), 60)));
    let mut renumbered = state();
    renumbered.addresses.retain(|address, _| address.network.to_string() != "198.51.100.10/24");
    let new = Address { link: name("wan"), network: "198.51.100.11/24".parse().unwrap() };
    renumbered.addresses.insert(new, Sourced::new((), LineId(2)));
    assert_eq!(broken(&renumbered), Some((Cause::AddressLost("198.51.100.10".parse().unwrap()), 2)));

    let worse = with_rules(state(), list(Verdict::Drop, Match::InLink(name("lan"))));
    let already = breaks(&Walker::new(&worse), &Walker::new(&unrouted), &flow("198.51.100.10"));
    assert_eq!(already, None, "it did not work before");
}
