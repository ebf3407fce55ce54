//! Single routes: whatever stands in the table, asking for a few gives what reading all gives.

use proptest::collection::btree_set;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tsuji::apply::kernel::{Kernel as _, Part};
use tsuji::apply::state::{RouteKey, RouteTarget};

use crate::namespace::{in_namespace, sh, try_sh};
use crate::{Linux, delete_route, key, name, set_route, via};

/// Nested prefixes, one of our own addresses among them, a group, and what leads nowhere.
const PREFIXES: [&str; 14] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.0.0/32",
    "192.0.2.0/24",
    "192.0.2.1/32",
    "224.0.0.0/4",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/64",
    "2001:db8::/128",
    "2001:db8::1/128",
    "2001:db8:9::/48",
];
const PRIORITIES: [u32; 3] = [1, 10, 20];

#[derive(Clone, Debug)]
enum Change {
    Set(RouteKey, RouteTarget),
    Delete(RouteKey),
    /// A route of another program.
    Foreign(RouteKey),
    Forget(RouteKey),
}

fn any_key() -> impl Strategy<Value = RouteKey> {
    (select(&PREFIXES[..]), select(&PRIORITIES[..])).prop_map(|(prefix, priority)| key(prefix, priority))
}

fn any_change() -> impl Strategy<Value = Change> {
    let target = |key: &RouteKey, kind: u8| match (kind, key.prefix.addr().is_ipv4()) {
        (0, _) => RouteTarget::Blackhole,
        (1, _) => RouteTarget::Link(name("e0")),
        (_, true) => via("192.0.2.2", Some("e0")),
        (_, false) => via("2001:db8::2", Some("e0")),
    };
    prop_oneof![
        3 => (any_key(), 0..4_u8).prop_map(move |(key, kind)| Change::Set(key.clone(), target(&key, kind))),
        1 => any_key().prop_map(Change::Delete),
        1 => any_key().prop_map(Change::Foreign),
        1 => any_key().prop_map(Change::Forget),
    ]
}

#[test]
fn a_few_routes_are_seen_as_among_all() {
    in_namespace(|| {
        sh("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up");
        sh("ip address add 192.0.2.1/24 dev e0 && ip -6 address add 2001:db8::1/64 dev e0 nodad");
        let mut linux = Linux::new();
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut seen = 0;
        for case in 0..400 {
            let case_of = (any_change(), btree_set(any_key(), 1..5)).new_tree(&mut runner);
            let (step, keys) = case_of.unwrap().current();
            change(&mut linux, step);
            let all = linux.observe();
            let part = Part { routes: keys.clone(), firewall: false };
            let found = linux.runtime.block_on(linux.kernel.observe_part(&part)).unwrap();
            let expected = all.routes.into_iter().filter(|(key, _)| keys.contains(key)).collect();
            assert_eq!(
                found.routes,
                expected,
                "case {case}, asked for {keys:?}:\n{}",
                sh("ip route; ip -6 route")
            );
            assert_eq!((found.links, found.addresses), (all.links, all.addresses));
            seen += found.routes.len();
        }
        assert!(seen > 100, "only {seen} routes were found: the test shows little");
    });
}

/// What is refused, because another program was there first, changes nothing.
fn change(linux: &mut Linux, change: Change) {
    match change {
        Change::Set(key, target) => {
            drop(linux.apply(&set_route(&key.prefix.to_string(), key.priority, target)))
        }
        Change::Delete(key) => {
            linux.must(&delete_route(&key.prefix.to_string(), key.priority, RouteTarget::Blackhole))
        }
        Change::Foreign(RouteKey { prefix, priority, .. }) => {
            drop(try_sh(&format!("ip route add {prefix} dev e0 metric {priority} proto static")));
        }
        Change::Forget(RouteKey { prefix, priority, .. }) => {
            drop(try_sh(&format!("ip route delete {prefix} dev e0 metric {priority} proto static")));
        }
    }
}
