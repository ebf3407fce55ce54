//! Hosts on the links: `show arp`, `show ipv6 neighbors`, in the layouts of both vendors.
//!
//! Linux forgets a host when it needs the room, and not at a set time. So the columns for a time
//! to live hold a stroke.

use std::fmt::Write;

use serde_json::{Value, json};

use super::age;
use crate::status::{NeighbourStatus, Reachability};
use crate::types::{Dialect, Language};

/// How many hosts the appliance has room for; its screens count down from it.
const ROOM: usize = 2_048;

/// `show arp` of an IX.
pub fn ix_arp(neighbours: &[NeighbourStatus]) -> String {
    let Count { dynamic, fixed, garbage } = count(neighbours);
    let mut text = format!(
        "ARP Neighbor Cache - {dynamic} dynamic, {} free, {garbage} garbage, {fixed} static\n",
        ROOM.saturating_sub(neighbours.len())
    );
    text += "ARP neighbor cache auto refresh is disabled\n\
             Protocol Address  Hardware Address   TTL       Uptime       Interface\n";
    for NeighbourStatus { interface, sight } in neighbours {
        let mac = sight.mac.map_or_else(|| "incomplete".to_owned(), |mac| mac.to_string());
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "{:<16} {mac:<18} {:<9} {:<12} {interface}",
            sight.address.to_string(),
            "-",
            age(sight.age)
        );
    }
    text
}

/// `show ipv6 neighbors` of an IX.
pub fn ix_ipv6(neighbours: &[NeighbourStatus]) -> String {
    let Count { dynamic, fixed, .. } = count(neighbours);
    let free = ROOM.saturating_sub(neighbours.len());
    let mut text = format!("Neighbor cache - {dynamic} dynamic, {free} free, {fixed} static\n");
    for of_interface in neighbours.chunk_by(|one, other| one.interface == other.interface) {
        let Some(first) = of_interface.first() else { continue };
        let _ = writeln!(text, "Interface {}", first.interface);
        for NeighbourStatus { sight, .. } in of_interface {
            let state = match sight.state {
                Reachability::Fixed => "STATIC",
                Reachability::Reachable => "REACHABLE",
                Reachability::Stale => "STALE",
                Reachability::Unknown => "INCOMPLETE",
            };
            let mac = sight.mac.map_or_else(|| "unknown".to_owned(), |mac| mac.to_string());
            let since = age(sight.age);
            let _ =
                writeln!(text, "  Neighbor {}\n    {state}, linklayer {mac}, uptime {since}", sight.address);
        }
    }
    text
}

/// `show arp` of an RTX.
pub fn rtx_arp(neighbours: &[NeighbourStatus], language: Language) -> String {
    let (count, header) = match language {
        Language::Japanese => ("エントリ数", "インタフェース IPアドレス        MACアドレス       TTL(秒)\n"),
        Language::English => {
            ("Number of entries", "Interface      IP Address        MAC Address       TTL(sec)\n")
        }
    };
    let mut text = format!("{count}: {}\n{header}", neighbours.len());
    for NeighbourStatus { interface, sight } in neighbours {
        let name = interface.in_dialect(Dialect::Rtx).to_ascii_uppercase();
        let mac = sight.mac.map_or_else(|| "incomplete".to_owned(), |mac| mac.to_string());
        let kept = if sight.state == Reachability::Fixed { "permanent" } else { "-" };
        let _ = writeln!(text, "{name:<14} {:<17} {mac:<17} {kept}", sight.address.to_string());
    }
    text
}

/// `[{"interface", "address", "mac", "state", "age"}]`.
pub fn json(neighbours: &[NeighbourStatus], dialect: Dialect) -> Value {
    let one = |neighbour: &NeighbourStatus| {
        json!({
            "interface": neighbour.interface.in_dialect(dialect),
            "address": neighbour.sight.address,
            "mac": neighbour.sight.mac.map(|mac| mac.to_string()),
            "state": match neighbour.sight.state {
                Reachability::Fixed => "static",
                Reachability::Reachable => "reachable",
                Reachability::Stale => "stale",
                Reachability::Unknown => "incomplete",
            },
            "age": neighbour.sight.age.as_secs(),
        })
    };
    neighbours.iter().map(one).collect()
}

struct Count {
    dynamic: usize,
    fixed: usize,
    garbage: usize,
}

fn count(neighbours: &[NeighbourStatus]) -> Count {
    let of = |wanted: &[Reachability]| {
        neighbours.iter().filter(|neighbour| wanted.contains(&neighbour.sight.state)).count()
    };
    Count {
        dynamic: of(&[Reachability::Reachable, Reachability::Stale]),
        fixed: of(&[Reachability::Fixed]),
        garbage: of(&[Reachability::Unknown]),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::status::Sight;

    fn neighbour(address: &str, mac: Option<&str>, state: Reachability, seconds: u64) -> NeighbourStatus {
        let sight = Sight {
            link: "eth0".parse().unwrap(),
            address: address.parse().unwrap(),
            mac: mac.map(|mac| mac.parse().unwrap()),
            state,
            age: Duration::from_secs(seconds),
        };
        NeighbourStatus { interface: "lan2".parse().unwrap(), sight }
    }

    #[test]
    fn hosts_stand_in_the_columns_of_published_transcripts() {
        let hosts = [
            neighbour("192.0.2.9", Some("02:00:00:00:00:07"), Reachability::Fixed, 5),
            neighbour("192.0.2.34", Some("02:00:00:00:00:19"), Reachability::Stale, 8_442_258),
            neighbour("192.0.2.35", None, Reachability::Unknown, 1),
        ];
        assert_eq!(
            ix_arp(&hosts),
            "\
ARP Neighbor Cache - 1 dynamic, 2045 free, 1 garbage, 1 static
ARP neighbor cache auto refresh is disabled
Protocol Address  Hardware Address   TTL       Uptime       Interface
192.0.2.9        02:00:00:00:00:07  -         0:00:05      GigaEthernet0.0
192.0.2.34       02:00:00:00:00:19  -         97d17h4m18s  GigaEthernet0.0
192.0.2.35       incomplete         -         0:00:01      GigaEthernet0.0
"
        );
        assert_eq!(
            rtx_arp(&hosts[..1], Language::English),
            "\
Number of entries: 1
Interface      IP Address        MAC Address       TTL(sec)
LAN2           192.0.2.9         02:00:00:00:00:07 permanent
"
        );
    }
}
