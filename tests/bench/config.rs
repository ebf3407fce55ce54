//! Configurations of any length: half routes, half filters.

use std::fmt::Write;

use tsuji::types::Dialect;

/// How many filters are applied to an interface together.
const LIST: usize = 100;

/// A configuration of about so many lines.
pub fn text(dialect: Dialect, lines: usize) -> String {
    match dialect {
        Dialect::Ix => ix(lines),
        Dialect::Rtx => rtx(lines),
    }
}

/// So many routes in the words of an IX, and what they need.
pub fn routes(count: usize) -> String {
    let mut text = IX_PORTS.to_owned();
    for number in 0..count {
        let _ = writeln!(text, "ip route {}/32 198.51.100.1", host(number));
    }
    text
}

const IX_PORTS: &str = "\
device GigaEthernet0
  linux-interface wan
interface GigaEthernet0.0
  ip address 198.51.100.10/24
  no shutdown
";

fn ix(lines: usize) -> String {
    let mut text = routes(lines / 2);
    for number in 0..lines / 2 {
        let port = 1 + number % 60_000;
        let _ = writeln!(
            text,
            "ip access-list list{} deny tcp src {}/32 sport any dest any dport eq {port}",
            number / LIST,
            host(number)
        );
    }
    text += "interface GigaEthernet0.0\n";
    for list in 0..lines / 2 / LIST {
        let _ = writeln!(text, "  ip filter list{list} {} in", list + 1);
    }
    text
}

fn rtx(lines: usize) -> String {
    let mut text = "lan linux-interface lan1 wan\nip lan1 address 198.51.100.10/24\n".to_owned();
    for number in 0..lines / 2 {
        let _ = writeln!(text, "ip route {}/32 gateway 198.51.100.1", host(number));
    }
    for number in 1..=lines / 2 {
        let port = 1 + number % 60_000;
        let _ = writeln!(text, "ip filter {number} reject {}/32 * tcp * {port}", host(number));
    }
    text += "ip lan1 secure filter in";
    for number in 1..=LIST {
        let _ = write!(text, " {number}");
    }
    text + "\n"
}

/// One of 16 million hosts.
fn host(number: usize) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

/// Lines after whose words `?` is pressed.
pub fn typed_lines(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Ix => &[
            "",
            "no",
            "no ip route default",
            "show ip route",
            "ip route 192.0.2.0/24 198.51.100.1 metric 5",
            "ip access-list web permit tcp src any sport any dest 192.0.2.1/32 dport eq",
            "ip filter web 10",
            "interface",
        ],
        Dialect::Rtx => &[
            "",
            "no",
            "no ip lan1 address",
            "show config",
            "ip route 192.0.2.0/24 gateway 198.51.100.1 metric",
            "ip filter 100 pass 192.0.2.0/24 * tcp *",
            "ip lan1 secure filter in 100 101 102",
            "nat descriptor type 1",
        ],
    }
}
