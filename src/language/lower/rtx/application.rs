//! The applications that `ip filter dynamic` knows by name.

use std::ops::RangeInclusive;

use crate::language::lower::filter::First;
use crate::model::filter::{Application, Packets};

const TCP: &[u8] = &[6];
const UDP: &[u8] = &[17];
const BOTH: &[u8] = &[6, 17];

/// Names, protocols and ports.
const PORTS: &[(&str, &[u8], RangeInclusive<u16>)] = &[
    ("ftp", TCP, 21..=21),
    ("domain", BOTH, 53..=53),
    ("dns", BOTH, 53..=53),
    ("www", TCP, 80..=80),
    ("http", TCP, 80..=80),
    ("https", TCP, 443..=443),
    ("smtp", TCP, 25..=25),
    ("submission", TCP, 587..=587),
    ("tftp", UDP, 69..=69),
    ("pop3", TCP, 110..=110),
    ("telnet", TCP, 23..=23),
    ("netmeeting", TCP, 1720..=1720),
    ("echo", BOTH, 7..=7),
    ("discard", BOTH, 9..=9),
    ("daytime", BOTH, 13..=13),
    ("chargen", BOTH, 19..=19),
    ("ssh", TCP, 22..=22),
    ("time", BOTH, 37..=37),
    ("whois", TCP, 43..=43),
    ("gopher", TCP, 70..=70),
    ("finger", TCP, 79..=79),
    ("sunrpc", BOTH, 111..=111),
    ("ident", TCP, 113..=113),
    ("nntp", TCP, 119..=119),
    ("ntp", UDP, 123..=123),
    ("ms-rpc", BOTH, 135..=135),
    ("netbios_ns", BOTH, 137..=137),
    ("netbios_dgm", BOTH, 138..=138),
    ("netbios_ssn", BOTH, 139..=139),
    ("imap", TCP, 143..=143),
    ("imap3", TCP, 220..=220),
    ("snmp", UDP, 161..=161),
    ("snmptrap", UDP, 162..=162),
    ("bgp", TCP, 179..=179),
    ("ldap", TCP, 389..=389),
    ("ms-ds", BOTH, 445..=445),
    ("ike", UDP, 500..=500),
    ("rlogin", TCP, 513..=513),
    ("rwho", UDP, 513..=513),
    ("rsh", TCP, 514..=514),
    ("syslog", UDP, 514..=514),
    ("printer", TCP, 515..=515),
    ("rip", UDP, 520..=520),
    ("ripng", UDP, 521..=521),
    ("ms-sql", BOTH, 1433..=1434),
    ("radius", UDP, 1812..=1813),
    ("l2tp", UDP, 1701..=1701),
    ("pptp", TCP, 1723..=1723),
    ("nfs", BOTH, 2049..=2049),
    ("msblast", TCP, 4444..=4444),
    ("ipsec-nat-t", UDP, 4500..=4500),
    ("sip", BOTH, 5060..=5060),
];

/// What the sessions of an application begin with, between these addresses. Those of DHCP are
/// taken, and as on the appliance nothing follows them.
pub(super) fn known(name: &str, between: &Packets) -> (First, Option<Application>) {
    let application = match name {
        "ftp" => Some(Application::Ftp),
        "tftp" => Some(Application::Tftp),
        "sip" => Some(Application::Sip),
        "pptp" => Some(Application::Pptp),
        "netmeeting" => Some(Application::H323),
        _ => None,
    };
    let of = |protocols: &[u8], source_ports: &[RangeInclusive<u16>], destination_ports: &[_]| Packets {
        protocols: protocols.to_vec(),
        source_ports: source_ports.to_vec(),
        destination_ports: destination_ports.to_vec(),
        ..between.clone()
    };
    let packets = match name {
        "tcp" => vec![of(TCP, &[], &[])],
        "udp" => vec![of(UDP, &[], &[])],
        // Echo requests.
        "ping" => vec![of(&[1], &[8..=8], &[])],
        "ping6" => vec![of(&[58], &[128..=128], &[])],
        _ => {
            let known = PORTS.iter().filter(|(known, ..)| *known == name);
            known.map(|(_, protocols, ports)| of(protocols, &[], std::slice::from_ref(ports))).collect()
        }
    };
    (First::Packets(packets), application)
}
