//! Screens of the RTX, in Japanese or English.

use super::PROGRAM;
use crate::run::log::LogSnapshot;
use crate::status::{AddressSource, InterfaceStatus, LinkState, LinkTraffic, RouteKind, RouteTable};
use crate::types::{Civil, Dialect, InterfaceName, Language, Timestamp, Zone};

/// What stands above `show config`: comments, so that the whole can be pasted.
pub fn configuration_header(now: Timestamp, zone: Zone) -> String {
    let at = now.civil(zone);
    let Civil { year, day, hour, minute, second, .. } = at;
    let month = at.month_name();
    format!("# {PROGRAM}\n# Reporting Date: {month} {day} {hour:02}:{minute:02}:{second:02} {year}\n")
}

/// `show ip route`.
pub fn ip_route(table: &RouteTable, language: Language) -> String {
    let mut text = match language {
        Language::Japanese => "宛先ネットワーク    ゲートウェイ     インタフェース  種別  付加情報\n",
        Language::English => "Destination         Gateway          Interface       Kind  Additional Info.\n",
    }
    .to_owned();
    for route in &table.routes {
        let prefix = match route.prefix.prefix_len() {
            0 => "default".to_owned(),
            _ => route.prefix.to_string(),
        };
        let gateway = route.gateway.map_or_else(|| "-".to_owned(), |address| address.to_string());
        let interface = match (route.interface, route.kind) {
            (None, _) => "NULL".to_owned(),
            (Some(name), RouteKind::Dhcp) => format!("{}(DHCP)", upper(name)),
            (Some(name), RouteKind::Connected | RouteKind::Static) => upper(name),
        };
        let kind = match route.kind {
            RouteKind::Connected => "implicit",
            RouteKind::Static | RouteKind::Dhcp => "static",
        };
        let share = route.weight.map(|weight| format!("  w({weight})")).unwrap_or_default();
        text += &format!("{prefix:20}{gateway:17}{interface:>10}{kind:>10}{share}\n");
    }
    text
}

/// `show status lanN`.
pub fn status(interface: &InterfaceStatus, language: Language) -> String {
    let japanese = language == Language::Japanese;
    let word = |ja: &'static str, en: &'static str| if japanese { ja } else { en };
    let mut text = format!("{}\n", upper(interface.name));
    if let Some(description) = &interface.description {
        text +=
            &format!("{}{description}\n", word("説明:                      ", "Description:               "));
    }
    let state = match interface.state {
        LinkState::Up => word("アップ", "Up"),
        LinkState::NoCarrier => word("リンクダウン", "Link down"),
        LinkState::Shut => word("停止", "Disabled"),
        LinkState::NotTied => word("Linux のインタフェースに未接続", "Not tied to a Linux interface"),
        LinkState::Missing => word("Linux のインタフェースがありません", "The Linux interface is not there"),
    };
    text += &format!("{}{state}\n", word("状態:                      ", "State:                     "));
    if let Some(link) = &interface.link {
        text += &format!("{}{link}\n", word("Linux インタフェース:      ", "Linux interface:           "));
    }
    for address in &interface.addresses {
        let label = word("IPアドレス:                ", "IP Address:                ");
        let source = match address.source {
            AddressSource::Configuration => String::new(),
            AddressSource::Dhcp { server } => format!(" (DHCP {server})"),
            AddressSource::Foreign => " (Linux)".to_owned(),
        };
        text += &format!("{label}{}{source}\n", address.network);
    }
    if let Some(mac) = interface.mac {
        text += &format!("{}{mac}\n", word("イーサネットアドレス:      ", "Ethernet Address:          "));
    }
    if interface.mtu > 0 {
        let label = word("最大パケット長(MTU):       ", "Maximum Transmission Unit: ");
        text += &format!("{label}{} {}\n", interface.mtu, word("オクテット", "octets"));
    }
    if let Some(LinkTraffic { packets_in, bytes_in, dropped_in, packets_out, bytes_out, .. }) =
        interface.traffic
    {
        let (packets, octets) = (word("パケット", "packets"), word("オクテット", "octets"));
        let sent = word("送信パケット:              ", "Transmitted:               ");
        let received = word("受信パケット:              ", "Received:                  ");
        let lost = word("受信オーバーフロー:        ", "Receive overflow:          ");
        text += &format!("{sent}{packets_out} {packets}({bytes_out} {octets})\n");
        text += &format!("{received}{packets_in} {packets}({bytes_in} {octets})\n");
        text += &format!("{lost}{dropped_in}\n");
    }
    text
}

/// `show log`, the newest first if `reverse`.
pub fn log(log: &LogSnapshot, zone: Zone, reverse: bool) -> String {
    let lines = log.records.iter().map(|record| record.line(Dialect::Rtx, zone) + "\n");
    if reverse { lines.rev().collect() } else { lines.collect() }
}

/// Interfaces stand in capitals on screens: `LAN1`.
fn upper(name: InterfaceName) -> String {
    name.in_dialect(Dialect::Rtx).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::status::RouteStatus;

    #[test]
    fn routes_stand_in_columns() {
        let route = |prefix: &str, kind, gateway: Option<&str>, interface: Option<&str>| RouteStatus {
            prefix: prefix.parse().unwrap(),
            kind,
            distance: 1,
            metric: 1,
            gateway: gateway.map(|text| text.parse().unwrap()),
            interface: interface.map(|text| text.parse().unwrap()),
            weight: None,
            age: Duration::ZERO,
        };
        let table = RouteTable {
            routes: vec![
                route("0.0.0.0/0", RouteKind::Dhcp, Some("192.0.2.1"), Some("lan2")),
                route("10.0.0.0/8", RouteKind::Static, Some("192.168.1.254"), Some("lan2")),
                route("192.168.100.0/24", RouteKind::Connected, Some("192.168.100.1"), Some("lan1")),
                route("203.0.113.0/24", RouteKind::Static, None, None),
                RouteStatus {
                    weight: Some(2),
                    ..route("203.0.113.128/25", RouteKind::Static, Some("192.0.2.1"), Some("lan2"))
                },
            ],
            hidden: 0,
        };
        assert_eq!(
            ip_route(&table, Language::English),
            "\
Destination         Gateway          Interface       Kind  Additional Info.
default             192.0.2.1        LAN2(DHCP)    static
10.0.0.0/8          192.168.1.254          LAN2    static
192.168.100.0/24    192.168.100.1          LAN1  implicit
203.0.113.0/24      -                      NULL    static
203.0.113.128/25    192.0.2.1              LAN2    static  w(2)
"
        );
    }
}
