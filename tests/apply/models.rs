//! Routers to go from and to: two made by hand, and any number made by chance.

use std::net::{IpAddr, Ipv4Addr};

use tsuji::apply::resolve;
use tsuji::apply::state::Neighbour;
use tsuji::apply::{Resolved, State};
use tsuji::model::addr::{Addressing, Ipv4Source};
use tsuji::model::filter::{Action, AddressRange, Filters, Packets, Rule};
use tsuji::model::link::{Link, PortTie};
use tsuji::model::nat::{Nat, Outside, Translation};
use tsuji::model::policy::{Choice, Dropped, Hop, Policy, Way};
use tsuji::model::route::{Gateway, NextHop, Route};
use tsuji::model::{Interface, Model};
use tsuji::status::{Facts, Lease};
use tsuji::types::{InterfaceName, LineId, Mac, Port, Sourced};

/// A model in the making, whose lines are numbered as they come.
pub struct Builder {
    pub model: Model,
    pub facts: Facts,
    next: u32,
    /// Addresses for which the router answers: no line asks for single ones yet.
    proxies: Vec<Sourced<Neighbour>>,
}

impl Builder {
    /// Lines are numbered from `first`.
    pub fn new(first: u32) -> Self {
        Self { model: Model::default(), facts: Facts::default(), next: first, proxies: Vec::new() }
    }

    fn line<T>(&mut self, value: T) -> Sourced<T> {
        self.next += 1;
        Sourced::new(value, LineId(self.next - 1))
    }

    pub fn interface(&mut self, port: u8) -> &mut Interface {
        self.model.interfaces.entry(name(port)).or_default()
    }

    pub fn tie(&mut self, port: u8, devices: &[&str]) -> &mut Self {
        let devices = devices.iter().map(|device| self.line(device.parse().unwrap())).collect();
        let port = name(port).port().unwrap();
        self.model.ports.insert(port, PortTie { devices });
        self
    }

    pub fn enable(&mut self, port: u8, enabled: bool) -> &mut Self {
        let enabled = Some(self.line(enabled));
        self.interface(port).link = Link { enabled, ..Link::default() };
        self
    }

    /// `dhcp`, or addresses of either family; the first of IPv4 is the primary one.
    pub fn address(&mut self, port: u8, text: &str) -> &mut Self {
        let line = self.line(());
        let addr: &mut Addressing = &mut self.interface(port).addr;
        if text == "dhcp" {
            addr.ipv4 = Some(line.map(|()| Ipv4Source::Dhcp { default_route: true }));
        } else if let Ok(network) = text.parse() {
            addr.ipv6.push(line.map(|()| network));
        } else if addr.ipv4.is_none() {
            addr.ipv4 = Some(line.map(|()| Ipv4Source::Static(text.parse().unwrap())));
        } else {
            addr.ipv4_secondary.push(line.map(|()| text.parse().unwrap()));
        }
        self
    }

    pub fn napt(&mut self, port: u8, outside: Outside) -> &mut Self {
        let translations = vec![self.line(Translation::masquerade(outside))];
        self.interface(port).nat = Nat { translations };
        self
    }

    pub fn filter(&mut self, port: u8, inbound: Option<&[Rule]>, outbound: Option<&[Rule]>) -> &mut Self {
        let mut list = |rules: Option<&[Rule]>| {
            rules.map(|rules| rules.iter().map(|rule| self.line(rule.clone())).collect::<Vec<_>>().into())
        };
        let filter = Filters { inbound: list(inbound), outbound: list(outbound) };
        self.interface(port).filter = filter;
        self
    }

    /// All IPv4 packets that a port receives take one way.
    pub fn policy(&mut self, port: u8, hop: Hop) -> &mut Self {
        let choice =
            Choice { rules: None, dropped: Dropped::Passed, way: Way::Hops(vec![hop]), monitor: None };
        let choices = vec![self.line(choice)];
        self.interface(port).policy.ipv4 = Some(Policy { choices });
        self
    }

    pub fn route(&mut self, prefix: &str, next_hop: NextHop, distance: u8) -> &mut Self {
        let gateways = vec![self.line(Gateway::plain(next_hop))];
        let route = gateways[0].clone().map(|_| Route {
            prefix: prefix.parse().unwrap(),
            distance,
            metric: 1,
            gateways,
        });
        self.model.routes.push(route);
        self
    }

    pub fn lease(&mut self, port: u8, address: &str, router: &str) -> &mut Self {
        let routers: Vec<Ipv4Addr> = router.parse().into_iter().collect();
        let server = Ipv4Addr::new(192, 0, 2, 1);
        let lease = Lease { address: address.parse().unwrap(), routers, dns_servers: vec![], server };
        self.facts.leases.insert(name(port), lease);
        self
    }

    pub fn resolve(&self) -> Resolved {
        resolve(&self.model, &self.facts)
    }

    /// The state, of which nothing may be held.
    pub fn state(&self) -> State {
        let resolved = self.resolve();
        assert_eq!(resolved.held, []);
        let proxies = self.proxies.iter().map(|proxy| (proxy.value.clone(), Sourced::new((), proxy.origin)));
        State { proxies: proxies.collect(), ..resolved.state }
    }
}

pub fn name(port: u8) -> InterfaceName {
    InterfaceName::Port(Port::giga_ethernet(port).unwrap())
}

pub fn via(gateway: &str) -> NextHop {
    NextHop::Router(ip(gateway))
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub fn rule(action: Action, protocols: &[u8], source: &[&str], destination_ports: &[u16]) -> Rule {
    Rule {
        action,
        log: false,
        packets: Packets {
            protocols: protocols.to_vec(),
            source: source.iter().map(|network| AddressRange::Network(network.parse().unwrap())).collect(),
            destination_ports: destination_ports.iter().map(|&port| port..=port).collect(),
            ..Packets::default()
        },
    }
}

/// A home: an uplink with a fixed address, a LAN switch of two devices, a management port.
pub fn home() -> Builder {
    let mut home = Builder::new(1);
    let lan = [
        rule(Action::Pass, &[6], &["192.168.0.0/24"], &[80, 443]),
        rule(Action::Drop, &[], &["192.168.0.66/32"], &[]),
        rule(Action::Pass, &[], &[], &[]),
    ];
    home.tie(0, &["eth0"])
        .enable(0, true)
        .address(0, "203.0.113.10/24")
        .address(0, "2001:db8:f::10/64")
        .napt(0, Outside::Interface)
        .tie(1, &["eth1", "eth2"])
        .enable(1, true)
        .address(1, "192.168.0.254/24")
        .address(1, "192.168.0.253/24")
        .address(1, "2001:db8:1::1/64")
        .filter(1, Some(&lan), None)
        .tie(3, &["eth5"])
        .enable(3, true)
        .address(3, "dhcp")
        .lease(3, "10.99.0.7/24", "10.99.0.1")
        .route("0.0.0.0/0", via("203.0.113.1"), 1)
        .route("10.0.0.0/8", via("192.168.0.1"), 1)
        .route("172.16.0.0/12", NextHop::Null, 1)
        .route("198.51.100.128/25", NextHop::Interface(name(1)), 1)
        .route("::/0", via("2001:db8:f::1"), 1);
    home
}

/// A home with all kinds of settings: also a policy that leads what the LAN sends.
pub fn full_home() -> Builder {
    let mut home = home();
    home.policy(1, Hop::Router(ip("203.0.113.2")));
    let (mac, mtu, tag) = (home.line(Mac([2, 0, 0, 0, 0, 9])), home.line(1400), home.line(10));
    let (enabled, neighbour) = (home.line(true), home.line(Mac([2, 0, 0, 0, 0, 7])));
    (home.interface(0).link.mac, home.interface(1).link.mtu) = (Some(mac), Some(mtu));
    home.interface(1).addr.neighbours.insert(ip("192.168.0.7"), neighbour);
    let office = InterfaceName::Sub(name(1).port().unwrap(), 10);
    let link = Link { enabled: Some(enabled), tag: Some(tag), ..Link::default() };
    home.model.interfaces.insert(office, Interface { link, ..Interface::default() });
    let proxy = Neighbour { link: "ge1".parse().unwrap(), address: ip("192.168.0.99") };
    home.proxies = vec![home.line(proxy)];
    home
}

/// The same home after it was rebuilt: another uplink, the switch elsewhere, new networks.
pub fn rebuilt() -> Builder {
    let mut rebuilt = Builder::new(101);
    let lan = [
        rule(Action::Drop, &[17], &["192.168.1.0/24"], &[53]),
        rule(Action::Pass, &[6], &["192.168.1.0/24"], &[80, 443]),
        rule(Action::Pass, &[], &[], &[]),
    ];
    rebuilt
        .tie(0, &["eth3"])
        .enable(0, true)
        .address(0, "dhcp")
        .lease(0, "100.64.0.5/16", "100.64.0.1")
        .napt(0, Outside::Interface)
        .tie(1, &["eth1"])
        .enable(1, true)
        .address(1, "192.168.1.254/24")
        .address(1, "192.168.0.253/24")
        .address(1, "2001:db8:1::1/48")
        .filter(1, Some(&lan), Some(&lan[2..]))
        .tie(2, &["eth2", "eth4"])
        .enable(2, true)
        .address(2, "10.20.0.1/16")
        .napt(2, Outside::Pool(vec![(Ipv4Addr::new(10, 20, 0, 1), Ipv4Addr::new(10, 20, 0, 1))]))
        .tie(3, &["eth5"])
        .enable(3, false)
        .route("10.0.0.0/8", via("192.168.1.1"), 1)
        .route("198.51.100.128/25", NextHop::Interface(name(2)), 1)
        .route("192.0.2.0/24", NextHop::Dhcp(name(0)), 1)
        .route("::/0", via("2001:db8:1::9"), 1);
    rebuilt
}
