//! Links, addresses, sysctls and the watch.

use std::time::Duration;

use tsuji::apply::kernel::linux::{LinkChange, LinkWatch, LinuxKernel};
use tsuji::apply::kernel::{Kernel, Observed};
use tsuji::apply::op::Op;
use tsuji::apply::state::sysctl_of_link;

use crate::namespace::{in_namespace, sh};
use crate::{Linux, address, delete_route, name, set_route, via};

const NO_SUCH_DEVICE: &str = "No such device (os error 19)";

/// Links `e0` and `e1`, the two ends of one cable, without IPv6's own addresses.
fn two_links() {
    sh("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    sh("ip link add e0 type veth peer name e1 && ip link set e1 up");
    sh("echo 0 > /proc/sys/net/ipv6/conf/e0/disable_ipv6 && ip link set e0 addrgenmode none");
}

#[test]
fn each_operation_is_seen_and_undone() {
    in_namespace(|| {
        two_links();
        let mut linux = Linux::new();
        let e0 = || name("e0");
        linux.must(&Op::AddBridge(name("ge7")));
        // Without an address of its own, a bridge takes over that of a member.
        sh("ip link set ge7 address 02:00:00:00:00:07");
        let alias = |alias: &str| Op::SetAlias { link: e0(), alias: alias.to_owned() };
        let up = |up| Op::SetUp { link: e0(), up };
        let master = |bridge| Op::SetBridge { link: e0(), bridge };
        let forward =
            |value: &str| Op::SetSysctl { name: "net.ipv4.ip_forward".to_owned(), value: value.to_owned() };

        type Seen = fn(&Observed) -> bool;
        let steps: [(Op, Op, Seen); 7] = [
            (Op::AddBridge(name("ge1")), Op::DeleteBridge(name("ge1")), |seen| {
                let bridge = &seen.links[&name("ge1")];
                bridge.is_bridge && !bridge.up && bridge.mtu == 1500 && bridge.mac.len() == 6
            }),
            (master(Some(name("ge7"))), master(None), |seen| {
                seen.links[&name("e0")].bridge == Some(name("ge7")) && !seen.links[&name("e0")].is_bridge
            }),
            (alias("GigaEthernet0.0"), alias(""), |seen| seen.links[&name("e0")].alias == "GigaEthernet0.0"),
            (up(true), up(false), |seen| seen.links[&name("e0")].up && seen.links[&name("e0")].carrier),
            (
                Op::AddAddress(address("e0", "192.0.2.1/24")),
                Op::DeleteAddress(address("e0", "192.0.2.1/24")),
                { |seen| seen.addresses[&address("e0", "192.0.2.1/24")] },
            ),
            (
                Op::AddAddress(address("e0", "2001:db8::1/64")),
                Op::DeleteAddress(address("e0", "2001:db8::1/64")),
                { |seen| seen.addresses[&address("e0", "2001:db8::1/64")] },
            ),
            (forward("1"), forward("0"), |_| sh("cat /proc/sys/net/ipv4/ip_forward") == "1\n"),
        ];
        for (op, undo, seen) in steps {
            let before = linux.observe();
            linux.prepare(&[&op]).unwrap();
            assert_eq!(before, linux.observe(), "prepare changes nothing: {op}");
            linux.must(&op);
            let there = linux.observe();
            assert!(seen(&there), "{op}: {there:?}");
            linux.must(&undo);
            assert_eq!(before, linux.observe(), "{undo}");
        }
        assert_eq!(sh("cat /proc/sys/net/ipv4/ip_forward"), "0\n");
    });
}

#[test]
fn what_needs_a_missing_link_is_refused_and_what_removes_is_not() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let before = linux.observe();
        let gone = || name("gone0");
        for op in [
            Op::SetUp { link: gone(), up: true },
            Op::SetAlias { link: gone(), alias: "lan1".to_owned() },
            Op::SetBridge { link: gone(), bridge: None },
            Op::SetBridge { link: name("lo"), bridge: Some(gone()) },
            Op::AddAddress(address("gone0", "192.0.2.1/24")),
            set_route("198.51.100.0/24", 10, via("127.0.0.9", Some("gone0"))),
        ] {
            assert_eq!(linux.apply(&op), Err(NO_SUCH_DEVICE.to_owned()), "{op}");
            let bridge = Op::AddBridge(name("ge1"));
            let refused = linux.prepare(&[&bridge, &op]);
            assert_eq!(refused, Err((1, format!("gone0: {NO_SUCH_DEVICE}"))), "{op}");
        }
        for op in [
            Op::DeleteBridge(gone()),
            Op::DeleteAddress(address("gone0", "192.0.2.1/24")),
            Op::DeleteAddress(address("lo", "192.0.2.1/24")),
            delete_route("198.51.100.0/24", 10, via("127.0.0.9", Some("gone0"))),
            Op::SetFirewall(None),
        ] {
            linux.prepare(&[&op]).unwrap();
            linux.must(&op);
        }
        assert_eq!(before, linux.observe());
    });
}

#[test]
fn prepare_counts_the_bridges_that_the_plan_makes() {
    in_namespace(|| {
        sh("ip link add e0 type veth peer name e1");
        let mut linux = Linux::new();
        let join = Op::SetBridge { link: name("e0"), bridge: Some(name("ge1")) };
        let proxy =
            Op::SetSysctl { name: sysctl_of_link("ipv4", &name("ge1"), "proxy_arp"), value: "1".to_owned() };
        let plan = [Op::AddBridge(name("ge1")), join.clone(), proxy.clone()];
        linux.prepare(&plan.each_ref()).unwrap();
        let too_late = [Op::AddBridge(name("ge1")), Op::DeleteBridge(name("ge1")), join];
        assert_eq!(linux.prepare(&too_late.each_ref()), Err((2, format!("ge1: {NO_SUCH_DEVICE}"))));
        let missing = "/proc/sys/net/ipv4/conf/ge1/proxy_arp: No such file or directory (os error 2)";
        assert_eq!(linux.prepare(&[&proxy]), Err((0, missing.to_owned())));
        for op in &plan {
            linux.must(op);
        }
        assert_eq!(sh("cat /proc/sys/net/ipv4/conf/ge1/proxy_arp"), "1\n");
    });
}

#[test]
fn an_address_of_ours_may_be_there_and_another_s_may_not() {
    in_namespace(|| {
        two_links();
        sh("ip address add 192.0.2.9/24 dev e0 && ip -6 address add 2001:db8::9/64 dev e0");
        let mut linux = Linux::new();
        for ours in ["192.0.2.1/24", "2001:db8::1/64"] {
            linux.must(&Op::AddAddress(address("e0", ours)));
            linux.must(&Op::AddAddress(address("e0", ours)));
        }
        let before = linux.observe();
        for (foreign, said) in
            [("192.0.2.9/24", "File exists (os error 17)"), ("2001:db8::9/64", "File exists (os error 17)")]
        {
            let refused = linux.apply(&Op::AddAddress(address("e0", foreign))).unwrap_err();
            assert!(refused.ends_with(said), "{refused}");
        }
        assert_eq!(before, linux.observe());
        assert!(!before.addresses[&address("e0", "192.0.2.9/24")]);
    });
}

#[test]
fn sysctls_are_refused_in_the_kernel_s_words() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let set = |name: &str, value: &str| Op::SetSysctl { name: name.to_owned(), value: value.to_owned() };
        let missing = "/proc/sys/net/ipv4/no_such: No such file or directory (os error 2)";
        assert_eq!(linux.apply(&set("net.ipv4.no_such", "1")), Err(missing.to_owned()));
        assert_eq!(linux.prepare(&[&set("net.ipv4.no_such", "1")]), Err((0, missing.to_owned())));
        let invalid = "/proc/sys/net/ipv4/ip_forward: Invalid argument (os error 22)";
        assert_eq!(linux.apply(&set("net.ipv4.ip_forward", "yes")), Err(invalid.to_owned()));
        let outside = r#"no value below /proc/sys is called "net.//.//.etc.hostname""#;
        assert_eq!(linux.apply(&set("net.//.//.etc.hostname", "x")), Err(outside.to_owned()));
        assert_eq!(linux.kernel.read_sysctl("net.ipv4.ip_forward").unwrap(), "0");
    });
}

#[test]
fn a_link_that_goes_down_loses_its_ipv6_addresses_and_all_routes() {
    in_namespace(|| {
        two_links();
        let mut linux = Linux::new();
        linux.must(&Op::SetUp { link: name("e0"), up: true });
        linux.must(&Op::AddAddress(address("e0", "192.0.2.1/24")));
        linux.must(&Op::AddAddress(address("e0", "2001:db8::1/64")));
        linux.must(&set_route("198.51.100.0/24", 10, via("192.0.2.2", None)));
        linux.must(&Op::SetUp { link: name("e0"), up: false });
        let seen = linux.observe();
        assert!(seen.addresses[&address("e0", "192.0.2.1/24")]);
        assert!(!seen.addresses.contains_key(&address("e0", "2001:db8::1/64")));
        assert_eq!(seen.routes.len(), 0);
    });
}

#[test]
fn the_watch_tells_what_happens_to_links() {
    in_namespace(|| {
        sh("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut watch = LinkWatch::open().unwrap();
            let mut kernel = LinuxKernel::new().unwrap();
            sh("ip link add e0 type veth peer name e1");
            kernel.apply(&Op::SetUp { link: name("e0"), up: true }).await.unwrap();
            let is = |up, carrier| LinkChange::Is { link: name("e0"), up, carrier };
            wait_for(&mut watch, &is(false, false)).await;
            wait_for(&mut watch, &is(true, false)).await;
            sh("ip link set e1 up");
            wait_for(&mut watch, &is(true, true)).await;
            sh("ip link add ge1 type bridge && ip link set e0 master ge1 && ip link set e0 nomaster");
            sh("ip link delete e1");
            let seen = wait_for(&mut watch, &LinkChange::Gone(name("e1"))).await;
            assert!(!seen.contains(&LinkChange::Gone(name("e0"))), "leaving a bridge is not going: {seen:?}");
        });
    });
}

/// Everything that is announced up to what is wanted.
async fn wait_for(watch: &mut LinkWatch, wanted: &LinkChange) -> Vec<LinkChange> {
    let mut seen = Vec::new();
    let announced = tokio::time::timeout(Duration::from_secs(10), async {
        while seen.last() != Some(wanted) {
            seen.push(watch.next().await.unwrap());
        }
    });
    assert!(announced.await.is_ok(), "{wanted:?} was not announced");
    seen
}
