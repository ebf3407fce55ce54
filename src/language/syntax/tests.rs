//! The walker on the real grammar.

use super::*;

const IX: &[&str] = &["interface", "global", "operation"];
const RTX: &[&str] = &["global", "operation"];

fn full(dialect: Dialect, modes: &[&str], line: &str) -> String {
    match Syntax::of(dialect).parse(modes, line) {
        Ok(command) => command.text(),
        Err(error) => format!("{}: {error}", error.column),
    }
}

#[test]
fn abbreviations_are_written_in_full() {
    for (typed, meant) in [
        ("int gigaethernet1.0", "interface GigaEthernet1.0"),
        ("ip addr dh", "ip address dhcp"),
        ("no shut", "no shutdown"),
        ("ip ro default 10.0.0.1 met 5", "ip route default 10.0.0.1 metric 5"),
        ("conf t", "configure terminal"),
        ("sh run", "show running-config"),
        ("co run sta", "copy running-config startup-config"),
        (
            "IP Access-List web permit TCP src any dest 10.0.0.1 dport eq 80",
            "ip access-list web permit tcp src any dest 10.0.0.1 dport eq 80",
        ),
    ] {
        assert_eq!(full(Dialect::Ix, IX, typed), meant, "{typed}");
    }
    for (typed, meant) in [
        ("adm", "administrator"),
        ("sh conf", "show config"),
        ("IP LAN1 addr 192.168.0.1/255.255.255.0", "ip lan1 address 192.168.0.1/255.255.255.0"),
        ("ip fil 10 reject * * tcp,udp 135 * # no", "ip filter 10 reject * * tcp,udp 135 *"),
        ("console prompt \"my router\"", "console prompt \"my router\""),
    ] {
        assert_eq!(full(Dialect::Rtx, RTX, typed), meant, "{typed}");
    }
}

#[test]
fn what_is_ambiguous_or_unfinished_is_refused() {
    for (typed, answer) in [
        ("ip fil 10 rej * * tcp", "11: \"rej\" may be reject, reject-log, reject-nolog"),
        ("ip", "4: the line is incomplete"),
        ("ip lan1 address", "17: the line is incomplete"),
        (
            "ip lan1 adress 10.0.0.1/24",
            "9: \"adress\" is no word of a command here (did you mean \"address\"?)",
        ),
    ] {
        assert_eq!(full(Dialect::Rtx, RTX, typed), answer, "{typed}");
    }
    for (typed, answer) in [
        ("s", "1: \"s\" may be show, shutdown, svintr-config"),
        (
            "ip route default 10.0.0.1 distance 256",
            "36: \"256\" does not fit, expected: Preference among sources of routes, lower first (1-255)",
        ),
    ] {
        assert_eq!(full(Dialect::Ix, IX, typed), answer, "{typed}");
    }
}
