//! Whole commits on Linux, failed at each of their operations: what stood before stands again.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tsuji::apply::commit::Applier;
use tsuji::apply::error::Undo;
use tsuji::apply::firewall::{Family, Firewall, Hook, Match, Verdict};
use tsuji::apply::kernel::fake::{FakeKernel, FakeWorkers};
use tsuji::apply::kernel::linux::LinuxKernel;
use tsuji::apply::kernel::{Kernel, Observed};
use tsuji::apply::state::{Link, LinkKind, Neighbour, RouteTarget, Rule, State};
use tsuji::types::{LineId, Mac, Sourced};

use crate::firewall::{counted, rule, table};
use crate::namespace::{in_namespace, sh};
use crate::refusing::{Failure, REFUSED, Refusing};
use crate::{address, key, name, via};

type Router = Applier<Refusing<LinuxKernel>, FakeWorkers>;

/// Three links, their other ends up. IPv6 makes no addresses by itself, on bridges neither.
fn three_links() {
    sh("echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode
        for n in 0 1 2; do ip link add e$n type veth peer name x$n && ip link set x$n up; done");
}

async fn start() -> Router {
    let kernel = Refusing::new(LinuxKernel::new().unwrap());
    let workers = FakeKernel::default().workers();
    let (router, recovery) = Applier::start(kernel, workers, PathBuf::from("/run/journal")).await.unwrap();
    assert_eq!(recovery.failed, None);
    router
}

/// What there is, but for what the kernel itself decides a little later (carriers, a bridge's address).
async fn look(router: &mut Router) -> Observed {
    let mut observed = router.kernel().observe().await.unwrap();
    for link in observed.links.values_mut() {
        link.carrier = false;
        if link.is_bridge {
            link.mac.clear();
        }
    }
    observed
}

fn line<T>(value: T) -> Sourced<T> {
    Sourced::new(value, LineId(7))
}

fn device(link: &str, alias: &str, bridge: Option<&str>) -> (tsuji::types::KernelName, Sourced<Link>) {
    let kind = LinkKind::Device;
    let alias = alias.to_owned();
    (name(link), line(Link { up: true, bridge: bridge.map(name), alias, ..Link::fresh(kind) }))
}

/// A router with two ports of one device each.
fn plain() -> State {
    State {
        links: [device("e0", "GigaEthernet0.0", None), device("e1", "GigaEthernet1.0", None)].into(),
        addresses: [
            address("e0", "203.0.113.1/24"),
            address("e1", "192.168.0.254/24"),
            address("e1", "192.168.0.253/24"),
            address("e1", "2001:db8::1/64"),
        ]
        .map(|address| (address, line(())))
        .into(),
        routes: [
            (key("0.0.0.0/0", 10), line(via("203.0.113.80", Some("e0")))),
            (key("10.0.0.0/8", 10), line(via("192.168.0.1", Some("e1")))),
            (key("10.1.0.0/16", 10), line(RouteTarget::Blackhole)),
            (key("2001:db8:5::/48", 10), line(via("2001:db8::5", Some("e1")))),
        ]
        .into(),
        sysctls: [("net.ipv4.ip_forward".to_owned(), line("1".to_owned()))].into(),
        firewall: Some(Arc::new(translating("e0"))),
        rules: [(by_mark(0x7400_0001), line(())), (by_mark(0x7400_0002), line(()))].into(),
        neighbours: [(neighbour("e1", "192.168.0.9"), line(Mac([2, 0, 0, 0, 0, 9])))].into(),
        proxies: [(neighbour("e1", "192.168.0.7"), line(()))].into(),
        ..State::default()
    }
}

/// The same router after its LAN port got a second device, and its uplink another address.
fn bridged() -> State {
    let alias = "GigaEthernet1.0".to_owned();
    let bridge = Link { up: true, alias, ..Link::fresh(LinkKind::Bridge) };
    State {
        links: [
            device("e0", "GigaEthernet0.0", None),
            device("e1", "GigaEthernet1", Some("ge1")),
            device("e2", "GigaEthernet1", Some("ge1")),
            (name("ge1"), line(bridge)),
        ]
        .into(),
        addresses: [
            address("e0", "198.51.100.1/24"),
            address("ge1", "192.168.0.254/24"),
            address("ge1", "2001:db8::1/64"),
        ]
        .map(|address| (address, line(())))
        .into(),
        routes: [
            (key("0.0.0.0/0", 10), line(via("198.51.100.80", Some("e0")))),
            (key("10.0.0.0/8", 10), line(via("192.168.0.1", Some("ge1")))),
            (key("2001:db8:5::/48", 10), line(RouteTarget::Link(name("ge1")))),
            (key("2001:db8:6::/48", 20), line(via("2001:db8::6", Some("ge1")))),
        ]
        .into(),
        sysctls: [("net.ipv4.ip_forward".to_owned(), line("1".to_owned()))].into(),
        firewall: Some(Arc::new(filtering("e0"))),
        rules: [(by_mark(0x7400_0002), line(())), (by_mark(0x7400_0003), line(()))].into(),
        neighbours: [(neighbour("e0", "198.51.100.80"), line(Mac([2, 0, 0, 0, 0, 8])))].into(),
        proxies: [(neighbour("ge1", "192.168.0.7"), line(()))].into(),
        ..State::default()
    }
}

fn by_mark(mark: u32) -> Rule {
    Rule { family: Family::Ipv4, priority: Rule::FIRST, mark, table: 11601, longer_than: None }
}

fn neighbour(link: &str, address: &str) -> Neighbour {
    Neighbour { link: name(link), address: address.parse().unwrap() }
}

fn translating(uplink: &str) -> Firewall {
    let out = vec![Match::OutLink(name(uplink))];
    table([("translate", Some(Hook::SourceNat), vec![counted("out", out, Verdict::Masquerade(None))])])
}

fn filtering(uplink: &str) -> Firewall {
    let into = vec![Match::InLink(name(uplink))];
    let mut both = translating(uplink);
    let more = table([
        ("forward", Some(Hook::Forward), vec![rule(into, Verdict::Jump("in".to_owned()))]),
        (
            "in",
            None,
            vec![rule(vec![Match::Established], Verdict::Accept), counted("in", vec![], Verdict::Drop)],
        ),
    ]);
    both.chains.extend(more.chains);
    both.counters.extend(more.counters);
    both
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_commit_refused_at_any_operation_leaves_linux_as_it_was() {
    in_namespace(|| {
        three_links();
        runtime().block_on(async {
            let mut router = start().await;
            for target in [plain(), bridged(), plain(), State::default()] {
                let before = look(&mut router).await;
                let steps = router.check(&target).await.unwrap().steps;
                assert_eq!(look(&mut router).await, before, "check changes nothing");
                for (number, expected) in steps.iter().enumerate() {
                    router.kernel().fail_after(number, Failure::Refused);
                    let error = router.commit(target.clone()).await.unwrap_err();
                    let step = error.step.unwrap();
                    assert_eq!((error.message.as_str(), error.undo), (REFUSED, Undo::Undone), "{}", step.op);
                    assert_eq!(*step, *expected);
                    assert_eq!(look(&mut router).await, before, "after undoing all before: {}", step.op);
                }
                router.commit(target.clone()).await.unwrap();
                assert_eq!(*router.state(), target);
            }
        });
    });
}

#[test]
fn a_process_that_dies_at_any_operation_leaves_what_the_next_one_can_undo() {
    in_namespace(|| {
        three_links();
        runtime().block_on(async {
            let mut router = start().await;
            let mut stands = State::default();
            for target in [plain(), bridged()] {
                let before = look(&mut router).await;
                let steps = router.check(&target).await.unwrap().steps.len();
                for (number, failure) in (0..steps)
                    .flat_map(|number| [(number, Failure::DeathBefore), (number, Failure::DeathAfter)])
                {
                    router.kernel().fail_after(number, failure);
                    let died = Arc::clone(&router.kernel().died);
                    tokio::select! {
                        outcome = router.commit(target.clone()) => panic!("it lives: {outcome:?}"),
                        () = died.notified() => {}
                    }
                    drop(router);
                    router = start().await;
                    // As a daemon does at its start: Linux may have taken away more than it was told to.
                    router.commit(stands.clone()).await.unwrap();
                    assert_eq!(look(&mut router).await, before, "{failure:?}, operation {number}");
                }
                router.commit(target.clone()).await.unwrap();
                stands = target;
            }
        });
    });
}
