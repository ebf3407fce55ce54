//! The walk against Linux: packets of all kinds are sent through random configurations, and each
//! goes where the walk says, with the addresses that the walk says.

mod frame;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::{Builder, Runtime};
use tsuji::apply::kernel::fake::{FakeKernel, FakeWorkers};
use tsuji::apply::kernel::linux::LinuxKernel;
use tsuji::apply::kernel::linux::sys_packet::PacketSocket;
use tsuji::apply::walk::{End, Journey, Packet, Walker};
use tsuji::apply::{Applier, State, resolve};
use tsuji::language::lower::{Severity, lower};
use tsuji::language::tree::reader;
use tsuji::status::{Detail, Facts, Tuple};
use tsuji::types::Dialect;

use self::frame::{Caught, frame, parse, payload};
use crate::name;
use crate::namespace::{Host, in_namespace, sh};

const CONFIGURATIONS: usize = 40;
const PACKETS: usize = 25;
/// How long a packet that must come is waited for: only a failure waits so long.
const PATIENCE: Duration = Duration::from_secs(5);

const PORTS: &str = "\
device GigaEthernet0
  linux-interface e0
device GigaEthernet1
  linux-interface e1
device GigaEthernet2
  linux-interface e2
";
/// The addresses of each interface.
const ADDRESSES: [&str; 3] = [
    "ip address 198.51.100.10/24\n  ipv6 address 2001:db8:51::10/64\n",
    "ip address 192.168.0.254/24\n  ipv6 address 2001:db8:1::fe/64\n",
    "ip address 192.0.2.10/24\n  ipv6 address 2001:db8:52::10/64\n",
];
const LISTS: [&str; 12] = [
    "ip access-list a permit udp src any sport any dest any dport eq 53",
    "ip access-list a deny ip src 192.168.0.0/28 dest any",
    "ip access-list a permit tcp src any sport any dest any dport range 80 443",
    "ip access-list a permit icmp src any dest 203.0.113.0/24",
    "ip access-list a permit ip src 192.168.0.77/32 dest any",
    "ip access-list b deny tcp src any sport any dest any dport eq 80",
    "ip access-list b deny udp src any sport any dest 203.0.113.80/32 dport any",
    "ip access-list b permit ip src any dest any",
    "ipv6 access-list c permit tcp src any sport any dest any dport eq 80",
    "ipv6 access-list c permit icmp src any dest any",
    "ipv6 access-list c deny udp src 2001:db8:1::/64 sport any dest any dport any",
    "ipv6 access-list c permit ip src any dest 2001:db8:80::/48",
];
const ROUTES: [&str; 9] = [
    "ip route default 198.51.100.1",
    "ip route default 192.0.2.1 distance 5",
    "ip route 203.0.113.0/24 192.0.2.1",
    "ip route 203.0.113.128/25 Null0.0",
    "ip route 10.0.0.0/8 192.168.0.1",
    "ipv6 route default 2001:db8:51::1",
    "ipv6 route 2001:db8:80::/48 2001:db8:52::1",
    "ipv6 route 2001:db8:80::80/128 2001:db8:51::1",
    "ipv6 route 2001:db8:99::/48 2001:db8:1::1",
];
const ON_INTERFACES: [&str; 6] = [
    "ip filter a 10 in",
    "ip filter a 10 out",
    "ip filter b 20 in",
    "ip filter b 20 out",
    "ipv6 filter c 10 in",
    "ipv6 filter c 10 out",
];
const ON_UPLINKS: [&str; 4] = [
    "ip napt enable",
    "ip napt enable\n  ip napt static 192.168.0.1 tcp 80",
    "ip napt enable\n  ip napt service web 192.168.0.77 8080 tcp 443",
    "",
];
/// Where packets go when they leave a link: hosts that answer for these addresses.
const NEIGHBOURS: [(&str, &[&str]); 3] = [
    ("e0", &["198.51.100.1", "198.51.100.77", "2001:db8:51::1"]),
    ("e1", &["192.168.0.1", "192.168.0.77", "2001:db8:1::1"]),
    ("e2", &["192.0.2.1", "2001:db8:52::1"]),
];
const IPV4: [&str; 12] = [
    "192.168.0.1",
    "192.168.0.77",
    "192.168.0.254",
    "198.51.100.1",
    "198.51.100.10",
    "198.51.100.77",
    "192.0.2.1",
    "192.0.2.10",
    "203.0.113.80",
    "203.0.113.200",
    "10.1.2.3",
    "8.8.8.8",
];
/// Of those, the router's own.
const OWN: [[&str; 3]; 2] = [
    ["192.168.0.254", "198.51.100.10", "192.0.2.10"],
    ["2001:db8:1::fe", "2001:db8:51::10", "2001:db8:52::10"],
];
const IPV6: [&str; 8] = [
    "2001:db8:1::1",
    "2001:db8:1::fe",
    "2001:db8:51::10",
    "2001:db8:52::1",
    "2001:db8:80::80",
    "2001:db8:80::1",
    "2001:db8:99::1",
    "2001:db8:77::1",
];

#[test]
fn packets_go_where_the_walk_says() {
    in_namespace(|| {
        let mut bench = Bench::new();
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut ends = [0; 3];
        for _ in 0..CONFIGURATIONS {
            let text = configuration().new_tree(&mut runner).unwrap().current();
            let state = bench.commit(&text);
            let walker = Walker::new(&state);
            for _ in 0..PACKETS {
                let packet = any_packet(bench.number()).new_tree(&mut runner).unwrap().current();
                ends[bench.compare(&walker, packet, &text)] += 1;
            }
        }
        assert!(ends.iter().all(|count| *count > CONFIGURATIONS), "the test shows little: {ends:?}");
    });
}

/// Any configuration made of these lines.
fn configuration() -> impl Strategy<Value = String> {
    let interface = |number: usize| {
        let uplink = if number == 1 { Just("").boxed() } else { select(&ON_UPLINKS[..]).boxed() };
        (subsequence(ON_INTERFACES.to_vec(), 0..3), uplink).prop_map(move |(lines, uplink)| {
            let lines: String = lines.into_iter().chain([uplink]).map(|line| format!("  {line}\n")).collect();
            format!("interface GigaEthernet{number}.0\n  {}{lines}  no shutdown\n", ADDRESSES[number])
        })
    };
    // A list that is named must be defined.
    let lists = subsequence(LISTS.to_vec(), 6..=LISTS.len());
    let routes = subsequence(ROUTES.to_vec(), 2..=ROUTES.len());
    (lists, routes, interface(0), interface(1), interface(2)).prop_map(|(lists, routes, zero, one, two)| {
        let lines: String = lists.iter().chain(&routes).map(|line| format!("{line}\n")).collect();
        format!("{PORTS}{lines}{zero}{one}{two}")
    })
}

/// Any packet: received by a link, or an own one, which is UDP.
fn any_packet(number: u32) -> impl Strategy<Value = Packet> {
    let addresses = prop_oneof![
        3 => (select(&IPV4[..]), select(&IPV4[..])),
        1 => (select(&IPV6[..]), select(&IPV6[..])),
    ];
    let link = select(vec![None, Some("e0"), Some("e1"), Some("e1"), Some("e2")]);
    (addresses, link, select(vec![6_u8, 17, 1]), select(vec![53_u16, 80, 443, 8080])).prop_map(
        move |((source, destination), link, protocol, port)| {
            let (source, destination): (IpAddr, IpAddr) =
                (source.parse().unwrap(), destination.parse().unwrap());
            let own = OWN[usize::from(source.is_ipv6())][number as usize % 3].parse().unwrap();
            let source = if link.is_none() { own } else { source };
            // Each packet is the first of a connection of its own.
            let own_port = u16::try_from(20_000 + number % 40_000).unwrap();
            let (protocol, detail) = match (protocol, source.is_ipv4(), link) {
                (1, true, Some(_)) => (1, Detail::Icmp { kind: 8, code: 0, id: own_port }),
                (1, false, Some(_)) => (58, Detail::Icmp { kind: 128, code: 0, id: own_port }),
                (protocol, _, Some(_)) => (protocol, Detail::Ports { source: own_port, destination: port }),
                (_, _, None) => (17, Detail::Ports { source: own_port, destination: port }),
            };
            Packet::first(link.map(name), protocol, Tuple { source, destination, detail })
        },
    )
}

/// A router between three hosts that catch what they get.
struct Bench {
    runtime: Runtime,
    router: Applier<LinuxKernel, FakeWorkers>,
    /// Of each link: the sockets of the host at its other end, for IPv4 and IPv6.
    wires: Vec<[PacketSocket; 2]>,
    /// Of each link, its own end: for its hardware address.
    near: Vec<PacketSocket>,
    sent: u32,
    /// Packets that the router took for itself.
    delivered: u64,
}

impl Bench {
    fn new() -> Self {
        sh("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
            net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
            net.ipv4.icmp_ratemask=0 net.netfilter.nf_conntrack_checksum=0");
        let (mut wires, mut near) = (Vec::new(), Vec::new());
        for number in 0..3 {
            let host = Host::new(format!("h{number}"));
            host.cable(&format!("e{number}"), "far");
            sh(&format!("ip link set e{number} addrgenmode none"));
            wires.push(
                host.run(|| {
                    [0x0800, 0x86dd].map(|kind| PacketSocket::open(&name("far"), kind, None).unwrap())
                }),
            );
            near.push(PacketSocket::open(&name(&format!("e{number}")), 0x88b5, None).unwrap());
        }
        for ((link, addresses), [host, _]) in NEIGHBOURS.iter().zip(&wires) {
            for address in *addresses {
                sh(&format!("ip neigh replace {address} lladdr {} dev {link} nud permanent", host.mac()));
            }
        }
        // Behind all filters of the router; not what hosts say of themselves.
        sh("nft 'table inet probe { counter taken { }; chain in { type filter hook input priority 300; \
            iifname lo return; meta l4proto { tcp, udp } counter name taken; \
            icmp type echo-request counter name taken; icmpv6 type echo-request counter name taken; }; }'");
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let start = Applier::start(
            LinuxKernel::new().unwrap(),
            FakeKernel::default().workers(),
            "/run/journal".into(),
        );
        let (router, _) = runtime.block_on(start).unwrap();
        Self { runtime, router, wires, near, sent: 0, delivered: 0 }
    }

    fn number(&mut self) -> u32 {
        self.sent += 1;
        self.sent
    }

    /// Makes a configuration run.
    fn commit(&mut self, text: &str) -> State {
        let (model, problems) = lower(&reader::read(text, Some(Dialect::Ix)).tree);
        let error = problems.iter().find(|problem| problem.severity == Severity::Error);
        assert!(error.is_none(), "{error:?}\n{text}");
        let state = resolve(&model, &Facts::default()).state;
        // A value stays when no line asks for it any more, and the walk knows only what is asked for.
        sh("for e in e0 e1 e2; do sysctl -qw net.ipv4.conf.$e.rp_filter=0; done");
        self.runtime
            .block_on(self.router.commit(state.clone()))
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        self.delivered = delivered();
        state
    }

    /// Sends a packet, and sees that it does what the walk says. Answers which kind of end it was.
    fn compare(&mut self, walker: &Walker<'_>, packet: Packet, text: &str) -> usize {
        let journey = walker.walk(packet.clone());
        self.send(&packet);
        let story =
            || format!("{packet:?}\n{journey:#?}\n{text}\n{}", sh("nft list ruleset; ip route; ip rule"));
        match journey.end {
            End::Sent { link, .. } => {
                let caught = self.catch(link.as_str().trim_start_matches('e').parse().unwrap());
                assert!(is_as_said(caught.as_ref(), &journey, self.sent), "{caught:?}\n{}", story());
                0
            }
            End::Delivered => {
                if packet.received_by.is_some() {
                    let begin = Instant::now();
                    while delivered() == self.delivered {
                        assert!(begin.elapsed() < PATIENCE, "not delivered: {}", story());
                    }
                    self.delivered += 1;
                }
                1
            }
            End::Dropped(_) => {
                // What comes all the same is found at the latest before the next packet.
                let caught = (0..3).find_map(|link| self.look(link));
                assert_eq!(caught, None, "not dropped: {}", story());
                assert_eq!(delivered(), self.delivered, "delivered, not dropped: {}", story());
                2
            }
        }
    }

    fn send(&mut self, packet: &Packet) {
        for link in 0..3 {
            assert_eq!(self.look(link), None, "a packet from before came late");
        }
        let Some(link) = &packet.received_by else { return send_own(packet, self.sent) };
        let link: usize = link.as_str().trim_start_matches('e').parse().unwrap();
        let [ipv4, ipv6] = &self.wires[link];
        let socket = if packet.source.is_ipv4() { ipv4 } else { ipv6 };
        socket.send(&frame(packet, self.sent, socket.mac(), self.near[link].mac())).unwrap();
    }

    /// What came out of a link and is one of ours.
    fn look(&self, link: usize) -> Option<Caught> {
        let mut buffer = [0; 2000];
        for socket in &self.wires[link] {
            while let Ok(received) = socket.receive(&mut buffer) {
                if let Some(caught) = parse(&buffer[..received.length]) {
                    return Some(caught);
                }
            }
        }
        None
    }

    fn catch(&self, link: usize) -> Option<Caught> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(caught) = self.look(link) {
                return Some(caught);
            }
        }
        None
    }
}

/// From the router's own address; one that it has not, or that leads nowhere, is refused at once.
fn send_own(packet: &Packet, number: u32) {
    if let Detail::Ports { source, destination } = packet.detail
        && let Ok(socket) = UdpSocket::bind(SocketAddr::new(packet.source, source))
    {
        drop(socket.send_to(&payload(number), SocketAddr::new(packet.destination, destination)));
    }
}

fn is_as_said(caught: Option<&Caught>, journey: &Journey<'_>, number: u32) -> bool {
    let Packet { source, destination, detail, .. } = &journey.packet;
    let said = Caught {
        number,
        source: *source,
        destination: *destination,
        ports: match *detail {
            Detail::Ports { source, destination } => Some((source, destination)),
            Detail::Icmp { .. } | Detail::None => None,
        },
    };
    caught == Some(&said)
}

/// How many packets the router took for itself.
fn delivered() -> u64 {
    let listed = sh("nft list counter inet probe taken");
    let count = listed.split_once("packets ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    count.unwrap_or_else(|| panic!("{listed}"))
}
