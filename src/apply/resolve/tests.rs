//! Models and what becomes of them.

use std::net::Ipv4Addr;

use super::route::{distance_and_metric, priority};
use super::*;
use crate::apply::firewall::Verdict;
use crate::apply::state::{LinkKind, RouteTarget};
use crate::apply::workers::WorkerId;
use crate::model::Interface;
use crate::model::addr::Ipv4Source;
use crate::model::filter::{Action, AddressRange, Filter, Packets, Rule};
use crate::model::link::{Link, PortTie};
use crate::model::nat::{Outside, Translation};
use crate::model::route::{Gateway, NextHop, Route};
use crate::status::Lease;
use crate::types::{Port, Sourced};

/// A port tied to devices, and up. Its lines are numbered 10 × (port + 1) and on: devices,
/// administrative state (+5).
fn tied(model: &mut Model, port: u8, devices: &[&str]) -> InterfaceName {
    let line = 10 * (u32::from(port) + 1);
    let port = Port::giga_ethernet(port).unwrap();
    let device = |(number, name): (u32, &&str)| Sourced::new(name.parse().unwrap(), LineId(line + number));
    model.ports.insert(port, PortTie { devices: (0..).zip(devices).map(device).collect() });
    let name = InterfaceName::Port(port);
    interface(model, name).link =
        Link { enabled: Some(Sourced::new(true, LineId(line + 5))), ..Link::default() };
    name
}

fn interface(model: &mut Model, name: InterfaceName) -> &mut Interface {
    model.interfaces.entry(name).or_default()
}

fn address(model: &mut Model, name: InterfaceName, text: &str, line: u32) {
    let source = if text == "dhcp" {
        Ipv4Source::Dhcp { default_route: true }
    } else {
        Ipv4Source::Static(text.parse().unwrap())
    };
    interface(model, name).addr.ipv4 = Some(Sourced::new(source, LineId(line)));
}

fn route(model: &mut Model, prefix: &str, next_hop: NextHop, line: u32) {
    let gateways = vec![Sourced::new(Gateway::plain(next_hop), LineId(line))];
    let route = Route { prefix: prefix.parse().unwrap(), distance: 1, metric: 1, gateways };
    model.routes.push(Sourced::new(route, LineId(line)));
}

fn held(model: &Model, facts: &Facts) -> Vec<(u32, String)> {
    resolve(model, facts).held.into_iter().map(|(line, reason)| (line.0, reason)).collect()
}

fn masquerade(model: &mut Model, name: InterfaceName, line: u32) {
    let translation = Translation::masquerade(Outside::Interface);
    interface(model, name).nat.translations = vec![Sourced::new(translation, LineId(line))];
}

#[test]
fn one_device_is_used_and_several_become_a_bridge() {
    let mut model = Model::default();
    tied(&mut model, 0, &["eth0"]);
    tied(&mut model, 1, &["eth1", "eth2"]);
    let state = resolve(&model, &Facts::default()).state;
    let shown: Vec<String> = state
        .links
        .iter()
        .map(|(name, link)| {
            let bridge = link.bridge.as_ref().map_or("-", KernelName::as_str);
            format!("{name} {:?} {} {bridge} {} line {}", link.kind, link.up, link.alias, link.origin)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "eth0 Device true - GigaEthernet0.0 line 10",
            "eth1 Device true ge1 GigaEthernet1 line 20",
            "eth2 Device true ge1 GigaEthernet1 line 21",
            "ge1 Bridge true - GigaEthernet1.0 line 20",
        ]
    );
    assert_eq!(state.links.values().filter(|link| link.kind == LinkKind::Bridge).count(), 1);
    assert_eq!(state.sysctls["net.ipv4.ip_forward"].value, "1");
}

#[test]
fn a_model_without_ties_leaves_linux_alone() {
    let mut model = Model::default();
    let lan = InterfaceName::Port(Port::giga_ethernet(1).unwrap());
    interface(&mut model, lan).link.enabled = Some(Sourced::new(true, LineId(1)));
    address(&mut model, lan, "192.168.0.254/24", 2);
    masquerade(&mut model, lan, 3);
    route(&mut model, "10.0.0.0/8", NextHop::Interface(lan), 4);
    route(&mut model, "0.0.0.0/0", NextHop::Router(Ipv4Addr::new(192, 168, 0, 1).into()), 5);
    let Resolved { state, held } = resolve(&model, &Facts::default());
    assert_eq!(state, State::default());
    assert_eq!(held.iter().map(|(line, _)| line.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(held.iter().all(|(_, reason)| reason == "GigaEthernet1.0 is not tied to a Linux interface"));
}

#[test]
fn what_a_device_cannot_do_twice_or_is_not_there_is_held() {
    let mut model = Model::default();
    tied(&mut model, 0, &["eth0"]);
    tied(&mut model, 1, &["eth0", "eth9"]);
    let facts = Facts { absent: ["eth9".parse().unwrap()].into(), ..Facts::default() };
    let expected = [
        (20, "eth0 is tied to another port already"),
        (21, "the machine has no interface eth9"),
        (25, "GigaEthernet1.0 is not tied to a Linux interface"),
    ];
    assert_eq!(held(&model, &facts), expected.map(|(line, reason)| (line, reason.to_owned())));
}

#[test]
fn a_lease_gives_an_address_and_routes() {
    let mut model = Model::default();
    let wan = tied(&mut model, 0, &["eth0"]);
    address(&mut model, wan, "dhcp", 1);
    route(&mut model, "192.0.2.0/24", NextHop::Dhcp(wan), 2);
    route(&mut model, "198.51.100.0/24", NextHop::Router(Ipv4Addr::new(100, 64, 0, 9).into()), 3);
    route(&mut model, "10.0.0.0/8", NextHop::Interface(wan), 4);

    let before = resolve(&model, &Facts::default());
    assert!(before.state.workers.contains_key(&WorkerId::DhcpClient(wan)));
    assert!(before.state.addresses.is_empty() && before.state.routes.is_empty());
    let reasons: Vec<&str> = before.held.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "GigaEthernet0.0: no DHCP lease yet",
            "100.64.0.9 is on no connected network",
            "GigaEthernet0.0 has no IPv4 address"
        ]
    );

    let mut lease = Lease {
        address: "100.64.0.7/24".parse().unwrap(),
        routers: vec![Ipv4Addr::new(100, 64, 0, 1)],
        dns_servers: vec![],
        server: Ipv4Addr::new(100, 64, 0, 1),
    };
    let mut facts = Facts::default();
    facts.leases.insert(wan, lease.clone());
    let after = resolve(&model, &facts);
    assert_eq!(after.held, []);
    let routes: Vec<String> = after
        .state
        .routes
        .iter()
        .map(|(key, target)| {
            format!("{} {:?}", key.prefix, (distance_and_metric(key.priority), target.links()))
        })
        .collect();
    let link = "[eth0]";
    assert_eq!(
        routes,
        [
            format!("0.0.0.0/0 ((254, 1), {link})"),
            format!("10.0.0.0/8 ((1, 1), {link})"),
            format!("192.0.2.0/24 ((1, 1), {link})"),
            format!("198.51.100.0/24 ((1, 1), {link})"),
        ]
    );

    lease.routers = vec![Ipv4Addr::new(192, 0, 2, 1)];
    facts.leases.insert(wan, lease);
    let reason = "GigaEthernet0.0: the announced router 192.0.2.1 is not on the network 100.64.0.0/24";
    assert_eq!(held(&model, &facts), [(1, reason.to_owned()), (2, reason.to_owned())]);
}

#[test]
fn routes_wait_for_their_interface() {
    let mut model = Model::default();
    let lan = tied(&mut model, 1, &["eth1"]);
    address(&mut model, lan, "192.168.0.254/24", 1);
    let gateway = Ipv4Addr::new(192, 168, 0, 1).into();
    route(&mut model, "10.0.0.0/8", NextHop::Router(gateway), 2);
    route(&mut model, "10.0.0.0/8", NextHop::RouterOn(gateway, lan), 3);
    route(&mut model, "172.16.0.0/12", NextHop::Null, 4);
    route(&mut model, "192.0.2.0/24", NextHop::Router(Ipv4Addr::new(203, 0, 113, 1).into()), 5);
    let Resolved { state, held } = resolve(&model, &Facts::default());
    assert_eq!(
        held,
        [(LineId(3), "another route has the same prefix, distance and metric".to_owned())],
        "the kernel judges a router on a network that is not ours"
    );
    let links: Vec<Option<&str>> =
        state.routes.values().map(|target| target.links().first().map(|link| link.as_str())).collect();
    assert_eq!(links, [Some("eth1"), None, None]);

    interface(&mut model, lan).link.enabled = Some(Sourced::new(false, LineId(25)));
    let Resolved { state, held } = resolve(&model, &Facts::default());
    let reason = "GigaEthernet1.0 is shut down".to_owned();
    assert_eq!(held, [(LineId(2), reason.clone()), (LineId(3), reason)]);
    assert!(
        state
            .routes
            .values()
            .all(|target| target.value == RouteTarget::Blackhole || target.links().is_empty())
    );
}

#[test]
fn priorities_keep_the_order_of_distance_and_metric() {
    let all: Vec<(u8, u32)> =
        [0, 1, 2, 254, 255].into_iter().flat_map(|d| [1, 2, 15, 200, 65535].map(|m| (d, m))).collect();
    for pair in all.windows(2) {
        assert!(priority(pair[0].0, pair[0].1) < priority(pair[1].0, pair[1].1), "{pair:?}");
    }
    for (distance, metric) in all {
        assert_eq!(distance_and_metric(priority(distance, metric)), (distance, metric));
    }
    assert_eq!(priority(0, 0), 1, "Linux would choose one for IPv6");
    assert_eq!(priority(1, u32::MAX), priority(1, 65535));
}

fn any() -> Rule {
    Rule { action: Action::Pass, log: false, packets: Packets::default() }
}

fn of(packets: Packets) -> Rule {
    Rule { packets, ..any() }
}

/// The rules of the inbound chain, as nft would print them, without their counters.
fn inbound(rules: Vec<Rule>) -> Vec<String> {
    let mut model = Model::default();
    let lan = tied(&mut model, 1, &["eth1"]);
    let list: Vec<_> = rules.into_iter().map(|rule| Sourced::new(rule, LineId(1))).collect();
    interface(&mut model, lan).filter.inbound = Some(list.into());
    let state = resolve(&model, &Facts::default()).state;
    let chain = &state.firewall.unwrap().chains["ge1-in"];
    chain.rules.iter().map(|rule| firewall_text(rule.clone())).collect()
}

fn firewall_text(rule: crate::apply::firewall::Rule) -> String {
    crate::apply::firewall::Rule { counter: None, ..rule }.to_string()
}

#[test]
fn filter_lines_become_rules() {
    let range = |first: &str, last: &str| AddressRange::Range(first.parse().unwrap(), last.parse().unwrap());
    let network = |text: &str| AddressRange::Network(text.parse().unwrap());
    let overlapping = vec![
        network("192.0.2.0/25"),
        network("192.0.2.128/25"),
        range("192.0.2.9", "192.0.3.4"),
        network("10.1.1.1/32"),
    ];
    let cases = [
        (any(), "return"),
        (Rule { action: Action::Drop, log: true, ..any() }, "log group 116 snaplen 128 drop"),
        (
            of(Packets {
                source: vec![network("0.0.0.0/0")],
                protocols: vec![50, 17, 50],
                ..Packets::default()
            }),
            "meta l4proto { 17, 50 } return",
        ),
        (
            of(Packets { source: overlapping, ..Packets::default() }),
            "ip saddr { 10.1.1.1, 192.0.2.0-192.0.3.4 } return",
        ),
        (
            of(Packets { destination_ports: vec![80..=90, 85..=95, 443..=443], ..Packets::default() }),
            "meta l4proto { 6, 17 } th dport { 80-95, 443 } return",
        ),
        (
            of(Packets {
                protocols: vec![1],
                source_ports: vec![8..=8],
                destination_ports: vec![0..=0],
                ..Packets::default()
            }),
            "meta l4proto { 1 } icmp type { 8 } icmp code { 0 } return",
        ),
        (
            of(Packets { protocols: vec![1, 6], source_ports: vec![20..=21], ..Packets::default() }),
            "meta l4proto { 6 } th sport { 20-21 } return",
        ),
    ];
    for (rule, expected) in cases {
        assert_eq!(inbound(vec![rule]), [expected, "log group 116 snaplen 128 drop"]);
    }
    let only_ipv6 = of(Packets { destination: vec![network("2001:db8::/32")], ..Packets::default() });
    assert_eq!(inbound(vec![only_ipv6]), ["log group 116 snaplen 128 drop"], "no IPv4 packet can match");
}

#[test]
fn counters_keep_their_names_when_lines_are_inserted() {
    let counters = |rules: Vec<Rule>| {
        let mut model = Model::default();
        let lan = tied(&mut model, 1, &["eth1"]);
        let lines = (1..).zip(rules).map(|(line, rule)| Sourced::new(rule, LineId(line)));
        interface(&mut model, lan).filter.inbound = Some(lines.collect::<Vec<_>>().into());
        resolve(&model, &Facts::default()).state.firewall.unwrap().counters.clone()
    };
    let tcp = of(Packets { protocols: vec![6], ..Packets::default() });
    let udp = of(Packets { protocols: vec![17], ..Packets::default() });
    let (few, more) = (counters(vec![tcp.clone(), any()]), counters(vec![udp, tcp, any()]));
    assert_eq!((few.len(), more.len()), (3, 4));
    assert!(few.is_subset(&more));
}

#[test]
fn a_list_in_force_on_one_interface_does_not_wait_for_another() {
    let mut model = Model::default();
    let lan = tied(&mut model, 1, &["eth1"]);
    let list = |lines: &[u32]| {
        let rules: Vec<_> = lines.iter().map(|&line| Sourced::new(any(), LineId(line))).collect();
        Some(Filter::from(rules))
    };
    interface(&mut model, lan).filter.inbound = list(&[1]);
    let untied = InterfaceName::Port(Port::giga_ethernet(2).unwrap());
    interface(&mut model, untied).filter.outbound = list(&[1, 2]);
    let reason = "GigaEthernet2.0 is not tied to a Linux interface".to_owned();
    assert_eq!(held(&model, &Facts::default()), [(2, reason)]);
}

#[test]
fn filters_of_ipv6_judge_ipv6_only() {
    let mut model = Model::default();
    let wan = tied(&mut model, 0, &["eth0"]);
    let from = |text: &str| vec![AddressRange::Network(text.parse().unwrap())];
    let rules = [
        of(Packets { source: from("2001:db8::/32"), ..Packets::default() }),
        of(Packets { protocols: vec![58], source_ports: vec![133..=136], ..Packets::default() }),
        of(Packets { source: from("192.0.2.0/24"), ..Packets::default() }),
    ];
    let list = (1..).zip(rules).map(|(line, rule)| Sourced::new(rule, LineId(line)));
    interface(&mut model, wan).ipv6_filter.inbound = Some(list.collect::<Vec<_>>().into());
    let firewall = resolve(&model, &Facts::default()).state.firewall.unwrap();
    let rules: Vec<String> =
        firewall.chains["ge0-in6"].rules.iter().map(|rule| firewall_text(rule.clone())).collect();
    assert_eq!(
        rules,
        [
            "ip6 saddr { 2001:db8::/32 } return",
            "meta l4proto { 58 } icmpv6 type { 133-136 } return",
            "log group 116 snaplen 128 drop"
        ]
    );
    for hook in ["input", "forward"] {
        let jumps: Vec<String> = firewall.chains[hook].rules.iter().map(ToString::to_string).collect();
        assert_eq!(jumps, [r#"iifname "eth0" meta nfproto ipv6 jump ge0-in6"#]);
    }
}

#[test]
fn a_filter_of_ipv6_stands_in_place_of_the_shield() {
    let mut model = Model::default();
    let wan = tied(&mut model, 0, &["eth0"]);
    masquerade(&mut model, wan, 1);
    let jumps = |model: &Model| -> Vec<String> {
        let firewall = resolve(model, &Facts::default()).state.firewall.unwrap();
        firewall.chains["input"].rules.iter().map(ToString::to_string).collect()
    };
    assert_eq!(jumps(&model), [r#"iifname "eth0" jump ge0-shield"#]);

    interface(&mut model, wan).ipv6_filter.outbound = Some(Filter::default());
    assert_eq!(jumps(&model), [r#"iifname "eth0" jump ge0-shield"#], "what comes in is not filtered");

    interface(&mut model, wan).ipv6_filter.inbound = Some(Filter::default());
    assert_eq!(
        jumps(&model),
        [
            r#"iifname "eth0" meta nfproto ipv4 jump ge0-shield"#,
            r#"iifname "eth0" meta nfproto ipv6 jump ge0-in6"#
        ]
    );
}

#[test]
fn established_connections_take_the_short_way_where_nothing_filters() {
    let mut model = Model::default();
    let [wan, lan, third] =
        [(0, "eth0"), (1, "eth1"), (2, "eth2")].map(|(port, link)| tied(&mut model, port, &[link]));
    masquerade(&mut model, wan, 7);
    let fast = |model: &Model, flowtables: bool| -> Vec<String> {
        let facts = Facts { flowtables, ..Facts::default() };
        let firewall = resolve(model, &facts).state.firewall.unwrap();
        let offloads = firewall.chains.values().flat_map(|chain| &chain.rules);
        let offloads = offloads.filter(|rule| rule.verdict == Verdict::Offload).count();
        assert_eq!(offloads, firewall.fast.len());
        firewall.fast.iter().map(ToString::to_string).collect()
    };
    assert_eq!(fast(&model, true), ["eth0", "eth1", "eth2"]);
    assert_eq!(fast(&model, false), Vec::<String>::new(), "a kernel without flowtables");

    interface(&mut model, third).filter.inbound = Some(Filter::default());
    assert_eq!(fast(&model, true), ["eth0", "eth1"]);
    interface(&mut model, lan).link.enabled = Some(Sourced::new(false, LineId(8)));
    assert_eq!(fast(&model, true), Vec::<String>::new(), "one link alone has no way");
}

#[test]
fn without_filters_and_translations_there_are_no_connections_to_speed_up() {
    let mut model = Model::default();
    tied(&mut model, 0, &["eth0"]);
    tied(&mut model, 1, &["eth1"]);
    let facts = Facts { flowtables: true, ..Facts::default() };
    assert_eq!(resolve(&model, &facts).state.firewall, None);
}
