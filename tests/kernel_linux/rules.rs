//! Rules, the tables that they lead to, and the marks that they ask for.

use std::collections::{BTreeMap, BTreeSet};

use tsuji::apply::firewall::mark::{ARRIVED, FIRST_TABLE, OURS, OURS_MASK};
use tsuji::apply::firewall::{Chain, Change, Family, Firewall, Hook, Match, Rule, Verdict};
use tsuji::apply::op::Op;
use tsuji::apply::state::{self, MAIN_TABLE, RouteKey, RouteTarget};
use tsuji::types::LineId;

use crate::namespace::{in_namespace, sh};
use crate::{Linux, key, via};

/// What a packet of this way asks first.
fn rule(family: Family, way: u32) -> state::Rule {
    let (mark, table) = (OURS | way, FIRST_TABLE + way);
    state::Rule { family, priority: state::Rule::FIRST, mark, table, longer_than: None }
}

#[test]
fn rules_are_added_read_back_and_removed() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let before = linux.observe();
        let main = state::Rule { table: MAIN_TABLE, longer_than: Some(0), ..rule(Family::Ipv4, 2) };
        for rule in [rule(Family::Ipv4, 1), rule(Family::Ipv6, 1), main] {
            linux.must(&Op::AddRule(rule));
            assert_eq!(linux.observe().rules, BTreeSet::from([rule]));
            assert_eq!(linux.apply(&Op::AddRule(rule)), Err("File exists (os error 17)".to_owned()));
            linux.must(&Op::DeleteRule(rule));
            linux.must(&Op::DeleteRule(rule));
            assert_eq!(linux.observe(), before, "{rule:?}");
        }
    });
}

#[test]
fn a_rule_of_somebody_else_stays() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let rule = rule(Family::Ipv4, 1);
        sh("ip rule add priority 11600 fwmark 0x74000001 lookup 11601");
        let foreign = linux.observe();
        assert_eq!(foreign.rules, BTreeSet::new());
        linux.must(&Op::DeleteRule(rule));
        sh("ip rule | grep -q 'fwmark 0x74000001 lookup 11601'");
    });
}

#[test]
fn a_route_of_another_table_is_not_one_of_the_main_table() {
    in_namespace(|| {
        sh("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up");
        sh("ip address add 192.0.2.1/24 dev e0 && ip -6 address add 2001:db8::1/64 dev e0 nodad");
        let mut linux = Linux::new();
        for (prefix, gateway) in [("0.0.0.0/0", "192.0.2.2"), ("::/0", "2001:db8::2")] {
            let main = key(prefix, 10);
            let other = RouteKey { table: 11601, ..main.clone() };
            let target = via(gateway, Some("e0"));
            let set = |key: &RouteKey, target: &RouteTarget| Op::SetRoute {
                key: key.clone(),
                target: target.clone(),
            };
            linux.must(&set(&other, &target));
            linux.must(&set(&main, &RouteTarget::Blackhole));
            let both =
                BTreeMap::from([(other.clone(), target.clone()), (main.clone(), RouteTarget::Blackhole)]);
            assert_eq!(linux.observe().routes, both);
            linux.must(&Op::DeleteRoute { key: main, target: RouteTarget::Blackhole });
            assert_eq!(linux.observe().routes, BTreeMap::from([(other.clone(), target.clone())]));
            linux.must(&Op::DeleteRoute { key: other, target });
        }
    });
}

/// Two ways out of one namespace: a mark that a rule of the table sets decides which is taken.
#[test]
fn a_marked_packet_takes_the_way_of_its_mark() {
    in_namespace(|| {
        sh("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up");
        sh("ip link add f0 type veth peer name f1 && ip link set f0 up && ip link set f1 up");
        sh("ip address add 192.0.2.1/24 dev e0 && ip address add 198.51.100.1/24 dev f0");
        let mut linux = Linux::new();
        let default = key("0.0.0.0/0", 10);
        let other = RouteKey { table: 11601, ..default.clone() };
        linux.must(&Op::SetRoute { key: default, target: via("192.0.2.2", Some("e0")) });
        linux.must(&Op::SetRoute { key: other, target: via("198.51.100.2", Some("f0")) });
        linux.must(&Op::AddRule(rule(Family::Ipv4, 1)));
        let rule =
            |matches, changes, verdict| Rule { changes, ..Rule::new(matches, verdict, LineId::BUILT_IN) };
        let arrived = OURS | 1;
        let marks = vec![
            rule(vec![Match::PacketMark { mask: OURS_MASK, value: OURS }], vec![], Verdict::Accept),
            rule(
                vec![Match::Destination(Family::Ipv4, vec!["203.0.113.80".to_owned()]), Match::New],
                vec![Change::ConnectionMark { keep: !(OURS_MASK | ARRIVED), set: arrived }],
                Verdict::Continue,
            ),
            rule(vec![Match::Reply], vec![], Verdict::Accept),
            rule(
                vec![Match::ConnectionMark { mask: OURS_MASK | ARRIVED, value: arrived }],
                vec![Change::PacketMark(OURS | 1)],
                Verdict::Accept,
            ),
        ];
        let chain = Chain { hook: Some(Hook::ClassifyOwn), rules: marks };
        let chains = BTreeMap::from([("classify-own".to_owned(), chain)]);
        let firewall = Firewall { chains, ..Firewall::default() };
        linux.must(&Op::SetFirewall(Some(firewall.clone().into())));
        assert_eq!(linux.observe().firewall, Some(firewall.fingerprints()));
        // Each ping is lost: what counts is which link asks for its router.
        sh("ping -c 1 -W 1 203.0.113.80 >/dev/null; ip neighbour show dev f0 | grep -q 198.51.100.2");
        sh("! ip neighbour show dev e0 | grep -q 192.0.2.2");
        sh("ping -c 1 -W 1 203.0.113.81 >/dev/null; ip neighbour show dev e0 | grep -q 192.0.2.2");
    });
}
