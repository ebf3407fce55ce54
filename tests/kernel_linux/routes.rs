//! Routes: one by one, and in runs.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use tsuji::apply::op::Op;
use tsuji::apply::state::{RouteTarget, Share};

use crate::namespace::{in_namespace, sh};
use crate::{Linux, delete_route, key, name, set_route, via};

/// A link `e0` with 192.0.2.1/24 and 2001:db8::1/64, ready for gateways.
fn link_with_addresses() {
    sh("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up");
    sh("ip address add 192.0.2.1/24 dev e0 && ip -6 address add 2001:db8::1/64 dev e0 nodad");
}

/// Ways through these routers on `e0`, the first with the weight 1, the second with 2, and so on.
fn shared(gateways: &[&str]) -> RouteTarget {
    let share = |(gateway, weight): (&&str, u16)| Share {
        gateway: Some(gateway.parse().unwrap()),
        link: name("e0"),
        weight,
    };
    RouteTarget::Shared(gateways.iter().zip(1..).map(share).collect())
}

#[test]
fn each_kind_of_route_is_set_replaced_and_removed() {
    in_namespace(|| {
        link_with_addresses();
        let mut linux = Linux::new();
        let before = linux.observe();
        let link = || RouteTarget::Link(name("e0"));
        let kinds = [
            ("0.0.0.0/0", via("192.0.2.2", Some("e0")), link()),
            ("198.51.100.0/24", via("192.0.2.2", Some("e0")), via("192.0.2.3", Some("e0"))),
            ("198.51.100.7/32", via("2001:db8::2", Some("e0")), via("192.0.2.3", Some("e0"))),
            ("203.0.113.0/24", RouteTarget::Blackhole, link()),
            ("203.0.113.64/26", shared(&["192.0.2.2", "192.0.2.3"]), shared(&["192.0.2.3", "192.0.2.4"])),
            ("203.0.113.128/26", via("192.0.2.3", Some("e0")), shared(&["192.0.2.2", "192.0.2.3"])),
            ("::/0", via("fe80::2", Some("e0")), link()),
            ("2001:db8:5::/48", via("2001:db8::2", Some("e0")), via("2001:db8::3", Some("e0"))),
            ("2001:db8:6::/48", RouteTarget::Blackhole, via("2001:db8::3", Some("e0"))),
            ("2001:db8:7::/48", link(), RouteTarget::Blackhole),
            ("2001:db8:8::/48", shared(&["2001:db8::2", "2001:db8::3"]), via("2001:db8::3", Some("e0"))),
            ("2001:db8:9::/48", via("2001:db8::3", Some("e0")), shared(&["2001:db8::2", "2001:db8::3"])),
        ];
        for (prefix, first, second) in kinds {
            for target in [first, second.clone()] {
                let op = set_route(prefix, 10, target.clone());
                linux.must(&op);
                assert_eq!(linux.observe().routes, BTreeMap::from([(key(prefix, 10), target)]), "{op}");
            }
            linux.must(&delete_route(prefix, 10, second));
            assert_eq!(linux.observe(), before, "{prefix}");
        }
    });
}

#[test]
fn routes_of_one_prefix_differ_by_priority() {
    in_namespace(|| {
        link_with_addresses();
        let mut linux = Linux::new();
        linux.must(&set_route("0.0.0.0/0", 10, via("192.0.2.2", None)));
        linux.must(&set_route("0.0.0.0/0", 20, via("192.0.2.3", None)));
        linux.must(&delete_route("0.0.0.0/0", 10, via("192.0.2.2", None)));
        let left = BTreeMap::from([(key("0.0.0.0/0", 20), via("192.0.2.3", Some("e0")))]);
        assert_eq!(linux.observe().routes, left);
    });
}

#[test]
fn a_refused_route_is_named_in_the_kernel_s_words() {
    in_namespace(|| {
        link_with_addresses();
        sh("ip link add down0 type veth peer name down1");
        let mut linux = Linux::new();
        for (prefix, target, said) in [
            (
                "198.51.100.0/24",
                via("10.0.0.1", None),
                "Nexthop has invalid gateway: Network is unreachable (os error 101)",
            ),
            (
                "198.51.100.0/24",
                via("192.0.2.255", None),
                "Nexthop has invalid gateway: Invalid argument (os error 22)",
            ),
            (
                "198.51.100.0/24",
                RouteTarget::Link(name("down0")),
                "Device for nexthop is not up: Network is down (os error 100)",
            ),
            ("2001:db8:5::/48", via("2001:db9::1", None), "No route to host (os error 113)"),
        ] {
            assert_eq!(linux.apply(&set_route(prefix, 10, target)), Err(said.to_owned()));
        }
    });
}

#[test]
fn a_route_of_another_program_is_neither_replaced_nor_removed() {
    in_namespace(|| {
        link_with_addresses();
        sh("ip route add 198.51.100.0/24 via 192.0.2.9 metric 10");
        sh("ip -6 route add 2001:db8:5::/48 via 2001:db8::9 metric 10");
        let routes = || sh("ip route; ip -6 route");
        let (mut linux, before) = (Linux::new(), routes());
        for (prefix, gateway) in [("198.51.100.0/24", "192.0.2.2"), ("2001:db8:5::/48", "2001:db8::2")] {
            let target = via(gateway, None);
            let refused = linux.apply(&set_route(prefix, 10, target.clone()));
            assert_eq!(refused, Err("File exists (os error 17)".to_owned()));
            linux.must(&delete_route(prefix, 10, target));
        }
        assert_eq!(routes(), before);
        assert_eq!(linux.observe().routes.len(), 0);
    });
}

#[test]
fn a_run_ends_at_its_first_refusal_and_what_came_after_is_as_before() {
    in_namespace(|| {
        link_with_addresses();
        let mut linux = Linux::new();
        let prefix = |number: u32| format!("{}/32", Ipv4Addr::from(0x0a00_0000 + number));
        let good = || via("192.0.2.2", Some("e0"));
        let old: Vec<Op> =
            (0..300).map(|n| set_route(&prefix(n), 10, via("192.0.2.3", Some("e0")))).collect();
        linux.apply_routes(&old).unwrap();
        let before = linux.observe().routes;

        // Of 300 old routes every third goes, every third is replaced; 300 new ones follow.
        let mut run: Vec<Op> = (0..600)
            .filter(|n| *n >= 300 || n % 3 != 0)
            .map(|n| match n % 3 {
                1 if n < 300 => delete_route(&prefix(n), 10, good()),
                _ => set_route(&prefix(n), 10, good()),
            })
            .collect();
        for bad in [140, 150, 450] {
            run.insert(bad, set_route("10.1.0.0/16", 10, via("172.16.0.1", None)));
        }
        let said = "Nexthop has invalid gateway: Network is unreachable (os error 101)";
        assert_eq!(linux.apply_routes(&run), Err((140, said.to_owned())));

        let mut expected = before;
        for op in &run[..140] {
            match op {
                Op::SetRoute { key, target } => drop(expected.insert(key.clone(), target.clone())),
                Op::DeleteRoute { key, .. } => drop(expected.remove(key)),
                other => panic!("{other}"),
            }
        }
        assert_eq!(linux.observe().routes, expected);
    });
}

#[test]
fn ten_thousand_routes_come_and_go_in_one_run() {
    in_namespace(|| {
        link_with_addresses();
        let mut linux = Linux::new();
        let prefix = |number: u32| format!("{}/32", Ipv4Addr::from(0x0a00_0000 + number));
        let target = || via("192.0.2.2", Some("e0"));
        let set: Vec<Op> = (0..10_000).map(|n| set_route(&prefix(n), 10, target())).collect();
        let delete: Vec<Op> = (0..10_000).map(|n| delete_route(&prefix(n), 10, target())).collect();
        linux.apply_routes(&set).unwrap();
        assert_eq!(linux.observe().routes.len(), 10_000);
        linux.apply_routes(&delete).unwrap();
        assert_eq!(linux.observe().routes.len(), 0);
    });
}
