//! Any model that the lines of a dialect can ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tsuji::model::addr::{Addressing, Ipv4Source};
use tsuji::model::filter::{Action, AddressRange, Filters, Packets, Rule};
use tsuji::model::link::{Link, PortTie};
use tsuji::model::nat::{Forward, Limits, Nat, Outside, Target, Timeouts, Traffic, Translation, Unmatched};
use tsuji::model::route::{Gateway, NextHop, Route};
use tsuji::model::system::{Console, System};
use tsuji::model::{Interface, Model};
use tsuji::types::{Character, Dialect, Encoding, InterfaceName, KernelName, LineId, Mac, Port, Sourced};

use crate::services::{access, ddns, dns, time};
use crate::settings::{logging, timezone, users};

pub fn model(dialect: Dialect) -> impl Strategy<Value = Model> {
    let interfaces = btree_map(interface_name(), interface(dialect), 0..4);
    let routes = vec(way(dialect), 0..8).prop_map(move |ways| routes(dialect, ways));
    let settings = (system(dialect), users(dialect), logging(dialect));
    let services = (time(dialect), access(dialect), dns(dialect), ddns(dialect));
    (settings, services, ports(), interfaces, routes).prop_map(
        |((system, users, log), (time, access, dns, ddns), ports, interfaces, routes)| {
            // An RTX knows an interface only by a line that says something of it.
            let bare = Interface { link: up(), ..Interface::default() };
            let interfaces = interfaces.into_iter().filter(|(_, interface)| *interface != bare).collect();
            let rest = Model::default();
            Model { system, users, log, time, access, dns, ddns, ports, interfaces, routes, ..rest }
        },
    )
}

fn line<T>(value: T) -> Sourced<T> {
    Sourced::new(value, LineId(1))
}

fn up() -> Link {
    Link { enabled: Some(line(true)), ..Link::default() }
}

fn system(dialect: Dialect) -> impl Strategy<Value = System> {
    let name = match dialect {
        Dialect::Ix => "[ !#-~辻]{1,8}".boxed(),
        Dialect::Rtx => "[ -~辻]{0,8}".boxed(),
    };
    let encodings = [Encoding::Utf8, Encoding::Sjis, Encoding::Euc].map(Character::Japanese);
    let character = select([&encodings[..], &[Character::English]].concat());
    let rows = prop_oneof![Just(0), 10..=100u16];
    let console = (option::of(character), option::of(80..=4096u16), option::of(rows));
    let console = console.prop_map(move |(character, columns, rows)| match dialect {
        Dialect::Ix => Console::default(),
        Dialect::Rtx => {
            Console { character: character.map(line), columns: columns.map(line), page_rows: rows.map(line) }
        }
    });
    (option::of(name), timezone(), console).prop_map(|(name, timezone, console)| System {
        hostname: name.map(line),
        timezone,
        console,
    })
}

fn port() -> impl Strategy<Value = Port> {
    (0..=Port::MAX).prop_map(|number| Port::giga_ethernet(number).unwrap())
}

/// Few, so that routes, filters and ports meet.
fn interface_name() -> impl Strategy<Value = InterfaceName> {
    (0..4u8).prop_map(|number| InterfaceName::Port(Port::giga_ethernet(number).unwrap()))
}

/// Every device has one port.
fn ports() -> impl Strategy<Value = BTreeMap<Port, PortTie>> {
    vec(port(), 0..6).prop_map(|ports| {
        let mut ties: BTreeMap<Port, PortTie> = BTreeMap::new();
        for (index, port) in ports.into_iter().enumerate() {
            let device: KernelName = format!("eth{index}").parse().unwrap();
            ties.entry(port).or_default().devices.push(line(device));
        }
        ties
    })
}

fn interface(dialect: Dialect) -> impl Strategy<Value = Interface> {
    let mac = option::of(any::<[u8; 6]>().prop_map(|bytes| line(Mac(bytes))));
    let mtu = || option::of((1280..=9000u32).prop_map(line));
    let link = (any::<bool>(), option::of("[a-z辻]{1,6}"), mtu(), mtu(), mac).prop_map(
        move |(enabled, description, mtu, ipv6_mtu, mac)| {
            let description = description.map(line);
            match dialect {
                Dialect::Ix => {
                    Link { enabled: Some(line(enabled)), description, mtu, ipv6_mtu, mac, ..Link::default() }
                }
                Dialect::Rtx => Link { description, mtu, ipv6_mtu, ..up() },
            }
        },
    );
    let ipv6_filter = match dialect {
        Dialect::Ix => Just(Filters::default()).boxed(),
        Dialect::Rtx => filters(dialect, true).boxed(),
    };
    (link, addressing(dialect), filters(dialect, false), ipv6_filter, nat(dialect)).prop_map(
        |(link, addr, filter, ipv6_filter, nat)| Interface {
            link,
            addr,
            filter,
            ipv6_filter,
            nat,
            ..Interface::default()
        },
    )
}

fn addressing(dialect: Dialect) -> impl Strategy<Value = Addressing> {
    let source = prop_oneof![
        ipv4_net().prop_map(Ipv4Source::Static),
        any::<bool>().prop_map(|default_route| Ipv4Source::Dhcp { default_route }),
    ];
    let secondaries = match dialect {
        Dialect::Ix => 0..3,
        Dialect::Rtx => 0..2,
    };
    let secondary = proptest::collection::btree_set(ipv4_net(), secondaries);
    let ipv6 = proptest::collection::btree_set(ipv6_net(), 0..3);
    let mac = any::<[u8; 6]>().prop_map(|bytes| line(Mac(bytes)));
    let neighbours = btree_map(any::<Ipv4Addr>().prop_map(IpAddr::V4), mac, 0..2);
    (option::of(source), secondary, option::of(Just(line(()))), ipv6, neighbours).prop_map(
        |(source, secondary, proxy_arp, ipv6, neighbours)| Addressing {
            neighbours,
            ipv4: source.map(line),
            ipv4_secondary: secondary.into_iter().map(line).collect(),
            proxy_arp,
            ipv6: ipv6.into_iter().map(line).collect(),
        },
    )
}

fn nat(dialect: Dialect) -> impl Strategy<Value = Nat> {
    let translations = option::of(translation(dialect).prop_map(line));
    translations.prop_map(|translation| Nat { translations: translation.into_iter().collect() })
}

fn translation(dialect: Dialect) -> impl Strategy<Value = Translation> {
    let outside = option::of(any::<Ipv4Addr>()).prop_map(|address| match address {
        Some(address) => Outside::Pool(vec![(address, address)]),
        None => Outside::Interface,
    });
    let unmatched = match dialect {
        Dialect::Ix => vec![Unmatched::Discard],
        Dialect::Rtx => vec![
            Unmatched::Reject,
            Unmatched::Discard,
            Unmatched::Through,
            Unmatched::Forward(Ipv4Addr::new(192, 168, 0, 1)),
        ],
    };
    let limit = || option::of(1..=250_000_u32);
    let ports = option::of((1024..=60_000_u16, 0..=5_000_u16));
    let seconds = || option::of(30..=900_u32);
    let several = (any::<bool>(), ports, limit(), limit(), seconds(), seconds());
    (outside, select(unmatched), vec(forward(), 0..4), several).prop_map(
        |(outside, unmatched, forwards, (hairpin, ports, total, per_host, tcp, udp))| {
            let mut forwards = forwards;
            // The same traffic twice is one line of an IX.
            forwards.sort_by_key(|forward| format!("{:?}", forward.traffic));
            forwards.dedup_by_key(|forward| format!("{:?}", forward.traffic));
            let mut translation = Translation {
                unmatched,
                hairpin,
                forwards: forwards.into_iter().map(line).collect(),
                ports: ports.into_iter().map(|(first, more)| first..=first + more).collect(),
                limits: Limits { total, per_host },
                timeouts: Timeouts { tcp, udp, ..Timeouts::default() },
                ..Translation::masquerade(outside)
            };
            translation.normalise();
            translation
        },
    )
}

/// To a host of a network that no interface has.
fn forward() -> impl Strategy<Value = Forward> {
    let ports = (select(vec![6, 17]), 1..=60_000_u16, 0..=100_u16, option::of(1..=60_000_u16));
    let ports = ports.prop_map(|(protocol, first, more, inside)| Traffic::Ports {
        protocol,
        first,
        last: first + more,
        inside: inside.unwrap_or(first),
    });
    let traffic = prop_oneof![ports, select(vec![1, 47, 50]).prop_map(Traffic::Protocol)];
    (traffic, any::<u8>()).prop_map(|(traffic, host)| {
        let target = Target::Host(Ipv4Addr::new(192, 0, 2, host));
        Forward { outside: None, traffic, target }
    })
}

fn filters(dialect: Dialect, is_ipv6: bool) -> impl Strategy<Value = Filters> {
    let rules = move || option::of(vec(rule(dialect, is_ipv6).prop_map(line), 0..4));
    (rules(), rules()).prop_map(move |(mut inbound, mut outbound)| {
        // The same line twice in a list of an IX is one.
        for rules in [&mut inbound, &mut outbound].into_iter().flatten() {
            let mut seen: Vec<Sourced<Rule>> = Vec::new();
            rules.retain(|rule| {
                let new = dialect == Dialect::Rtx || !seen.contains(rule);
                seen.push(rule.clone());
                new
            });
        }
        Filters { inbound: inbound.map(Into::into), outbound: outbound.map(Into::into) }
    })
}

/// A rule as one line of an access list, or one filter, says it.
fn rule(dialect: Dialect, is_ipv6: bool) -> impl Strategy<Value = Rule> {
    let most = match dialect {
        Dialect::Ix => 1,
        Dialect::Rtx => 3,
    };
    let action = (any::<bool>(), any::<bool>()).prop_map(move |(pass, log)| match (pass, dialect) {
        (true, Dialect::Ix) => (Action::Pass, false),
        (true, Dialect::Rtx) => (Action::Pass, log),
        (false, _) => (Action::Drop, log),
    });
    let ranges = move || vec(address_range(dialect, is_ipv6), 0..=most);
    (action, kind(dialect, is_ipv6, most), ranges(), ranges()).prop_map(
        |((action, log), kind, source, destination)| {
            let (protocols, source_ports, destination_ports) = kind;
            let packets = Packets {
                protocols,
                source,
                destination,
                source_ports,
                destination_ports,
                ..Packets::default()
            };
            Rule { action, log, packets }
        },
    )
}

type Ports = Vec<RangeInclusive<u16>>;

/// Protocols, and ports if they have any.
fn kind(dialect: Dialect, is_ipv6: bool, most: usize) -> impl Strategy<Value = (Vec<u8>, Ports, Ports)> {
    let with_ports = match dialect {
        Dialect::Ix => vec![vec![6], vec![17]],
        Dialect::Rtx => vec![vec![6], vec![17], vec![6, 17]],
    };
    let ports = move || vec(range(any::<u16>()), 0..=most);
    let icmp = match dialect {
        Dialect::Ix => prop_oneof![
            Just((vec![], vec![])),
            (0..=255u16).prop_map(|kind| (vec![kind..=kind], vec![])),
            (0..=255u16, 0..=255u16).prop_map(|(kind, code)| (vec![kind..=kind], vec![code..=code])),
        ]
        .boxed(),
        Dialect::Rtx => (vec(range(0..=40u16), 0..=2), vec(range(0..=9u16), 0..=1)).boxed(),
    };
    prop_oneof![
        vec(any::<u8>(), 0..=most).prop_map(|protocols| (protocols, vec![], vec![])),
        (select(with_ports), ports(), ports()),
        icmp.prop_map(move |(types, codes)| (vec![if is_ipv6 { 58 } else { 1 }], types, codes)),
    ]
}

fn range(value: impl Strategy<Value = u16> + Clone) -> impl Strategy<Value = RangeInclusive<u16>> {
    (value.clone(), value).prop_map(|(one, other)| one.min(other)..=one.max(other))
}

fn address_range(dialect: Dialect, is_ipv6: bool) -> impl Strategy<Value = AddressRange> {
    let network = net(is_ipv6).prop_map(|network| AddressRange::Network(network.trunc()));
    let ipv4 = (any::<u32>(), 0..=300u32).prop_map(|(first, length)| {
        let last = first.saturating_add(length);
        AddressRange::Range(Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into())
    });
    let ipv6 = (ipv6_net(), any::<u64>()).prop_map(|(network, length)| {
        let first = network.addr().to_bits();
        let last = first.saturating_add(length.into());
        AddressRange::Range(Ipv6Addr::from(first).into(), Ipv6Addr::from(last).into())
    });
    match (dialect, is_ipv6) {
        (Dialect::Ix, _) => network.boxed(),
        (Dialect::Rtx, false) => prop_oneof![network, ipv4].boxed(),
        (Dialect::Rtx, true) => prop_oneof![network, ipv6].boxed(),
    }
}

/// One gateway of a route, before those of one route are put together.
type Way = (IpNet, u8, u32, Gateway);

fn way(dialect: Dialect) -> impl Strategy<Value = Way> {
    any::<bool>().prop_flat_map(move |is_ipv6| {
        // Few networks, so that gateways meet.
        let prefix = net(is_ipv6).prop_map(|network| network.trunc());
        let near = if is_ipv6 { "2001:db8::/32" } else { "10.0.0.0/8" };
        let prefix = prop_oneof![prefix, Just(near.parse().unwrap())];
        let (metric, distance, weight) = match dialect {
            Dialect::Ix => (0..=65535u32, 1..=255u8, 1..=1u32),
            Dialect::Rtx => (1..=15, 1..=2, 1..=3),
        };
        let metric = prop_oneof![Just(1), metric];
        let distance = prop_oneof![Just(1), distance];
        let next_hop = (0..5, net(is_ipv6).prop_map(|network| network.addr()), interface_name()).prop_map(
            move |(kind, gateway, name)| match (kind, dialect) {
                (0, _) => NextHop::Null,
                (1, _) if !is_ipv6 => NextHop::Dhcp(name),
                (2, Dialect::Ix) => NextHop::RouterOn(gateway, name),
                (3, Dialect::Ix) => NextHop::Interface(name),
                _ => NextHop::Router(gateway),
            },
        );
        let hide = any::<bool>().prop_map(move |hide| hide && dialect == Dialect::Rtx);
        (prefix, distance, metric, next_hop, weight, hide).prop_map(
            |(prefix, distance, metric, next_hop, weight, hide)| {
                // What an RTX falls back on has no other weight.
                let weight = if distance == 1 { weight } else { 1 };
                (prefix, distance, metric, Gateway { weight, hide, ..Gateway::plain(next_hop) })
            },
        )
    })
}

/// Sorted routes of these gateways, each of which leads to a network once.
fn routes(dialect: Dialect, mut ways: Vec<Way>) -> Vec<Sourced<Route>> {
    let mut seen = BTreeSet::new();
    ways.retain(|(prefix, _, _, gateway)| {
        let next_hop = match gateway.next_hop.clone() {
            // One line of an IX.
            NextHop::Dhcp(name) => NextHop::Interface(name),
            next_hop => next_hop,
        };
        seen.insert((*prefix, next_hop))
    });
    let best: BTreeSet<IpNet> =
        ways.iter().filter(|(_, distance, ..)| *distance == 1).map(|(prefix, ..)| *prefix).collect();
    // On an RTX something must be better than what it falls back on.
    ways.retain(|(prefix, distance, ..)| dialect == Dialect::Ix || *distance == 1 || best.contains(prefix));
    let key =
        |(prefix, distance, metric, gateway): &Way| (*prefix, *distance, *metric, gateway.next_hop.clone());
    ways.sort_by_key(key);
    let same = |one: &Way, other: &Way| (one.0, one.1, one.2) == (other.0, other.1, other.2);
    let route = |ways: &[Way]| {
        let (prefix, distance, metric, _) = ways[0];
        let gateways = ways.iter().map(|(.., gateway)| line(gateway.clone())).collect();
        line(Route { prefix, distance, metric, gateways })
    };
    ways.chunk_by(same).map(route).collect()
}

fn net(is_ipv6: bool) -> impl Strategy<Value = IpNet> {
    if is_ipv6 { ipv6_net().prop_map(IpNet::V6).boxed() } else { ipv4_net().prop_map(IpNet::V4).boxed() }
}

fn ipv4_net() -> impl Strategy<Value = Ipv4Net> {
    (any::<Ipv4Addr>(), 0..=32u8).prop_map(|(address, length)| Ipv4Net::new_assert(address, length))
}

fn ipv6_net() -> impl Strategy<Value = Ipv6Net> {
    (any::<Ipv6Addr>(), 0..=128u8)
        .prop_map(|(address, length)| Ipv6Net::new_assert(plain_ipv6(address), length))
}

/// Not an IPv4 address in disguise: neither command line writes those.
fn plain_ipv6(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() | 1 << 127)
}
