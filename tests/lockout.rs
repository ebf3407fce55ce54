//! Nobody locks themselves out: commits typed over OpenSSH that would cut their own session off.
//!
//! The user's login shell is the built program, on a router whose admin sits behind the provider.
//! All lines of a commit arrive in one go, as a paste does, with `write memory` and another
//! `commit` behind it: what confirms was typed before anybody could see what it would confirm.
//! Each commit must go on trial by itself, be taken back, and leave the router reachable as it
//! was. The time of the trial is a second here and not two minutes (`--guard`).
//!
//! `cargo test --test lockout` does each of [`CUTS`] once; a hundred of them, in about four
//! minutes, are done by `cargo test --test lockout -- --ignored`.
#![expect(clippy::disallowed_methods, reason = "real programs, in real time")]

#[path = "support/namespace.rs"]
mod namespace;

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use namespace::{Host, in_namespace, sh};

/// How many commits "a hundred" are.
const HUNDRED: usize = 100;

/// How long the router may take until it can be reached again.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the router does before anybody cuts anything.
const BASE: &str = "device GigaEthernet0
linux-interface wan
device GigaEthernet1
linux-interface lan
ip route default 198.51.100.1
ipv6 route default 2001:db8:51::1
ip access-list none deny ip src any dest any
ip access-list others deny ip src 192.0.2.0/24 dest any
ip access-list others permit ip src any dest any
interface GigaEthernet0.0
ip address 198.51.100.10/24
ipv6 address 2001:db8:51::10/64
no shutdown
interface GigaEthernet1.0
ip address 192.168.0.254/24
no shutdown
";

/// An address of the router, and lines that take it away from who is logged in there.
const CUTS: [(&str, &[&str]); 13] = [
    (IPV4, &["interface GigaEthernet0.0", "shutdown"]),
    (IPV4, &["interface GigaEthernet0.0", "ip address 198.51.100.11/24"]),
    (
        IPV4,
        &["no ip route default 198.51.100.1", "interface GigaEthernet0.0", "no ip address 198.51.100.10/24"],
    ),
    (IPV4, &["no ip route default 198.51.100.1"]),
    (IPV4, &["no ip route default 198.51.100.1", "ip route default 198.51.100.99"]),
    (IPV4, &["ip route 203.0.113.0/24 Null0.0"]),
    (IPV4, &["ip route 203.0.113.0/24 192.168.0.1"]),
    (IPV4, &["interface GigaEthernet0.0", "ip filter none 1 in"]),
    (IPV4, &["interface GigaEthernet0.0", "ip filter none 1 out"]),
    (IPV4, &["device GigaEthernet0", "no linux-interface wan"]),
    (
        IPV4,
        &["device GigaEthernet0", "no linux-interface wan", "linux-interface lan", "no device GigaEthernet1"],
    ),
    (IPV6, &["interface GigaEthernet0.0", "no ipv6 address 2001:db8:51::10/64"]),
    (IPV6, &["no ipv6 route default 2001:db8:51::1"]),
];

const IPV4: &str = "198.51.100.10";
const IPV6: &str = "2001:db8:51::10";

#[test]
fn whoever_cuts_their_own_session_off_is_let_in_again() {
    in_namespace(|| cut(CUTS.len()));
}

#[test]
#[ignore = "takes four minutes"]
fn of_a_hundred_commits_none_locks_anybody_out() {
    in_namespace(|| cut(HUNDRED));
}

#[test]
fn what_touches_a_session_and_leaves_it_alive_can_be_kept_at_once() {
    in_namespace(|| {
        let router = Router::start("120");
        let said = router.paste(
            IPV4,
            &[
                "configure",
                "interface GigaEthernet0.0",
                "ip filter others 1 in",
                "commit",
                "write memory",
                "exit",
                "exit",
                "exit",
            ],
        );
        let text = said.wait();
        assert!(text.contains("which carries this session from 203.0.113.9"), "{text}");
        assert!(text.contains("for 2 minutes: a plain commit keeps it"), "{text}");
        assert!(text.contains("and confirmed"), "{text}");
        assert!(text.contains("Building configuration"), "{text}");
        assert!(router.configuration(IPV4).is_some_and(|text| text.contains("ip filter others 1 in")));
    });
}

fn cut(commits: usize) {
    let router = Router::start("1");
    let before = router.configuration(IPV4).expect("the router is reached before anything is cut");
    for number in 0..commits {
        let (address, lines) = CUTS[number % CUTS.len()];
        let cut = [&["configure"], lines, &["commit", "write memory", "commit"]].concat();
        let session = router.paste(address, &cut);
        router.wait_for_reverts(number + 1);
        let deadline = Instant::now() + PATIENCE;
        while [IPV4, IPV6].iter().any(|address| router.configuration(address).as_ref() != Some(&before)) {
            assert!(Instant::now() < deadline, "locked out by {lines:?}\n{}", router.log());
        }
        session.hang_up();
    }
}

/// The daemon and the SSH server, and the admin behind the provider.
struct Router {
    admin: Host,
    daemon: Child,
    ssh_server: Child,
}

/// A session that somebody types into.
struct Session(Child);

impl Router {
    fn start(guard: &str) -> Self {
        let (isp, admin) = (Host::new("isp"), Host::new("admin"));
        isp.cable("wan", "access");
        sh(
            "ip link add lan type veth peer name pc && ip link set pc up && ip -n isp link add core type veth peer name eth0 netns admin",
        );
        isp.sh("ip address add 198.51.100.1/24 dev access && ip address add 203.0.113.1/24 dev core
            ip address add 2001:db8:51::1/64 dev access nodad && ip address add 2001:db8:80::1/64 dev core nodad
            ip link set core up && sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        admin.sh("ip address add 203.0.113.9/24 dev eth0 && ip address add 2001:db8:80::9/64 dev eth0 nodad
            ip link set eth0 up && ip route add default via 203.0.113.1 && ip -6 route add default via 2001:db8:80::1");
        // So that an address of the router can be used the moment that it is there.
        sh(
            "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.wan.accept_dad=0",
        );
        let ssh_server = ssh_server();
        fs::create_dir_all("/run/state").expect("a directory for the daemon");
        fs::write("/run/state/startup.conf", BASE).expect("written");
        let daemon = Command::new(env!("CARGO_BIN_EXE_tsuji"))
            .args(["daemon", "--state", "/run/state", "--guard", guard])
            .stdin(Stdio::null())
            .stderr(fs::File::create("/run/daemon.log").expect("a file for its log"))
            .spawn()
            .expect("the built program starts");
        let router = Self { admin, daemon, ssh_server };
        let deadline = Instant::now() + PATIENCE;
        while router.configuration(IPV4).is_none() || router.configuration(IPV6).is_none() {
            let complaint = String::from_utf8_lossy(&router.say(IPV4, "show boot").stderr).into_owned();
            assert!(Instant::now() < deadline, "never reached: {complaint}\n{}", router.log());
        }
        router
    }

    /// Types lines all at once into a session over the network, and leaves it open.
    fn paste(&self, address: &str, lines: &[&str]) -> Session {
        let mut command = ssh(address, &["-tt"]);
        let mut session = self.admin.run(|| {
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("ssh starts")
        });
        let text: String = lines.iter().map(|line| format!("{line}\r")).collect();
        let stdin = session.stdin.as_mut().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("typed");
        Session(session)
    }

    /// The running configuration, as told to a new login. `None`: nobody comes in.
    fn configuration(&self, address: &str) -> Option<String> {
        let output = self.say(address, "show running-config");
        let text = String::from_utf8(output.stdout).expect("plain text");
        // The head tells the time.
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("! ")).collect();
        (output.status.success() && !lines.is_empty()).then(|| lines.join("\n"))
    }

    fn say(&self, address: &str, line: &str) -> Output {
        let mut command = ssh(address, &[]);
        command.arg(line).stdin(Stdio::null());
        self.admin.run(|| command.output().expect("ssh starts"))
    }

    /// Waits until so many commits have been taken back.
    fn wait_for_reverts(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.log().matches("an unconfirmed commit was taken back").count() < count {
            assert!(Instant::now() < deadline, "commit {count} was not taken back\n{}", self.log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string("/run/daemon.log").unwrap_or_default()
    }
}

impl Session {
    /// What was shown until the session ended.
    fn wait(mut self) -> String {
        let mut text = String::new();
        let stdout = self.0.stdout.as_mut().expect("a pipe");
        stdout.read_to_string(&mut text).expect("plain text");
        self.0.wait().expect("it has ended");
        text
    }

    fn hang_up(mut self) {
        self.0.kill().expect("it runs, or hangs");
        self.0.wait().expect("it has ended");
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        for program in [&mut self.daemon, &mut self.ssh_server] {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// OpenSSH's server, and a user `admin` whose login shell is the built program.
fn ssh_server() -> Child {
    fs::create_dir_all("/run/ssh").expect("a directory for keys");
    let mut users = fs::read_to_string("/etc/passwd").expect("users");
    users += &format!("admin:x:0:0::/run/ssh:{}\n", env!("CARGO_BIN_EXE_tsuji"));
    fs::write("/run/ssh/passwd", users).expect("written");
    sh("mkdir -p /run/sshd && mount --bind /run/ssh/passwd /etc/passwd
        ssh-keygen -q -t ed25519 -N '' -f /run/ssh/host && ssh-keygen -q -t ed25519 -N '' -f /run/ssh/key");
    let settings = "HostKey /run/ssh/host\nAuthorizedKeysFile /run/ssh/key.pub\nStrictModes no\nUsePAM no\n\
        PermitRootLogin yes\nPidFile none\nMaxStartups 100\n";
    fs::write("/run/ssh/settings", settings).expect("written");
    Command::new("/usr/sbin/sshd")
        .args(["-D", "-e", "-f", "/run/ssh/settings"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the SSH server starts (package openssh-server)")
}

/// A login from outside, with nothing of the machine's own settings.
fn ssh(address: &str, options: &[&str]) -> Command {
    let mut command = Command::new("ssh");
    command.args(["-F", "/dev/null", "-i", "/run/ssh/key", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"]);
    command.args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]);
    command.args(["-o", "ConnectTimeout=2", "-o", "ServerAliveInterval=2"]).args(options);
    command.arg(format!("admin@{address}")).env("TERM", "dumb");
    command
}
