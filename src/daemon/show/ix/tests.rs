//! The layouts of published transcripts, with documentation addresses.

use std::time::Duration;

use super::*;
use crate::status::AddressStatus;
use crate::types::InterfaceName;

fn route(prefix: &str, kind: RouteKind, gateway: Option<&str>, interface: &str, age: u64) -> RouteStatus {
    RouteStatus {
        prefix: prefix.parse().unwrap(),
        kind,
        distance: u8::from(kind != RouteKind::Connected),
        metric: 1,
        gateway: gateway.map(|text| text.parse().unwrap()),
        interface: Some(interface.parse().unwrap()),
        weight: None,
        age: Duration::from_secs(age),
    }
}

#[test]
fn routes_stand_under_their_class() {
    use RouteKind::{Connected, Static};
    let table = RouteTable {
        routes: vec![
            route("0.0.0.0/0", Static, None, "GigaEthernet2.0", 15 * 3_600 + 21 * 60 + 33),
            route("10.2.11.0/24", Connected, Some("10.2.11.1"), "GigaEthernet1.0", 51_504),
            route("192.0.2.1/32", Static, Some("192.168.3.254"), "GigaEthernet0.0", 55_295),
            route("192.168.3.0/24", Connected, None, "GigaEthernet0.0", 55_295),
        ],
        hidden: 2,
    };
    assert_eq!(
        ip_route(&table),
        "\
IP Routing Table - 4 entries, 2 hidden, 2042 frees
Entries: 2 Connected, 2 Static, 0 RIP, 0 OSPF, 0 BGP
Codes: C - Connected, S - Static, R - RIP, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, B - BGP
       * - Candidate default, s - Summary
Timers: Age
S*   0.0.0.0/0 [1/1] is directly connected, GigaEthernet2.0, 15:21:33
     10.0.0.0/8 is subnetted, 1 subnets
C      10.2.11.0/24 [0/1] is directly connected, GigaEthernet1.0, 14:18:24
     192.0.2.0/24 is subnetted, 1 subnets
S      192.0.2.1/32 [1/1] via 192.168.3.254, GigaEthernet0.0, 15:21:35
C    192.168.3.0/24 [0/1] is directly connected, GigaEthernet0.0, 15:21:35
"
    );
}

#[test]
fn an_interface_says_why_it_is_down() {
    let mut interface = InterfaceStatus {
        description: None,
        traffic: None,
        name: InterfaceName::Port("lan1".parse().unwrap()),
        link: Some("eth1".parse().unwrap()),
        state: LinkState::NoCarrier,
        mac: None,
        mtu: 1500,
        addresses: vec![AddressStatus {
            network: "10.0.0.1/24".parse().unwrap(),
            source: AddressSource::Configuration,
        }],
    };
    assert_eq!(
        ip_interface(&interface),
        "\
Interface GigaEthernet1.0 is down, line protocol is down
  Internet address is 10.0.0.1/24
  Broadcast address is 255.255.255.255
  Address determined by config
  MTU is 1500 octets
"
    );
    interface.state = LinkState::Shut;
    interface.addresses.clear();
    assert_eq!(
        ip_interface(&interface),
        "\
Interface GigaEthernet1.0 is administratively down, line protocol is down
  Internet protocol processing disabled
"
    );
}
