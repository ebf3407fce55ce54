//! The names of command lines, modes and areas on the pages.

use crate::types::Dialect;

/// Whose command line it is.
pub(super) fn vendor(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Ix => "NEC UNIVERGE IX",
        Dialect::Rtx => "Yamaha RTX",
    }
}

/// What is said of a mode that no line opens.
pub(super) fn outer_mode(mode: &str) -> &'static str {
    match mode {
        "operation" => "These are understood from the start, and in all other modes.\n",
        _ => "These change the candidate configuration, or deal with it.\n",
    }
}

/// The heading for the commands of a mode.
pub(super) fn mode_title(dialect: Dialect, mode: &str) -> String {
    match (dialect, mode) {
        (_, "operation") => "Operation".to_owned(),
        (Dialect::Ix, "global") => "Configuration".to_owned(),
        (Dialect::Rtx, "global") => "Administration".to_owned(),
        (_, mode) => format!("{mode} mode"),
    }
}

/// The heading for the commands of a grammar file.
pub(super) fn area_title(path: &str) -> String {
    let area = path.rsplit('/').next().and_then(|file| file.strip_suffix(".pest")).unwrap_or(path);
    let title = match area {
        "addr" => "Addresses",
        "bridge" => "Bridges",
        "candidate" => "Candidate and commit",
        "dhcp6" => "DHCPv6",
        "ddns" => "Dynamic DNS",
        "filter" => "Filters",
        "filter6" => "IPv6 filters",
        "icmp6" => "ICMPv6",
        "ip" => "IP",
        "ipv6" => "IPv6",
        "link" => "Ports and links",
        "mode" => "Modes and sessions",
        "monitor" => "Watch groups",
        "policy" => "Policies",
        "pppoe" => "PPPoE",
        "ripng" => "RIPng",
        "route" => "Routes",
        "service" => "Services and users",
        "session" => "Tools",
        "show" => "Show",
        "show-ip" => "Show IP",
        "show-service" => "Show services",
        "show-system" => "Show the system",
        "system" => "System",
        "ike" => "IKE",
        "ipsec" => "IPsec",
        "tunnel" => "Tunnels",
        "value" => "Values",
        "dhcp" | "dns" | "l2tp" | "nat" | "ppp" | "pptp" | "snmp" | "vrrp" | "qos" | "bgp" | "ospf"
        | "rip" => {
            return area.to_uppercase();
        }
        other => return capital(other),
    };
    title.to_owned()
}

fn capital(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + signs.as_str())
}
