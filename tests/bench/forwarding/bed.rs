//! The test bed: `lan` ── router ── `wan`, once for each router, side by side.
//!
//! ```text
//!        10.N.0.2 ┌──────────┐ 198.18.N.10
//!   lan ──────────┤ router N ├───────────── wan
//!         .1  lan └──────────┘ wan        .1
//! ```
//!
//! All routers are up all the time; a measure picks one by the addresses that it uses. The cable
//! to `wan` is as a wire is: no super-packets (offloads off); the ends coalesce for themselves.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::machine::Cores;
use crate::namespace::{Host, sh};

/// Both ends, and the routers between them.
pub struct Bed {
    pub lan: Host,
    pub wan: Host,
    routers: Vec<Router>,
}

/// A router under test.
pub struct Router {
    /// Its name in the report.
    pub name: &'static str,
    /// With what it is compared, and what part of that is the goal.
    pub reference: Option<(&'static str, f64)>,
    /// The address of `lan` towards it.
    pub near: Ipv4Addr,
    /// The address of `wan` towards it.
    pub far: Ipv4Addr,
    /// Whom `wan` sees: the router itself where it translates, else `lan`.
    pub seen: Ipv4Addr,
    host: Host,
    daemon: Option<Child>,
}

/// How a router is made one.
struct Plan {
    name: &'static str,
    reference: Option<(&'static str, f64)>,
    translates: bool,
    /// A configuration of tsuji; without one it is set up by hand.
    configuration: Option<&'static str>,
}

/// At least nine tenths of what plain Linux does.
const GOAL: f64 = 0.9;

const PLANS: [Plan; 4] = [
    Plan { name: Router::PLAIN, reference: None, translates: true, configuration: None },
    Plan {
        name: "tsuji, NAPT",
        reference: Some((Router::PLAIN, GOAL)),
        translates: true,
        configuration: Some(include_str!("napt.conf")),
    },
    Plan { name: "plain forwarding", reference: None, translates: false, configuration: None },
    Plan {
        name: "tsuji, forwarding",
        reference: Some(("plain forwarding", GOAL)),
        translates: false,
        configuration: Some(include_str!("forwarding.conf")),
    },
];

impl Router {
    /// The reference that is measured first and last in each round.
    pub const PLAIN: &str = "plain masquerading";
    /// The same router measured last.
    pub const AGAIN: &str = "plain masquerading, again";

    /// Bytes that crossed the cable to `wan`, both ways.
    pub fn carried(&self) -> f64 {
        let text = self.host.sh_with_sysfs("cat /sys/class/net/wan/statistics/[rt]x_bytes").unwrap();
        text.split_whitespace().map(|bytes| bytes.parse::<f64>().unwrap()).sum()
    }

    /// Stops the benchmark if what was measured cannot have come through here.
    pub fn must_have_carried(&self, before: f64, bytes: f64) {
        let carried = self.carried() - before;
        assert!(carried >= bytes, "{}: {carried} of {bytes} bytes crossed its cable", self.name);
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            // It may have ended by itself; then there is nothing to end.
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

impl Bed {
    pub fn build(cores: &Cores) -> Self {
        let (lan, wan) = (Host::new("lan"), Host::new("wan"));
        let again = Plan { name: Router::AGAIN, ..PLANS[0] };
        let plans = PLANS.into_iter().chain([again]);
        let routers =
            (1..).zip(plans).map(|(number, plan)| router(number, &plan, cores, &lan, &wan)).collect();
        let bed = Self { lan, wan, routers };
        bed.routers.iter().for_each(|router| bed.wait_for(router));
        bed
    }

    /// The routers in the order of a round.
    pub fn order(&self) -> impl Iterator<Item = &Router> {
        self.routers.iter()
    }

    fn wait_for(&self, router: &Router) {
        let began = Instant::now();
        let far = router.far;
        while let Err(words) = self.lan.try_sh(&format!("ping -c 1 -W 1 {far}")) {
            assert!(began.elapsed() < Duration::from_secs(20), "{}: {words}", router.name);
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn router(number: u8, plan: &Plan, cores: &Cores, lan: &Host, wan: &Host) -> Router {
    let host = Host::new(format!("router{number}"));
    let (near_link, far_link) = (format!("l{number}"), format!("w{number}"));
    for (end, link, name) in [(lan, &near_link, "lan"), (wan, &far_link, "wan")] {
        host.cable_to(name, end, link);
        end.sh(&format!("ip link set {link} up"));
    }
    host.sh("ip link add spare type veth peer name spare-peer && ip link set spare-peer up");
    let near = Ipv4Addr::new(10, number, 0, 2);
    let far = Ipv4Addr::new(198, 18, number, 1);
    let outside = Ipv4Addr::new(198, 18, number, 10);
    lan.sh(&format!("ip addr add {near}/24 dev {near_link} && ip route add {far}/32 via 10.{number}.0.1"));
    wan.sh(&format!("ip addr add {far}/24 dev {far_link} && ip route add 10.{number}.0.0/24 via {outside}"));
    like_a_wire(&host, lan, &near_link, wan, &far_link, cores);
    let daemon = match plan.configuration {
        Some(text) => Some(start_daemon(&host, number, text)),
        None => {
            set_up_by_hand(&host, number, plan.translates);
            None
        }
    };
    let seen = if plan.translates { outside } else { near };
    Router { name: plan.name, reference: plan.reference, near, far, seen, host, daemon }
}

/// Plain Linux, as its handbooks say it.
fn set_up_by_hand(host: &Host, number: u8, translates: bool) {
    host.sh(&format!(
        "ip addr add 10.{number}.0.1/24 dev lan && ip addr add 198.18.{number}.10/24 dev wan &&
         ip link set lan up && ip link set wan up && sysctl -qw net.ipv4.ip_forward=1"
    ));
    if translates {
        host.sh("nft 'add table ip plain' &&
             nft 'add chain ip plain leaves { type nat hook postrouting priority 100; }' &&
             nft 'add rule ip plain leaves oifname wan masquerade'");
    }
}

/// Runs the daemon with a configuration in which `N` stands for the router's number.
fn start_daemon(host: &Host, number: u8, text: &str) -> Child {
    let directory = PathBuf::from(format!("/run/router{number}"));
    fs::create_dir(&directory).unwrap();
    let config = directory.join("router.conf");
    fs::write(&config, text.replace(".N.", &format!(".{number}."))).unwrap();
    sh(&format!("{} check {} >&2", env!("CARGO_BIN_EXE_tsuji"), config.display()));
    host.run(|| {
        let mut daemon = Command::new(env!("CARGO_BIN_EXE_tsuji"));
        daemon.arg("daemon").arg("--config").arg(&config).arg("--directory").arg(&directory);
        daemon.arg("--state").arg(directory.join("state"));
        for port in ["GigaEthernet0=wan", "GigaEthernet1=lan", "GigaEthernet2=spare"] {
            daemon.args(["--port", port]);
        }
        let log = fs::File::create(directory.join("log")).unwrap();
        daemon.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    })
}

/// Takes super-packets from the cable to `wan`, coalesces at the ends, and gives each part its core.
fn like_a_wire(host: &Host, lan: &Host, near: &str, wan: &Host, far: &str, cores: &Cores) {
    let off = "tso off gso off tx off";
    host.sh(&format!("ethtool -K wan {off} gro off && ethtool -K lan gro off"));
    wan.sh(&format!("ethtool -K {far} {off} gro on"));
    lan.sh(&format!("ethtool -K {near} gro on"));
    for (end, link, core) in [
        (host, "lan", cores.router),
        (host, "wan", cores.router),
        (lan, near, cores.lan),
        (wan, far, cores.wan),
    ] {
        let mask = Cores::mask(core);
        end.sh_with_sysfs(&format!("echo {mask} > /sys/class/net/{link}/queues/rx-0/rps_cpus")).unwrap();
    }
}
