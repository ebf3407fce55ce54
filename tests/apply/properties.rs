//! What holds for any two routers.

use std::net::Ipv4Addr;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tsuji::apply::{State, Undo, plan};
use tsuji::model::filter::{Action, Rule};
use tsuji::model::nat::Outside;
use tsuji::model::route::NextHop;

use crate::models::{Builder, name, rule};
use crate::support::{DEVICES, Router, Seen, commit, proptest_config};

const PORTS: u8 = 4;

proptest! {
    #![proptest_config(proptest_config())]

    /// A commit ends exactly in the new state, or in the old one.
    #[test]
    fn a_commit_ends_in_one_of_two_states(old in router(1), new in router(1001)) {
        let router = Router::new();
        let mut applier = router.start().0;
        for target in [&old, &new, &old, &State::default()] {
            let before = router.seen();
            match commit(&mut applier, target) {
                Ok(_) => prop_assert_eq!(ours(&router.seen(), target), ours_of(target)),
                Err(error) => {
                    prop_assert_ne!(&error.undo, &Undo::NotNeeded, "{}", error);
                    prop_assert!(!applier.is_degraded(), "{}", error);
                    prop_assert_eq!(router.seen(), before, "{}", error);
                }
            }
        }
    }

    /// The undos of a plan, last first, bring the old state back by themselves.
    #[test]
    fn the_undo_of_all_steps_gives_the_old_state(old in router(1), new in router(1001)) {
        let router = Router::new();
        let mut applier = router.start().0;
        prop_assume!(commit(&mut applier, &old).is_ok());
        let way = applier.check(&new).now_or_never().unwrap().unwrap();
        let mut linux = router.kernel.linux();
        let before = linux.observe();
        let steps: Vec<_> = way.steps.iter().filter(|step| !step.op.is_worker()).collect();
        prop_assume!(steps.iter().all(|step| linux.apply(&step.op).is_ok()));
        for step in steps.iter().rev() {
            prop_assert_eq!(linux.apply(&step.undo), Ok(()), "{}", &step.undo);
        }
        prop_assert_eq!(linux.observe(), before);
    }

    #[test]
    fn there_is_no_way_from_a_state_to_itself(state in router(1)) {
        prop_assert_eq!(plan(&state, &state).to_string(), "");
    }

    /// What others took away is found, and comes back with the next commit.
    #[test]
    fn drift_is_found_and_repaired(state in router(1), victim in select(&DEVICES[..6])) {
        let router = Router::new();
        let mut applier = router.start().0;
        prop_assume!(commit(&mut applier, &state).is_ok());
        let link = victim.parse().unwrap();
        router.kernel.meddle(|linux| {
            linux.apply(&tsuji::apply::op::Op::SetUp { link, up: false }).unwrap();
            linux.apply(&tsuji::apply::op::Op::SetFirewall(None)).unwrap();
        });
        let found = applier.drift().now_or_never().unwrap().unwrap();
        let repaired = commit(&mut applier, &state).unwrap();
        prop_assert_eq!(found.to_string(), repaired.to_string());
        prop_assert_eq!(ours(&router.seen(), &state), ours_of(&state));
        prop_assert!(applier.drift().now_or_never().unwrap().unwrap().is_empty());
    }
}

/// Everything of ours that a router shows, as text, so that a difference can be read.
fn ours(seen: &Seen, state: &State) -> Vec<String> {
    let observed = &seen.observed;
    let links = observed.links.iter().filter(|(name, link)| {
        state.links.contains_key(*name) || link.is_bridge || link.bridge.is_some() || !link.alias.is_empty()
    });
    let links = links.map(|(name, link)| {
        format!("{name} {} {:?} {:?} {}", link.up, link.bridge, link.alias, link.is_bridge)
    });
    let addresses = observed.addresses.iter().filter(|(_, ours)| **ours);
    let addresses = addresses.map(|(address, _)| format!("{address:?}"));
    let routes = observed.routes.iter().map(|(key, target)| {
        // The kernel names a link where the state leaves it open.
        let open = state.routes.get(key).filter(|asked| asked.links().is_empty());
        format!("{key:?} {:?}", open.map_or(target, |asked| &asked.value))
    });
    let rest = [format!("{:?}", observed.firewall), format!("{:?}", seen.workers)];
    links.chain(addresses).chain(routes).chain(rest).collect()
}

/// The same for a state.
fn ours_of(state: &State) -> Vec<String> {
    let links = state.links.iter().map(|(name, link)| {
        let is_bridge = link.kind == tsuji::apply::state::LinkKind::Bridge;
        format!("{name} {} {:?} {:?} {is_bridge}", link.up, link.bridge, link.alias)
    });
    let addresses = state.addresses.keys().map(|address| format!("{address:?}"));
    let routes = state.routes.iter().map(|(key, target)| format!("{key:?} {:?}", target.value));
    let workers: std::collections::BTreeMap<_, _> =
        state.workers.iter().map(|(id, spec)| (*id, spec.value.clone())).collect();
    let firewall = state.firewall.as_ref().map(|table| table.fingerprints());
    links.chain(addresses).chain(routes).chain([format!("{firewall:?}"), format!("{workers:?}")]).collect()
}

/// Any router, its lines numbered from `first`.
pub fn router(first: u32) -> impl Strategy<Value = State> {
    let owners = proptest::collection::vec(0..PORTS + 2, 6);
    let interfaces: Vec<_> = (0..PORTS).map(interface).collect();
    let routes = proptest::collection::vec((prefix(), 0..16_u8, 1..3_u8), 0..6);
    (owners, interfaces, routes).prop_map(move |(owners, interfaces, routes)| {
        let mut router = Builder::new(first);
        for port in 0..PORTS {
            let devices: Vec<&str> =
                owners.iter().zip(DEVICES).filter(|(owner, _)| **owner == port).map(|(_, it)| it).collect();
            router.tie(port, &devices);
        }
        for (port, interface) in (0..PORTS).zip(interfaces) {
            interface.build(port, &mut router);
        }
        for (prefix, hop, distance) in routes {
            router.route(prefix, next_hop(prefix, hop), distance);
        }
        router.resolve().state
    })
}

#[derive(Clone, Debug)]
struct AnyInterface {
    named: bool,
    up: bool,
    addresses: Vec<String>,
    dhcp: bool,
    lease: bool,
    outer: Option<Outside>,
    inbound: Option<Vec<Rule>>,
    outbound: Option<Vec<Rule>>,
}

fn interface(port: u8) -> impl Strategy<Value = AnyInterface> {
    let pool = vec![
        format!("10.{port}.0.1/24"),
        format!("10.{port}.0.2/24"),
        "10.9.0.1/16".to_owned(),
        format!("fd00:{port}::1/64"),
    ];
    let moving = select(vec![None, Some("fd00:9::1/64".to_owned()), Some("fd00:9::1/48".to_owned())]);
    let fixed = Ipv4Addr::new(10, 9, 0, 1);
    let outer = select(vec![None, None, Some(Outside::Interface), Some(Outside::Pool(vec![(fixed, fixed)]))]);
    let flags = (prop::bool::weighted(0.8), prop::bool::weighted(0.8), any::<bool>(), any::<bool>());
    let list = || prop::option::of(subsequence(rules(), 0..3));
    (flags, subsequence(pool, 0..5), moving, outer, list(), list()).prop_map(
        |((named, up, dhcp, lease), mut addresses, moving, outer, inbound, outbound)| {
            addresses.extend(moving);
            AnyInterface { named, up, addresses, dhcp, lease, outer, inbound, outbound }
        },
    )
}

impl AnyInterface {
    fn build(self, port: u8, router: &mut Builder) {
        if !self.named {
            return;
        }
        router.enable(port, self.up);
        if self.dhcp {
            router.address(port, "dhcp");
        }
        for address in &self.addresses {
            router.address(port, address);
        }
        if self.lease {
            router.lease(port, &format!("100.64.{port}.7/24"), &format!("100.64.{port}.1"));
        }
        if let Some(outer) = self.outer {
            router.napt(port, outer);
        }
        router.filter(port, self.inbound.as_deref(), self.outbound.as_deref());
    }
}

fn rules() -> Vec<Rule> {
    vec![
        rule(Action::Drop, &[1], &["10.0.0.66/32"], &[]),
        rule(Action::Pass, &[6, 17], &["10.0.0.0/8"], &[53]),
        rule(Action::Pass, &[], &[], &[]),
    ]
}

fn prefix() -> impl Strategy<Value = &'static str> {
    select(vec!["0.0.0.0/0", "192.0.2.0/24", "198.51.100.0/24", "::/0", "2001:db8::/32"])
}

/// Next hops of the family of `prefix`: most of them can be reached by some router.
fn next_hop(prefix: &str, number: u8) -> NextHop {
    let port = number % PORTS;
    let router = match prefix.contains(':') {
        true => format!("fd00:{port}::fe"),
        false => format!("10.{port}.0.254"),
    };
    let router = router.parse().unwrap();
    match number / PORTS {
        0 => NextHop::Router(router),
        1 => NextHop::RouterOn(router, name(port)),
        2 => NextHop::Interface(name(port)),
        _ if prefix.contains(':') => NextHop::Null,
        _ => NextHop::Dhcp(name(port)),
    }
}
