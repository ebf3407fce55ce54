//! Real packets through the rules: a LAN host, the router (the test), a server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tsuji::apply::firewall::{Family, Firewall, Hook, Match, Verdict};
use tsuji::apply::op::Op;

use crate::firewall::{counted, rule, set, snat, table};
use crate::namespace::{Host, in_namespace, sh};
use crate::{Linux, address, name, set_route, via};

/// `pc` 192.168.0.1 on `lan0`, `server` 203.0.113.80 on `wan0`; the server knows no way to the LAN.
pub struct Network {
    pub pc: Host,
    pub server: Host,
    pub router: Linux,
}

/// All cabled, with addresses; the router forwards.
pub fn network() -> Network {
    let (pc, server) = (Host::new("pc"), Host::new("server"));
    pc.cable("lan0", "eth0");
    server.cable("wan0", "eth0");
    pc.sh("ip address add 192.168.0.1/24 dev eth0 && ip route add default via 192.168.0.254");
    server.sh("ip address add 203.0.113.80/24 dev eth0");
    let mut router = Linux::new();
    router.must(&Op::AddAddress(address("lan0", "192.168.0.254/24")));
    router.must(&Op::AddAddress(address("wan0", "203.0.113.1/24")));
    router.must(&Op::SetSysctl { name: "net.ipv4.ip_forward".to_owned(), value: "1".to_owned() });
    Network { pc, server, router }
}

impl Network {
    fn filter(&mut self, firewall: &Firewall) {
        self.router.must(&set(firewall));
    }

    pub fn pings(&self) -> bool {
        self.pc.try_sh("ping -c 1 -W 1 203.0.113.80").is_ok()
    }

    /// Both ends of a TCP connection from the pc to the server.
    fn connection(&self, port: u16) -> (TcpStream, TcpStream) {
        let listener = self.server.run(|| TcpListener::bind(("0.0.0.0", port)).unwrap());
        let address = SocketAddr::from(([203, 0, 113, 80], port));
        let client = self.pc.run(|| TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap());
        (client, listener.accept().unwrap().0)
    }

    /// The address that the server saw, if the connection came about.
    pub fn connects(&self, port: u16) -> Option<SocketAddr> {
        let server = self.server.run(|| TcpListener::bind(("0.0.0.0", port)).unwrap());
        let answer = self.server.spawn(move || {
            let (mut client, peer) = server.accept().unwrap();
            // The pc may be gone already: then nothing shows that the connection came about.
            drop(client.write_all(b"welcome"));
            peer
        });
        let welcomed = self.pc.run(|| {
            let address = SocketAddr::from(([203, 0, 113, 80], port));
            let mut client = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
            client.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let mut text = String::new();
            client.read_to_string(&mut text).ok()?;
            (text == "welcome").then_some(())
        });
        welcomed.map(|()| answer.join().unwrap())
    }
}

#[test]
fn a_filter_drops_what_it_says_and_counts_it() {
    in_namespace(|| {
        let mut network = network();
        network.server.sh("ip route add 192.168.0.0/24 via 203.0.113.1");
        assert!(network.pings());
        let port = |port| vec![Match::Protocol(vec![6]), Match::DestinationPort(vec![port..=port])];
        let from_lan = |mut more: Vec<Match>| {
            more.insert(0, Match::InLink(name("lan0")));
            more
        };
        network.filter(&table([(
            "forward",
            Some(Hook::Forward),
            vec![
                rule(vec![Match::Established], Verdict::Accept),
                rule(from_lan(port(80)), Verdict::Accept),
                counted("pings", from_lan(vec![Match::IcmpType(Family::Ipv4, vec![8..=8])]), Verdict::Drop),
                counted("rest", vec![], Verdict::Drop),
            ],
        )]));
        assert!(!network.pings());
        assert_eq!(network.router.counter("pings"), Some((1, 84)));
        assert_eq!(network.connects(80).unwrap().ip().to_string(), "192.168.0.1");
        assert_eq!(network.connects(81), None);
        assert!(network.router.counter("rest").unwrap().0 >= 1);
    });
}

#[test]
fn a_masqueraded_connection_shows_the_router_s_address() {
    in_namespace(|| {
        let mut network = network();
        assert!(!network.pings(), "the server knows no way back");
        network.filter(&table([(
            "translate",
            Some(Hook::SourceNat),
            vec![counted("out", vec![Match::OutLink(name("wan0"))], Verdict::Masquerade(None))],
        )]));
        assert!(network.pings());
        assert_eq!(network.connects(80).unwrap().ip().to_string(), "203.0.113.1");
        // A connection is counted once, by its first packet.
        assert_eq!(network.router.counter("out").unwrap().0, 2);

        sh("ip address add 203.0.113.7/24 dev wan0");
        network.filter(&table([(
            "translate",
            Some(Hook::SourceNat),
            vec![rule(vec![Match::OutLink(name("wan0"))], snat("203.0.113.7"))],
        )]));
        assert_eq!(network.connects(80).unwrap().ip().to_string(), "203.0.113.7");
    });
}

#[test]
fn a_route_of_ours_carries_packets() {
    in_namespace(|| {
        let mut network = network();
        network.server.sh("ip address add 198.51.100.1/32 dev lo && ip route add default via 203.0.113.1");
        let ping = |network: &Network| network.pc.try_sh("ping -c 1 -W 1 198.51.100.1").is_ok();
        assert!(!ping(&network));
        network.router.must(&set_route("198.51.100.0/24", 10, via("203.0.113.80", None)));
        assert!(ping(&network));
    });
}

/// A connection on the kernel's short way passes no hook any more, until a new table takes the
/// place of the old one: then it is judged anew.
#[test]
fn an_offloaded_connection_is_judged_anew_by_a_new_table() {
    in_namespace(|| {
        let mut network = network();
        if !network.router.has_flowtables() {
            return;
        }
        let masquerade = rule(vec![Match::OutLink(name("wan0"))], Verdict::Masquerade(None));
        let seen = counted("seen", vec![], Verdict::Return);
        let offload = rule(vec![Match::Protocol(vec![6]), Match::Established], Verdict::Offload);
        let way = Verdict::Jump("way".to_owned());
        let mut fast = table([
            ("postrouting", Some(Hook::SourceNat), vec![masquerade.clone()]),
            (
                "forward",
                Some(Hook::Forward),
                vec![rule(vec![], Verdict::Jump("count".to_owned())), rule(vec![], way)],
            ),
            ("count", None, vec![seen]),
            ("way", None, vec![offload]),
        ]);
        fast.fast = [name("lan0"), name("wan0")].into();
        network.filter(&fast);

        let (mut client, mut server) = network.connection(5001);
        const BLOCKS: usize = 64;
        let block = vec![7; 64 * 1024];
        let reader = std::thread::spawn(move || {
            let mut read = vec![0; 64 * 1024];
            for _ in 0..BLOCKS {
                server.read_exact(&mut read).unwrap();
            }
            server
        });
        for _ in 0..BLOCKS {
            client.write_all(&block).unwrap();
        }
        let mut server = reader.join().unwrap();
        let (packets, bytes) = network.router.counter("seen").unwrap();
        assert!(
            bytes < (BLOCKS * block.len() / 4) as u64,
            "{packets} packets, {bytes} bytes went through the hooks"
        );

        let drop = rule(vec![Match::Protocol(vec![6])], Verdict::Drop);
        network.filter(&table([
            ("postrouting", Some(Hook::SourceNat), vec![masquerade]),
            ("forward", Some(Hook::Forward), vec![drop]),
        ]));
        client.write_all(b"late").unwrap();
        server.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let late = server.read(&mut [0; 8]);
        assert!(late.is_err(), "{late:?} came through a table that drops it");
    });
}
