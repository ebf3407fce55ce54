//! Rules that translate, limit and clamp: what nft makes of them, and what stays when they change.

use std::collections::BTreeMap;

use tsuji::apply::firewall::{
    AddressPairs, Addresses, Change, Family, Firewall, Hook, Match, Object, PortChange, Rule, Segment,
    TcpFlags, Verdict,
};

use crate::Linux;
use crate::firewall::{rule, same_by_text_and_json, set, table};
use crate::namespace::{in_namespace, sh};

const TCP: u8 = 6;

fn tcp() -> Match {
    Match::Protocol(vec![TCP])
}

fn changing(matches: Vec<Match>, change: Change) -> Rule {
    Rule { changes: vec![change], ..rule(matches, Verdict::Continue) }
}

fn timeout(established: u32) -> Object {
    let seconds = [("established", established), ("close", 5)];
    let seconds = seconds.map(|(state, time)| (state.to_owned(), time));
    Object::Timeout { protocol: TCP, seconds: BTreeMap::from(seconds) }
}

/// A table with these objects too.
fn with_objects<const N: usize>(mut firewall: Firewall, objects: [(&str, Object); N]) -> Firewall {
    firewall.objects.extend(objects.map(|(name, object)| (name.to_owned(), object)));
    firewall
}

#[test]
fn the_text_of_each_translation_means_what_the_json_does() {
    in_namespace(|| {
        let inside = "192.168.0.10".parse().unwrap();
        let pairs = |from: &str, to: &str, count| AddressPairs {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            count,
        };
        let range = Addresses { first: "192.0.2.3".parse().unwrap(), last: "192.0.2.9".parse().unwrap() };
        let arriving = vec![
            rule(vec![tcp()], Verdict::DestinationNat(inside, PortChange::Keep)),
            rule(vec![tcp()], Verdict::DestinationNat(inside, PortChange::To(8080))),
            rule(vec![tcp()], Verdict::DestinationNat(inside, PortChange::Shift(8000..=8003, 80))),
            rule(vec![Match::Protocol(vec![50])], Verdict::DestinationNat(inside, PortChange::Keep)),
            rule(vec![], Verdict::DestinationNatEach(pairs("192.0.2.10", "192.168.0.10", 3))),
            rule(vec![tcp()], Verdict::Redirect(22)),
        ];
        let leaving = vec![
            changing(vec![tcp()], Change::Timeout("slow".to_owned())),
            rule(vec![Match::FlowsOver(1000)], Verdict::Drop),
            rule(vec![Match::FlowsOfHostOver("hosts".to_owned(), 20)], Verdict::Drop),
            rule(vec![Match::OriginalDestination(vec!["192.0.2.1".to_owned()])], Verdict::Masquerade(None)),
            rule(vec![tcp(), Match::Share { below: 4, of: 10 }], Verdict::Masquerade(Some(1000..=2000))),
            rule(vec![tcp()], Verdict::Masquerade(Some(7..=7))),
            rule(vec![], Verdict::SourceNatEach(pairs("192.168.0.10", "192.0.2.10", 1))),
            rule(vec![], Verdict::SourceNat(range, None)),
            rule(vec![tcp()], Verdict::SourceNat(range, Some(1000..=2000))),
        ];
        let beginning = Match::TcpFlags(TcpFlags { mask: 6, value: 2, differ: false });
        let passing = vec![
            changing(
                vec![Match::Family(Family::Ipv4), tcp(), beginning.clone()],
                Change::MaximumSegment(Segment::ByRoute),
            ),
            changing(vec![tcp(), beginning], Change::MaximumSegment(Segment::Octets(1400))),
        ];
        let firewall = table([
            ("arriving", Some(Hook::DestinationNat), arriving),
            ("leaving", Some(Hook::SourceNat), leaving),
            ("passing", Some(Hook::Adjust), passing),
            ("shield", Some(Hook::Forward), vec![rule(vec![tcp()], Verdict::Reset)]),
        ]);
        same_by_text_and_json(&with_objects(firewall, [("slow", timeout(900)), ("hosts", Object::Hosts)]));
    });
}

#[test]
fn an_object_that_stays_keeps_what_it_holds_and_others_go() {
    in_namespace(|| {
        let slow = |object: &str| {
            let rule = changing(vec![tcp()], Change::Timeout(object.to_owned()));
            table([("leaving", Some(Hook::SourceNat), vec![rule])])
        };
        let mut linux = Linux::new();
        let before = with_objects(slow("old"), [("old", timeout(900)), ("hosts", Object::Hosts)]);
        linux.must(&set(&before));
        sh("nft add element inet tsuji hosts { 192.0.2.1 }");

        let after = with_objects(slow("new"), [("new", timeout(300)), ("hosts", Object::Hosts)]);
        linux.prepare(&[&set(&after)]).unwrap();
        linux.must(&set(&after));
        let listed = sh("nft list table inet tsuji");
        assert!(listed.contains("ct timeout new") && !listed.contains("ct timeout old"), "{listed}");
        assert!(listed.contains("elements = { 192.0.2.1 }"), "{listed}");

        linux.must(&set(&Firewall::default()));
        let listed = sh("nft list table inet tsuji");
        assert!(!listed.contains("ct timeout") && !listed.contains("hosts"), "{listed}");
    });
}
