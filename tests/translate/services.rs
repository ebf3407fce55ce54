//! Any services that the lines of a dialect can ask for.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tsuji::model::access::{Access, Client, Clients, Hosts, Service};
use tsuji::model::ddns::{Ddns, Profile};
use tsuji::model::dns::{Asked, Dns, From, Kind, Record, Rule, Server};
use tsuji::model::time::{self, Source, Time};
use tsuji::types::{Dialect, InterfaceName, LineId, Port, Secret, Sourced};

fn line<T>(value: T) -> Sourced<T> {
    Sourced::new(value, LineId(1))
}

fn state() -> impl Strategy<Value = Option<Sourced<()>>> {
    option::of(Just(line(())))
}

fn interface() -> impl Strategy<Value = InterfaceName> {
    (0..4u8).prop_map(|number| InterfaceName::Port(Port::giga_ethernet(number).unwrap()))
}

fn address() -> impl Strategy<Value = IpAddr> {
    any::<Ipv4Addr>().prop_map(IpAddr::V4)
}

fn name() -> impl Strategy<Value = String> {
    "[a-z]{1,6}\\.example"
}

pub fn time(dialect: Dialect) -> impl Strategy<Value = Time> {
    let server = prop_oneof![address().prop_map(time::Server::Address), name().prop_map(time::Server::Name)];
    let servers = vec(server, 0..4).prop_map(|servers| {
        let mut distinct = Vec::new();
        for server in servers.into_iter().map(line) {
            if !distinct.contains(&server) {
                distinct.push(server);
            }
        }
        distinct
    });
    let source = match dialect {
        Dialect::Ix => interface().prop_map(Source::Interface).boxed(),
        Dialect::Rtx => address().prop_map(Source::Address).boxed(),
    };
    (servers, option::of(0..=86_400u32), option::of(source), state()).prop_map(
        move |(servers, interval, source, is_master)| {
            let is_ix = dialect == Dialect::Ix;
            let interval = interval.map(line).filter(|_| is_ix);
            Time { servers, interval, source: source.map(line), is_master: is_master.filter(|_| is_ix) }
        },
    )
}

pub fn access(dialect: Dialect) -> impl Strategy<Value = Access> {
    let service = move || service(dialect);
    (service(), service(), service(), service()).prop_map(|(ssh, telnet, http, time)| {
        // Nobody chooses the port of the time.
        Access { ssh, telnet, http, time: Service { port: None, ..time } }
    })
}

fn service(dialect: Dialect) -> impl Strategy<Value = Service> {
    (state(), state(), option::of(1..=u16::MAX), option::of(clients())).prop_map(
        move |(ipv4, ipv6, port, clients)| match dialect {
            Dialect::Ix => Service { ipv4, ipv6, port: port.map(line), clients: None },
            Dialect::Rtx => Service { ipv4, ipv6: ipv4, port: port.map(line), clients: clients.map(line) },
        },
    )
}

fn clients() -> impl Strategy<Value = Clients> {
    let range = (any::<u32>(), 1..300u32).prop_map(|(first, length)| {
        let last = first.saturating_add(length);
        Hosts::Range(Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into())
    });
    let client = prop_oneof![
        address().prop_map(|address| Client::Hosts(Hosts::Network(address.into()))),
        range.prop_map(Client::Hosts),
        interface().prop_map(Client::Interface),
    ];
    prop_oneof![Just(Clients::Any), Just(Clients::Lan), vec(client, 0..4).prop_map(Clients::Only)]
}

pub fn dns(dialect: Dialect) -> impl Strategy<Value = Dns> {
    match dialect {
        Dialect::Ix => ix_dns().boxed(),
        Dialect::Rtx => rtx_dns().boxed(),
    }
}

fn server(edns: bool) -> impl Strategy<Value = Server> {
    (address(), any::<bool>())
        .prop_map(move |(address, long)| Server { from: From::Address(address), edns: long && edns })
}

fn ix_dns() -> impl Strategy<Value = Dns> {
    let learnt = interface().prop_map(|name| Server { from: From::Interface(name), edns: false });
    let servers = vec(prop_oneof![server(false), learnt], 0..4);
    let rule = (name(), distinct(server(false), 1..3)).prop_map(|(domain, servers)| Rule {
        kind: None,
        asked: Asked::Ending(domain),
        asker: None,
        servers,
    });
    let records = records(vec![Kind::A], Just(1));
    let resolvers = distinct(address(), 0..3);
    let cache = option::of(1..=10_000u32);
    (state(), state(), servers, option::of(rule), records, cache, resolvers, option::of(name())).prop_map(
        |(ipv4, ipv6, servers, rule, records, cache, resolvers, domain)| {
            let mut distinct = Vec::new();
            servers.into_iter().for_each(|server| {
                if !distinct.contains(&server) {
                    distinct.push(server);
                }
            });
            Dns {
                ipv4,
                ipv6,
                servers: distinct.into_iter().map(line).collect(),
                rules: rule.into_iter().map(line).collect(),
                records,
                cache: cache.map(line),
                resolvers: resolvers.into_iter().map(line).collect(),
                domain: domain.map(line),
                ..Dns::default()
            }
        },
    )
}

/// One that answers: what is said of one that does not is of no use.
fn rtx_dns() -> impl Strategy<Value = Dns> {
    let kinds = vec![Kind::A, Kind::Aaaa, Kind::Mx, Kind::Ns, Kind::Cname];
    let asked = prop_oneof![Just(Asked::Anything), name().prop_map(Asked::Ending)];
    let servers = vec(server(true), 0..3);
    let rule = (option::of(select(kinds)), asked, option::of(address()), servers).prop_map(
        |(kind, asked, asker, servers)| {
            let asker = asker.map(|address| Hosts::Network(address.into()));
            line(Rule { kind, asked, asker, servers })
        },
    );
    let records = records(vec![Kind::A, Kind::Cname], 1..=100u32);
    let hides = (state(), state());
    let cache = option::of(prop_oneof![Just(256), 1..=1024u32]);
    let servers = distinct(address(), 0..4);
    (option::of(clients()), servers, vec(rule, 0..3), records, hides, cache, option::of(name())).prop_map(
        |(clients, servers, rules, records, (hides_private, hides_ipv6), cache, domain)| Dns {
            ipv4: Some(line(())),
            ipv6: Some(line(())),
            clients: clients.map(line),
            resolvers: servers.iter().copied().map(line).collect(),
            servers: servers
                .into_iter()
                .map(|address| line(Server { from: From::Address(address), edns: false }))
                .collect(),
            rules,
            records,
            hides_private,
            hides_ipv6,
            cache: cache.map(line),
            domain: domain.map(line),
        },
    )
}

fn distinct<T: std::fmt::Debug + Ord>(
    value: impl Strategy<Value = T>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    btree_set(value, count).prop_map(|values| values.into_iter().collect())
}

/// One answer for each name and kind, in order.
fn records(
    kinds: Vec<Kind>,
    seconds: impl Strategy<Value = u32>,
) -> impl Strategy<Value = Vec<Sourced<Record>>> {
    let answer = (any::<Ipv4Addr>(), seconds);
    btree_map((select(kinds), name()), answer, 0..3).prop_map(|records: BTreeMap<_, _>| {
        let record = |((kind, name), (value, seconds)): ((Kind, String), (Ipv4Addr, u32))| {
            line(Record { kind, name, value: value.to_string(), seconds })
        };
        records.into_iter().map(record).collect()
    })
}

pub fn ddns(dialect: Dialect) -> impl Strategy<Value = Ddns> {
    let profile = (option::of("https://[a-z]{1,8}/"), option::of("[a-z]=[!$-~]{1,8}"), any::<bool>());
    let profile = (profile, option::of(interface()), option::of(interface()), option::of(1..=525_600u32))
        .prop_map(|((url, query, over_ipv6), source, told, minutes)| {
            line(Profile {
                url: url.map(line),
                query: query.map(|query| line(Secret::new(query))),
                over_ipv6,
                source: source.map(line),
                told: told.map(line),
                minutes: minutes.map(line),
            })
        });
    (state(), btree_map("[a-z]{1,8}", profile, 0..3)).prop_map(move |(enabled, profiles)| match dialect {
        Dialect::Ix => Ddns { enabled, profiles },
        Dialect::Rtx => Ddns::default(),
    })
}
