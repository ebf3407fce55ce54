//! The kernel in memory against the real one: whatever is asked of both, they answer the same and
//! have the same afterwards. What is tested on the fake is worth as much as this test.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tsuji::apply::kernel::fake::FakeKernel;
use tsuji::apply::kernel::{Kernel, Observed};
use tsuji::apply::op::Op;
use tsuji::apply::state::RouteTarget;
use tsuji::types::KernelName;

use crate::namespace::{Host, in_namespace, sh};
use crate::{Linux, address, delete_route, name, set_route, via};

const LINKS: [&str; 4] = ["e0", "e1", "ge1", "gone0"];
/// No network is on two links: which of them Linux takes then depends on the order of times past.
const NETWORKS: [(&str, &str); 11] = [
    ("e0", "192.0.2.1/24"),
    ("e0", "192.0.2.2/24"),
    ("e0", "192.0.2.2/25"),
    ("e0", "2001:db8::1/64"),
    ("e0", "2001:db8::1/48"),
    ("e1", "198.51.100.1/24"),
    ("e1", "198.51.100.2/24"),
    ("e1", "10.1.2.1/32"),
    ("e1", "2001:db9::1/64"),
    ("ge1", "172.16.0.1/12"),
    ("gone0", "10.9.9.9/24"),
];
const PREFIXES: [&str; 3] = ["0.0.0.0/0", "10.0.0.0/8", "203.0.113.0/24"];
const GATEWAYS: [&str; 5] = ["192.0.2.9", "192.0.2.200", "198.51.100.9", "10.1.2.3", "172.16.0.9"];
/// No route covers an IPv6 gateway: the fake does not judge gateways behind gateways.
const PREFIXES_6: [&str; 2] = ["2001:db8:1::/48", "2001:db8:f::/48"];
const GATEWAYS_6: [&str; 2] = ["2001:db8::9", "2001:db9::9"];

fn op() -> impl Strategy<Value = Op> {
    let link = || select(&LINKS[..]).prop_map(name);
    let network = select(&NETWORKS[..]).prop_map(|(link, it)| address(link, it));
    let target = |gateways: &'static [&'static str]| {
        prop_oneof![
            4 => (select(gateways), proptest::option::of(select(&LINKS[..]))).prop_map(|(it, link)| via(it, link)),
            2 => link().prop_map(RouteTarget::Link),
            1 => Just(RouteTarget::Blackhole),
        ]
    };
    let route = prop_oneof![
        (select(&PREFIXES[..]), target(&GATEWAYS)),
        (select(&PREFIXES_6[..]), target(&GATEWAYS_6)),
    ];
    prop_oneof![
        1 => Just(Op::AddBridge(name("ge1"))),
        1 => Just(Op::DeleteBridge(name("ge1"))),
        1 => (link(), proptest::option::of(Just(name("ge1")))).prop_map(|(link, bridge)| Op::SetBridge { link, bridge }),
        1 => link().prop_map(|link| Op::SetAlias { alias: format!("alias of {link}"), link }),
        4 => (link(), proptest::bool::weighted(0.8)).prop_map(|(link, up)| Op::SetUp { link, up }),
        5 => network.clone().prop_map(Op::AddAddress),
        2 => network.prop_map(Op::DeleteAddress),
        5 => (route.clone(), select(&[10, 20][..])).prop_map(|((prefix, to), priority)| set_route(prefix, priority, to)),
        2 => (route, select(&[10, 20][..])).prop_map(|((prefix, to), priority)| delete_route(prefix, priority, to)),
        1 => any::<bool>().prop_map(|on| Op::SetSysctl {
            name: "net.ipv4.conf.all.promote_secondaries".to_owned(),
            value: u8::from(on).to_string(),
        }),
    ]
}

#[test]
fn the_fake_kernel_answers_as_linux_does() {
    in_namespace(|| {
        let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let cases = Cell::new(0);
        let outcome = runner.run(&proptest::collection::vec(op(), 1..40), |ops| {
            cases.set(cases.get() + 1);
            let difference = Host::new(format!("case{}", cases.get())).run(|| first_difference(&ops));
            prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    });
}

/// Does the operations on both, up to the first that ends differently.
fn first_difference(ops: &[Op]) -> Option<String> {
    sh(
        "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
         ip link add e0 type veth peer name x0 && ip link set x0 up
         ip link add e1 type veth peer name x1 && ip link set x1 up
         for e in e0 e1; do ip link set $e addrgenmode none; echo 0 > /proc/sys/net/ipv6/conf/$e/disable_ipv6; done
         for e in e0 e1; do echo 0 > /proc/sys/net/ipv6/conf/$e/accept_dad; done
         echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6",
    );
    let mut linux = Linux::new();
    let mut fake = FakeKernel::with_devices(["e0", "e1"]);
    let mut story = String::new();
    for op in ops {
        let real = linux.apply(op).err();
        let pretended = linux.runtime.block_on(fake.apply(op)).err().map(|error| error.message);
        story += &format!("{op}\n    Linux: {real:?}\n    fake:  {pretended:?}\n");
        if real.is_some() != pretended.is_some() {
            return Some(story);
        }
        let (real, pretended) =
            (comparable(linux.observe()), comparable(linux.runtime.block_on(fake.observe()).unwrap()));
        if real != pretended {
            return Some(format!("{story}Linux: {real:#?}\nfake:  {pretended:#?}"));
        }
    }
    None
}

/// Without what the fake does not pretend to know: the machine's own links, cables, hardware addresses.
fn comparable(mut observed: Observed) -> Observed {
    let ours = |link: &KernelName| LINKS.contains(&link.as_str());
    observed.links.retain(|link, _| ours(link));
    observed.addresses.retain(|address, ours_mark| ours(&address.link) && *ours_mark);
    for link in observed.links.values_mut() {
        (link.carrier, link.mac) = (false, Vec::new());
    }
    observed
}
