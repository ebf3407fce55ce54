//! The DHCP client against a real server: dnsmasq, on a host of its own behind a cable.

#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![expect(clippy::disallowed_methods, reason = "a real server takes real time, and is another program")]

#[path = "support/namespace.rs"]
mod namespace;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use namespace::{Host, in_namespace, sh};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tsuji::apply::workers::{WorkerId, WorkerSpec, Workers};
use tsuji::run::worker::{FactUpdate, Supervisor};
use tsuji::status::Lease;
use tsuji::status::dhcp::{DhcpClient, DhcpState};
use tsuji::types::{InterfaceName, Port};

/// Where the test keeps its files: `/run` is its own.
const DIRECTORY: &str = "/run/dhcp";
/// Where a recording of the real exchange is kept, to be played again without the server.
const CASE: &str = "tests/cases/dhcp4/dnsmasq.jsonl";

#[test]
fn a_real_server_leases_renews_is_missed_and_hears_the_release() {
    in_namespace(|| {
        let mut bench = Bench::new();
        bench.start();

        let lease = bench.bound();
        assert!(
            ["192.0.2.10/24", "192.0.2.11/24"].contains(&lease.address.to_string().as_str()),
            "{lease:?}"
        );
        assert_eq!(lease.routers, ["192.0.2.1".parse::<std::net::Ipv4Addr>().unwrap()]);
        assert_eq!(lease.dns_servers, ["192.0.2.53".parse::<std::net::Ipv4Addr>().unwrap()]);
        assert_eq!(lease.server.to_string(), "192.0.2.1");
        let status = bench.status();
        assert_eq!((status.state, status.lease), (DhcpState::Bound, Some(lease.clone())));
        assert_eq!(status.domain_name.as_deref(), Some("isp.example"));
        assert_eq!(status.routes.len(), 1, "the classless route beside the default one");
        assert_eq!(status.last_failure, None);

        bench.until("a renewal", |_, log| count(log, "DHCPACK") >= 2 && count(log, "DHCPREQUEST") >= 2);
        assert_eq!(bench.facts.try_recv().ok(), None, "a renewal is no news");

        bench.server.stop();
        bench.until("the report of a server that is gone", |status, _| {
            status.state == DhcpState::Rebinding && status.last_failure.is_some()
        });
        let status = bench.status();
        assert!(status.last_failure.unwrap().ends_with("(timed out)"));
        assert_eq!(status.lease, Some(lease), "a lease outlives its server");

        bench.server.start();
        bench.stop();
        assert_eq!(bench.lease(Duration::from_secs(1)), None, "the fact is taken back");
        bench.until_log("the release", |log| count(log, "DHCPRELEASE") == 1);
        assert_eq!(icmp_errors(), 0, "the server never hears that nobody listens");
        bench.keep_recording();
    });
}

#[test]
fn an_address_that_is_in_use_is_declined() {
    in_namespace(|| {
        let mut bench = Bench::new();
        // A third station has all addresses of the pool. dnsmasq was told not to look.
        let third = Host::new("third");
        bench.server.host.sh("ip link add port2 type veth peer name eth0 netns third");
        bench.server.host.sh("ip link set port2 up master lan");
        third.sh("ip link set eth0 up && ip address add 192.0.2.10/24 dev eth0");
        third.sh("ip address add 192.0.2.11/24 dev eth0");
        bench.start();
        bench.until_log("the decline", |log| count(log, "DHCPDECLINE") >= 1);
        bench.until("the report", |status, _| {
            status.last_failure.as_deref().is_some_and(|text| text.contains("is in use by"))
        });
        assert_eq!(bench.status().state, DhcpState::Init);
        bench.stop();
    });
}

#[test]
fn a_link_that_goes_down_fails_the_worker_and_comes_back() {
    in_namespace(|| {
        let mut bench = Bench::new();
        bench.start();
        let lease = bench.bound();
        sh("ip link set wan down");
        bench.until("a failed worker", |status, _| status.restarts >= 1);
        assert!(bench.status().last_failure.unwrap().starts_with("wan: "));
        sh("ip link set wan up");
        bench.until("the same lease", |status, _| status.state == DhcpState::Bound);
        assert_eq!(bench.status().lease, Some(lease));
        assert_eq!(bench.facts.try_recv().ok(), None, "nothing changed for anyone else");
        bench.stop();
    });
}

#[test]
fn a_cable_that_was_out_has_the_lease_confirmed() {
    in_namespace(|| {
        let mut bench = Bench::new();
        bench.start();
        bench.bound();
        let port1 = |state: &str| bench.server.host.sh(&format!("ip link set port1 {state}"));
        port1("down");
        bench.wait("loss of the carrier", || sh("ip link show wan").contains("NO-CARRIER"));
        let acknowledged = count(&log(), "DHCPACK");
        port1("up");
        bench.until_log("a confirmation", |log| count(log, "DHCPACK") > acknowledged);
        let recording = recording();
        let confirmed = recording.rsplit_once(r#""phase":"rebooting""#).unwrap().1;
        assert!(confirmed.contains("bound") && !confirmed.contains("selecting"), "{confirmed}");
        bench.stop();
    });
}

#[test]
fn a_link_that_does_not_exist_is_refused_in_the_words_of_the_kernel() {
    in_namespace(|| {
        let mut bench = Bench::new();
        let spec = WorkerSpec::DhcpClient { link: "nowhere".parse().unwrap() };
        let error = bench.runtime.block_on(bench.supervisor.start(id(), &spec)).unwrap_err();
        assert_eq!(error.to_string(), "nowhere: No such device (os error 19)");
        assert!(bench.supervisor.snapshots().dhcp_clients().is_empty());
    });
}

/// A supervisor, and a server at the other end of the cable `wan`.
struct Bench {
    runtime: Runtime,
    supervisor: Supervisor,
    facts: UnboundedReceiver<FactUpdate>,
    server: Server,
}

impl Bench {
    fn new() -> Self {
        fs::create_dir_all(DIRECTORY).unwrap();
        let (sender, facts) = mpsc::unbounded_channel();
        let mut supervisor = Supervisor::new(sender);
        supervisor.record_to(DIRECTORY.into());
        let host = Host::new("isp");
        host.cable("wan", "port1");
        host.sh("ip link add lan type bridge && ip link set port1 master lan && ip link set lan up");
        // The same hardware address every time, so that a recording changes only where it must.
        sh("ip link set wan address 02:00:00:00:00:01");
        host.sh("ip link set lan address 02:00:00:00:00:09 && ip address add 192.0.2.1/24 dev lan");
        let mut server = Server { host, child: None };
        server.start();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, supervisor, facts, server }
    }

    fn start(&mut self) {
        let spec = WorkerSpec::DhcpClient { link: "wan".parse().unwrap() };
        self.runtime.block_on(self.supervisor.start(id(), &spec)).unwrap();
    }

    fn stop(&mut self) {
        self.runtime.block_on(self.supervisor.stop(id())).unwrap();
    }

    /// The first lease, which the link then has.
    fn bound(&mut self) -> Lease {
        let lease = self.lease(Duration::from_secs(10)).unwrap();
        sh(&format!("ip address add {} dev wan", lease.address));
        lease
    }

    /// The next fact.
    fn lease(&mut self, within: Duration) -> Option<Lease> {
        let update = self.runtime.block_on(async { tokio::time::timeout(within, self.facts.recv()).await });
        match update.expect("a fact in time").expect("a supervisor") {
            FactUpdate::Lease { lease, .. } => lease,
            FactUpdate::Monitor { number, .. } => panic!("nobody asked for monitor {number}"),
        }
    }

    fn status(&self) -> DhcpClient {
        self.supervisor.snapshots().dhcp_clients().remove(&interface()).unwrap()
    }

    fn until_log(&self, what: &str, holds: impl Fn(&str) -> bool) {
        self.wait(what, || holds(&log()));
    }

    fn until(&self, what: &str, holds: impl Fn(&DhcpClient, &str) -> bool) {
        self.wait(what, || holds(&self.status(), &log()));
    }

    fn wait(&self, what: &str, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            let snapshots = self.supervisor.snapshots().dhcp_clients();
            assert!(begun.elapsed() < Duration::from_secs(20), "no {what}: {snapshots:?}\n{}", log());
            self.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
        }
    }

    /// With `TSUJI_UPDATE=1`, the recording becomes the case that is played again.
    fn keep_recording(&self) {
        let recording = recording();
        assert!(recording.lines().count() > 20);
        if std::env::var_os("TSUJI_UPDATE").is_some() {
            fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(CASE), recording).unwrap();
        }
    }
}

/// dnsmasq, on the host `isp`.
struct Server {
    host: Host,
    child: Option<Child>,
}

impl Server {
    fn start(&mut self) {
        let arguments = [
            "--no-daemon --conf-file=/dev/null --port=0 --interface=lan --bind-interfaces",
            "--no-ping --dhcp-authoritative --log-dhcp --pid-file=/run/dhcp/pid",
            "--dhcp-leasefile=/run/dhcp/leases --log-facility=/run/dhcp/log",
            "--dhcp-range=192.0.2.10,192.0.2.11,255.255.255.0,2m --domain=isp.example",
            "--dhcp-option=option:router,192.0.2.1 --dhcp-option=option:dns-server,192.0.2.53",
            "--dhcp-option=121,0.0.0.0/0,192.0.2.1,198.51.100.0/24,192.0.2.2",
            "--dhcp-option-force=option:T1,6 --dhcp-option-force=option:T2,8",
        ];
        let arguments = arguments.join(" ");
        self.child = Some(self.host.run(|| {
            let mut command = Command::new("dnsmasq");
            command.args(arguments.split(' ')).stdin(Stdio::null()).stderr(Stdio::null());
            command.spawn().expect("dnsmasq (package dnsmasq-base) starts")
        }));
        let begun = Instant::now();
        while self.host.try_sh("ss -Hlun sport = :67").is_ok_and(|found| found.is_empty()) {
            assert!(begun.elapsed() < Duration::from_secs(5), "dnsmasq does not listen\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn interface() -> InterfaceName {
    InterfaceName::Port(Port::giga_ethernet(0).unwrap())
}

fn id() -> WorkerId {
    WorkerId::DhcpClient(interface())
}

fn log() -> String {
    fs::read_to_string("/run/dhcp/log").unwrap_or_default()
}

fn recording() -> String {
    fs::read_to_string(Path::new(DIRECTORY).join("wan.jsonl")).unwrap()
}

/// How many lines of the log bear a message's name.
fn count(log: &str, message: &str) -> usize {
    log.lines().filter(|line| line.contains(message)).count()
}

/// ICMP "destination unreachable" that this host sent.
fn icmp_errors() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/net/snmp").unwrap();
    let mut lines = text.lines().filter(|line| line.starts_with("Icmp:"));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let mut columns = names.split(' ').zip(values.split(' '));
    columns.find(|(name, _)| *name == "OutDestUnreachs").unwrap().1.parse().unwrap()
}
