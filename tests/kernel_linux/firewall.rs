//! The table `inet tsuji`: rendered, replaced, refused, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use tsuji::apply::firewall::{Chain, Change, Family, Firewall, Hook, Match, Rule, Verdict};
use tsuji::apply::kernel::Kernel;
use tsuji::apply::op::Op;
use tsuji::types::LineId;

use crate::namespace::{in_namespace, sh};
use crate::{Linux, name};

/// A rule of line 7.
pub fn rule(matches: Vec<Match>, verdict: Verdict) -> Rule {
    Rule::new(matches, verdict, LineId(7))
}

/// The source becomes this address.
pub fn snat(address: &str) -> Verdict {
    Verdict::SourceNat(address.parse::<Ipv4Addr>().unwrap().into(), None)
}

/// A rule that also counts.
pub fn counted(counter: &str, matches: Vec<Match>, verdict: Verdict) -> Rule {
    Rule { counter: Some(counter.to_owned()), ..rule(matches, verdict) }
}

/// A table of these chains, with the counters that their rules name.
pub fn table<const N: usize>(chains: [(&str, Option<Hook>, Vec<Rule>); N]) -> Firewall {
    let mut firewall = Firewall::default();
    for (name, hook, rules) in chains {
        firewall.counters.extend(rules.iter().filter_map(|rule| rule.counter.clone()));
        firewall.chains.insert(name.to_owned(), Chain { hook, rules });
    }
    firewall
}

/// The operation that puts a table in place.
pub fn set(firewall: &Firewall) -> Op {
    Op::SetFirewall(Some(Arc::new(firewall.clone())))
}

/// What the kernel has to show for a table.
fn fingerprints(firewall: &Firewall) -> BTreeMap<String, Vec<String>> {
    let of = |chain: &Chain| chain.rules.iter().map(Rule::fingerprint).collect();
    firewall.chains.iter().map(|(name, chain)| (name.clone(), of(chain))).collect()
}

/// Puts a table in place by the kernel's edge, then by its own text, and compares what nft shows.
pub fn same_by_text_and_json(firewall: &Firewall) {
    let mut linux = Linux::new();
    linux.must(&set(firewall));
    assert_eq!(linux.observe().firewall, Some(fingerprints(firewall)));
    let by_json = sh("nft list table inet tsuji | sed 's/ comment .*//'");
    linux.must(&Op::SetFirewall(None));
    assert_eq!(linux.observe().firewall, None);

    std::fs::write("/run/table", format!("table inet tsuji {{\n{firewall}}}\n")).unwrap();
    sh("nft --check --file /run/table && nft --file /run/table");
    let by_text = sh("nft list table inet tsuji");
    assert_eq!(by_text, by_json);
}

#[test]
fn the_text_of_each_kind_of_rule_means_what_the_json_does() {
    in_namespace(|| {
        let v4 = |list: &[&str]| (Family::Ipv4, list.iter().map(|item| (*item).to_owned()).collect());
        let v6 = |list: &[&str]| (Family::Ipv6, list.iter().map(|item| (*item).to_owned()).collect());
        let source = |(family, list)| Match::Source(family, list);
        let destination = |(family, list)| Match::Destination(family, list);
        let matches = [
            Match::InLink(name("ge0.1")),
            Match::OutLink(name("e0")),
            Match::Family(Family::Ipv4),
            Match::Family(Family::Ipv6),
            source(v4(&["192.0.2.0/24", "192.0.2.1-192.0.2.9", "198.51.100.7"])),
            source(v6(&["2001:db8::/32", "2001:db8:1::1-2001:db8:1::9", "fe80::1"])),
            source(v4(&["0.0.0.0/0"])),
            destination(v4(&["192.0.2.130/25"])),
            destination(v6(&["::/0", "2001:db8::1"])),
            Match::Protocol(vec![6]),
            Match::Protocol(vec![1, 6, 17, 50, 255]),
            Match::SourcePort(vec![53..=53]),
            Match::DestinationPort(vec![0..=65535, 80..=80, 1024..=2047, 2000..=3000]),
            Match::IcmpType(Family::Ipv4, vec![8..=8, 0..=0]),
            Match::IcmpType(Family::Ipv6, vec![133..=137]),
            Match::IcmpCode(Family::Ipv4, vec![0..=255]),
            Match::IcmpCode(Family::Ipv6, vec![4..=4]),
            Match::Established,
            Match::DestinationTranslated,
            Match::New,
            Match::Reply,
            Match::PacketMark { mask: 0xff00_0000, value: 0x7400_0000 },
        ];
        let mut forward: Vec<Rule> =
            matches.into_iter().map(|part| rule(vec![part], Verdict::Accept)).collect();
        forward.push(Rule { log: true, ..counted("c1", vec![], Verdict::Drop) });
        let change = |change| Rule { changes: vec![change], ..rule(vec![], Verdict::Continue) };
        forward.push(change(Change::PacketMark(0x7400_0007)));
        forward.push(change(Change::ConnectionMark { keep: 0x00ff_ff00, set: 0x7400_0007 }));
        forward.push(rule(vec![], Verdict::Return));
        forward.push(rule(vec![], Verdict::Jump("sub".to_owned())));
        let translate = vec![
            counted("c2", vec![Match::OutLink(name("e0"))], Verdict::Masquerade(None)),
            rule(vec![], snat("192.0.2.7")),
        ];
        let firewall = table([
            ("input", Some(Hook::Input), vec![]),
            ("forward", Some(Hook::Forward), forward),
            ("output", Some(Hook::Output), vec![]),
            ("translate", Some(Hook::SourceNat), translate),
            ("sub", None, vec![]),
        ]);

        same_by_text_and_json(&firewall);
    });
}

#[test]
fn a_replaced_table_keeps_the_counters_that_stay() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let loopback = || vec![Match::InLink(name("lo"))];
        let stays = || counted("stays", loopback(), Verdict::Return);
        let before = table([
            ("input", Some(Hook::Input), vec![stays()]),
            ("moves", Some(Hook::Output), vec![counted("goes", vec![], Verdict::Return)]),
            ("gone", None, vec![]),
        ]);
        linux.must(&set(&before));
        sh("ping -c 2 127.0.0.1");
        // Two requests, two replies, of 84 bytes each.
        assert_eq!(linux.counter("stays"), Some((4, 336)));
        assert_eq!(linux.counter("goes"), Some((4, 336)));

        let after = table([
            ("input", Some(Hook::Input), vec![rule(loopback(), Verdict::Jump("new".to_owned()))]),
            ("moves", Some(Hook::Input), vec![]),
            ("new", None, vec![stays(), counted("comes", vec![], Verdict::Return)]),
        ]);
        linux.prepare(&[&set(&after)]).unwrap();
        linux.must(&set(&after));
        assert_eq!(linux.observe().firewall, Some(fingerprints(&after)));
        assert_eq!(linux.counter("goes"), None);
        assert_eq!(linux.counter("comes"), Some((0, 0)));
        sh("ping -c 1 127.0.0.1");
        assert_eq!(linux.counter("stays"), Some((6, 504)));
        assert_eq!(linux.counter("comes"), Some((0, 0)), "the rule before has returned");
        assert!(sh("nft list chain inet tsuji moves").contains("hook input"));
    });
}

#[test]
fn a_refused_table_leaves_the_one_that_was_there() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let good = table([("forward", Some(Hook::Forward), vec![rule(vec![], Verdict::Accept)])]);
        linux.must(&set(&good));
        let before = linux.observe();

        let nowhere = rule(vec![], Verdict::Jump("nowhere".to_owned()));
        let host = Match::Source(Family::Ipv4, vec!["localhost".to_owned()]);
        let empty = Match::Protocol(vec![]);
        let cases = [
            (nowhere, "nft: Could not process rule: No such file or directory (rule: jump nowhere)"),
            (
                rule(vec![host], Verdict::Drop),
                r#""localhost" is no address, range or prefix of ip (rule: ip saddr { localhost } drop)"#,
            ),
            (
                rule(vec![empty], Verdict::Drop),
                "nft: Invalid RHS of relational (rule: meta l4proto {  } drop)",
            ),
            (
                rule(vec![], Verdict::Masquerade(None)),
                "nft: Could not process rule: Operation not supported (rule: masquerade)",
            ),
        ];
        for (bad, said) in cases {
            let op = set(&table([("forward", Some(Hook::Forward), vec![rule(vec![], Verdict::Drop), bad])]));
            assert_eq!(linux.prepare(&[&op]), Err((0, said.to_owned())));
            assert_eq!(linux.apply(&op), Err(said.to_owned()));
            assert_eq!(linux.observe(), before);
            let refused = linux.runtime.block_on(linux.kernel.apply(&op)).unwrap_err();
            assert_eq!(refused.line, Some(LineId(7)));
        }
    });
}

#[test]
fn each_rule_bears_its_fingerprint_and_line() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let rule = rule(vec![], Verdict::Accept);
        linux.must(&set(&table([("forward", Some(Hook::Forward), vec![rule.clone()])])));
        let listed = sh("nft list table inet tsuji");
        assert!(listed.contains(&format!("accept comment \"{} line 7\"", rule.fingerprint())), "{listed}");

        sh("nft add rule inet tsuji forward drop");
        let seen = linux.observe().firewall.unwrap();
        assert_eq!(seen["forward"], [rule.fingerprint(), String::new()], "a stranger's rule shows");
    });
}

#[test]
fn other_tables_are_left_alone() {
    in_namespace(|| {
        sh("nft add table inet other && nft add chain inet other forward && nft add counter inet other c1");
        let others = || sh("nft list table inet other");
        let (mut linux, before) = (Linux::new(), others());
        linux.must(&set(&table([("forward", None, vec![counted("c1", vec![], Verdict::Return)])])));
        linux.must(&set(&table([])));
        assert_eq!(linux.observe().firewall, Some(BTreeMap::new()));
        linux.must(&Op::SetFirewall(None));
        assert_eq!(others(), before);
    });
}

#[test]
fn hundreds_of_rules_go_in_at_once() {
    in_namespace(|| {
        let port = |port: u16| {
            rule(vec![Match::Protocol(vec![6]), Match::DestinationPort(vec![port..=port])], Verdict::Drop)
        };
        let firewall = table([("forward", Some(Hook::Forward), (0..500).map(port).collect())]);
        let mut linux = Linux::new();
        linux.prepare(&[&set(&firewall)]).unwrap();
        linux.must(&set(&firewall));
        assert_eq!(linux.observe().firewall, Some(fingerprints(&firewall)));
    });
}

#[test]
fn without_nft_the_package_is_named() {
    in_namespace(|| {
        let places: BTreeSet<String> =
            sh("for d in $(echo $PATH | tr : ' ') /usr/sbin /sbin; do ls $d/nft; done; true")
                .lines()
                .filter_map(|line| std::fs::canonicalize(line).ok())
                .map(|path| path.parent().unwrap().display().to_string())
                .collect();
        let mut linux = Linux::new();
        for place in &places {
            sh(&format!("mount -t tmpfs tmpfs {place}"));
        }
        let op = set(&table([]));
        let said = "nft: not found: install the package nftables";
        assert_eq!(linux.prepare(&[&op]), Err((0, said.to_owned())));
        assert_eq!(linux.apply(&op), Err(said.to_owned()));
        assert_eq!(linux.observe().firewall, None);
    });
}

/// Where the kernel has flowtables, connections go on through one, and a table that is put in its
/// place begins with none of them. Where it has none, that is known before anyone relies on it.
#[test]
fn the_short_way_is_taken_where_the_kernel_has_it() {
    in_namespace(|| {
        let mut linux = Linux::new();
        sh("ip link add e0 type veth peer name e1 && ip link set e0 up && ip link set e1 up");
        let offload = rule(vec![Match::Protocol(vec![6, 17]), Match::Established], Verdict::Offload);
        let mut fast = table([("forward", Some(Hook::Forward), vec![offload])]);
        fast.fast = [name("e0"), name("e1")].into();
        if !linux.has_flowtables() {
            let (_, refusal) = linux.prepare(&[&set(&fast)]).unwrap_err();
            assert!(refusal.contains("nft:"), "{refusal}");
            return;
        }
        // Twice: the second takes the first one's place, with the same links.
        for _ in 0..2 {
            linux.must(&set(&fast));
            let listing = sh("nft list table inet tsuji");
            for part in ["flowtable fast", "e0, e1", "flow add @fast"] {
                assert!(listing.contains(part), "{part}: {listing}");
            }
        }
        linux.must(&set(&table([("forward", Some(Hook::Forward), vec![])])));
        let listing = sh("nft list table inet tsuji");
        assert!(!listing.contains("fast"), "{listing}");
    });
}

#[test]
fn of_a_list_only_what_differs_is_replaced() {
    in_namespace(|| {
        let mut linux = Linux::new();
        let port = |port: u16| {
            rule(vec![Match::Protocol(vec![6]), Match::DestinationPort(vec![port..=port])], Verdict::Drop)
        };
        let lists = |ports: &[u16], others: &[u16]| {
            let jump = rule(vec![], Verdict::Jump("some".to_owned()));
            let of = |ports: &[u16]| ports.iter().map(|number| port(*number)).collect::<Vec<_>>();
            let mut chains = vec![("forward", Some(Hook::Forward), vec![jump]), ("some", None, of(ports))];
            if !others.is_empty() {
                chains.push(("others", None, of(others)));
            }
            Firewall {
                chains: chains
                    .into_iter()
                    .map(|(name, hook, rules)| (name.to_owned(), Chain { hook, rules }))
                    .collect(),
                ..Firewall::default()
            }
        };
        let handle = |port: u16| {
            let listed = sh("nft -a list chain inet tsuji some");
            let line =
                listed.lines().find(|line| line.contains(&format!("dport {port} "))).map(str::to_owned);
            line.and_then(|line| Some(line.rsplit_once("handle ")?.1.to_owned()))
        };
        linux.must(&set(&lists(&[1, 2, 3, 4], &[9])));
        let (first, last) = (handle(1), handle(4));
        assert!(first.is_some() && last.is_some());
        for (ports, others) in [
            (&[1, 2, 4][..], &[9][..]),
            (&[1, 5, 6, 7, 4], &[]),
            (&[1, 7, 6, 5, 4], &[8, 9]),
            (&[1, 1, 1, 4], &[9, 8]),
            (&[1, 4], &[8]),
        ] {
            let wanted = lists(ports, others);
            linux.must(&set(&wanted));
            assert_eq!(linux.observe().firewall, Some(fingerprints(&wanted)), "{ports:?} {others:?}");
            assert_eq!((handle(1), handle(4)), (first.clone(), last.clone()), "{ports:?}");
        }
        for ports in [&[4][..], &[], &[1, 2], &[3, 1, 2, 0], &[9, 8, 7]] {
            let wanted = lists(ports, &[]);
            linux.must(&set(&wanted));
            assert_eq!(linux.observe().firewall, Some(fingerprints(&wanted)), "{ports:?}");
        }
    });
}
