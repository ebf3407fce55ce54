//! What is ours and what is not, with the real daemon on the real kernel: others' settings are
//! never touched, ours stand when the daemon dies, and `tsuji down` takes exactly ours away.

#[path = "support/daemon.rs"]
mod daemon;
#[path = "support/namespace.rs"]
mod namespace;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use daemon::{Daemon, wait_until};
use namespace::{Host, in_namespace, sh, try_sh};

const DIRECTORY: &str = "/run/tsuji";

const HOME: &str = "device GigaEthernet0
linux-interface wan
device GigaEthernet1
linux-interface lan
device GigaEthernet2
linux-interface dmz
ip route default 198.51.100.1
ip route 10.0.0.0/8 192.168.0.10
ip access-list web permit tcp src any sport any dest any dport eq 80
ip access-list all permit ip src any dest any
interface GigaEthernet0.0
ip address 198.51.100.10/24
ip napt enable
no shutdown
interface GigaEthernet1.0
ip address 192.168.0.254/24
ip filter all 1 in
no shutdown
interface GigaEthernet2.0
ip address 172.16.0.254/24
ip filter all 1 in
no shutdown
";

/// The port of the server.
const PORT: u16 = 8000;

/// The three ports and who is behind them, each by its link.
fn neighbours() -> [(&'static str, Host); 3] {
    let host = |link: &'static str, network: &str, last: u8| {
        let host = Host::new(format!("at-{link}"));
        host.cable(link, "eth0");
        sh(&format!("ip link set {link} down"));
        host.sh(&format!("ip address add {network}.{last}/24 dev eth0"));
        if link != "wan" {
            host.sh(&format!("ip route add default via {network}.254"));
        }
        (link, host)
    };
    [host("wan", "198.51.100", 1), host("lan", "192.168.0", 10), host("dmz", "172.16.0", 10)]
}

/// All that can be seen of Linux, without what counts packets or time, and without `/proc/sys`.
fn linux() -> String {
    sh("ip -brief link show | awk '{print $1}' | sort; ip link show | grep alias || true; \
        ip -brief address show scope global; ip route show table all | grep -v '^\\(broadcast\\|local\\)' | sort; \
        ip rule; ip -6 rule; nft list ruleset")
}

#[test]
fn what_is_not_ours_is_never_changed_and_down_takes_all_else() {
    in_namespace(|| {
        let _hosts = neighbours();
        // The same as the router will have, as near as the kernel allows, and more.
        sh("for link in wan lan dmz; do ip link set $link up; done
            ip address add 198.51.100.77/24 dev wan && ip route add 10.0.0.0/8 via 198.51.100.1 metric 77
            ip route add default via 198.51.100.1 metric 77 && ip route add 10.9.0.0/16 dev wan table 11600
            ip rule add priority 11650 from 10.9.0.0/16 lookup 11600 && ip rule add priority 77 to 10.9.0.0/16 lookup main
            nft add table inet other && nft add chain inet other in '{ type filter hook input priority 5; }'
            nft add rule inet other in tcp dport 77 drop && nft add table ip tsuji");
        let (before, of_others) = (linux(), others());

        Daemon::configure(DIRECTORY, HOME);
        let daemon = Daemon::start(DIRECTORY);
        assert_ne!(linux(), before);
        assert_eq!(others(), of_others);
        assert_eq!(daemon.run(&["show drift"]), "Linux is as it was asked to be.\n");

        // What others do to theirs is no drift; what they do to ours is, and stays until a commit.
        sh("ip route del default metric 77 && ip route add default via 198.51.100.1 metric 78");
        assert_eq!(daemon.run(&["show drift"]), "Linux is as it was asked to be.\n");
        sh("ip address del 172.16.0.254/24 dev dmz");
        let drift = daemon.run(&["show drift"]);
        assert!(drift.contains("ip address add 172.16.0.254/24 dev dmz"), "{drift}");
        assert!(!sh("ip address show dev dmz").contains("172.16.0.254"), "reported, not repaired");
        daemon.run(&["configure", "commit"]);
        assert!(sh("ip address show dev dmz").contains("172.16.0.254"));
        sh("ip route del default metric 78 && ip route add default via 198.51.100.1 metric 77");

        let running = Daemon::down(DIRECTORY);
        assert_eq!(running.status.code(), Some(2), "a daemon runs");
        let standing = linux();
        daemon.kill();
        assert_eq!(linux(), standing, "nothing opens when the daemon dies");
        Daemon::start(DIRECTORY).stop();
        assert_eq!(linux(), standing, "nor when it stops");

        let down = Daemon::down(DIRECTORY);
        let said = String::from_utf8_lossy(&down.stdout);
        assert_eq!(down.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&down.stderr));
        assert!(said.contains("nft delete table inet tsuji"), "{said}");
        assert!(said.contains("ip address delete 198.51.100.10/24 dev wan"), "{said}");
        assert_eq!(linux(), before);
        let again = Daemon::down(DIRECTORY);
        assert_eq!(String::from_utf8_lossy(&again.stdout), "0 steps: nothing of tsuji is left in Linux\n");
    });
}

/// What others put there.
fn others() -> String {
    sh("ip address show | grep 198.51.100.77; ip route show table all | grep -v 'proto \\(116\\|kernel\\)' | sort
        ip rule | grep 10.9; nft list table inet other; nft list table ip tsuji")
}

#[test]
fn without_one_port_the_others_route() {
    in_namespace(|| {
        let hosts = neighbours();
        Daemon::configure(DIRECTORY, HOME);
        for (missing, _) in &hosts {
            sh(&format!("ip link set {missing} down && ip link set {missing} name away"));
            let daemon = Daemon::start(DIRECTORY);
            let boot = daemon.run(&["show boot"]);
            assert!(boot.contains(&format!("the machine has no interface {missing}")), "{boot}");
            assert!(!boot.contains("Set aside"), "{boot}");
            for (link, host) in hosts.iter().filter(|(link, _)| link != missing) {
                let own = if *link == "wan" {
                    "198.51.100.10"
                } else if *link == "lan" {
                    "192.168.0.254"
                } else {
                    "172.16.0.254"
                };
                // An uplink that translates drops what nobody asked for: there the router asks.
                match *link {
                    "wan" => sh("ping -c1 -W2 198.51.100.1"),
                    _ => host.sh(&format!("ping -c1 -W2 {own}")),
                };
            }
            if *missing != "lan" && *missing != "wan" {
                hosts[1].1.sh("ping -c1 -W2 198.51.100.1");
            }

            sh(&format!("ip link set away name {missing}"));
            wait_until("the port is taken in", || !daemon.run(&["show boot"]).contains("no interface"));
            wait_until("packets of the LAN are translated", || {
                hosts[1].1.try_sh("ping -c1 -W1 198.51.100.1").is_ok()
            });
            daemon.stop();
            assert!(Daemon::down(DIRECTORY).status.success());
            sh("for link in wan lan dmz; do ip link set $link down; done");
        }
    });
}

#[test]
fn a_stream_through_the_router_outlives_every_commit_that_is_not_about_it() {
    in_namespace(|| {
        let [(_, wan), (_, lan), _dmz] = neighbours();
        Daemon::configure(DIRECTORY, HOME);
        let daemon = Daemon::start(DIRECTORY);
        let listener = wan.run(|| TcpListener::bind(("198.51.100.1", PORT)).expect("a free port"));
        let server = std::thread::spawn(move || {
            let (mut stream, from) = listener.accept().expect("a client");
            std::io::copy(&mut stream.try_clone().expect("twice"), &mut stream).expect("an echo");
            from
        });
        let mut stream = lan.run(|| TcpStream::connect(("198.51.100.1", PORT)).expect("a server"));
        stream.set_read_timeout(Some(daemon::PATIENCE)).expect("a timeout");
        let mut passes = |after: &str| {
            let sent = vec![0x5a; 100_000];
            stream.write_all(&sent).unwrap_or_else(|error| panic!("after {after}: {error}"));
            let mut received = vec![0; sent.len()];
            stream.read_exact(&mut received).unwrap_or_else(|error| panic!("after {after}: {error}"));
            assert_eq!(received, sent);
        };
        passes("the start");
        let commits: [&[&str]; 8] = [
            &["ip route 10.1.0.0/16 192.168.0.11", "hostname other"],
            &["interface GigaEthernet2.0", "ip filter web 1 in"],
            &["interface GigaEthernet2.0", "shutdown"],
            &["device GigaEthernet2", "no linux-interface dmz"],
            &["device GigaEthernet2", "linux-interface dmz", "interface GigaEthernet2.0", "no shutdown"],
            &["interface GigaEthernet2.0", "ip napt enable"],
            &["interface GigaEthernet0.0", "ipv6 address 2001:db8:51::10/64"],
            &["no ip route 10.0.0.0/8 192.168.0.10", "ip route 10.0.0.0/8 172.16.0.10"],
        ];
        for lines in commits {
            daemon.commit(lines);
            passes(&lines.join("; "));
        }
        daemon.kill();
        passes("the daemon's death");
        let daemon = Daemon::start(DIRECTORY);
        passes("its return");
        daemon.stop();
        passes("its end");

        drop(stream);
        let from = server.join().expect("the server ended");
        assert_eq!(from.ip().to_string(), "198.51.100.10", "translated");
        assert!(try_sh("nft list table inet tsuji").is_ok());
    });
}
