use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::model::nat::{Outside, Translation};
use crate::status::{Detail, Flow, FlowStatus, Traffic as Counted, Tuple};
use crate::types::{InterfaceName, LineId, Port, Sourced};

fn translated(count: usize) -> Translated {
    let ports = |source, destination| Detail::Ports { source, destination };
    let address = |text: &str| text.parse().unwrap();
    let flow = Flow {
        protocol: 6,
        original: Tuple {
            source: address("192.168.0.10"),
            destination: address("203.0.113.80"),
            detail: ports(50_000, 443),
        },
        reply: Tuple {
            source: address("203.0.113.80"),
            destination: address("198.51.100.10"),
            detail: ports(443, 60_001),
        },
        status: FlowStatus::default(),
        tcp: None,
        mark: 0,
        timeout: Duration::from_secs(898),
        sent: Counted::default(),
        received: Counted::default(),
        zone: 0,
    };
    let seen = TranslatedFlow {
        inside: ("192.168.0.10".parse().unwrap(), Some(50_000)),
        outside: ("198.51.100.10".parse().unwrap(), Some(60_001)),
        peer: (address("203.0.113.80"), Some(443)),
        is_inbound: false,
        flow,
    };
    let forward = Forward {
        outside: None,
        traffic: Traffic::Ports { protocol: 17, first: 500, last: 500, inside: 500 },
        target: Target::Host("192.168.0.20".parse().unwrap()),
    };
    let mut translation = Translation::masquerade(Outside::Interface);
    translation.forwards.push(Sourced::new(forward, LineId(1)));
    translation.ports.push(60_000..=64_095);
    Translated {
        interface: InterfaceName::Port(Port::giga_ethernet(0).unwrap()),
        index: 0,
        translation,
        outside: vec![("198.51.100.10".parse().unwrap(), "198.51.100.10".parse().unwrap())],
        flows: vec![seen],
        count,
        hosts: BTreeMap::from([("192.168.0.10".parse().unwrap(), count)]),
    }
}

#[test]
fn an_ix_shows_each_translation_by_its_interface() {
    assert_eq!(
        ix(&translated(1)),
        "Interface: GigaEthernet0.0\n\
         NAPT Cache - 1 entry, 65534 free\n\
         Prot Inside Address:Port    Outside Address:Port   Dest Address:Port      Time\n\
         tcp  192.168.0.10:50000     198.51.100.10:60001    203.0.113.80:443        898\n"
    );
    assert!(ix(&translated(MOST_FLOWS + 7)).ends_with("\n(7 more)\n"));
}

#[test]
fn an_rtx_shows_each_session_only_in_detail() {
    let translated = translated(1);
    let descriptors = [Descriptor { number: 1000, translated: &translated }];
    let short = rtx_address(&descriptors, false, Language::English);
    for line in [
        "Reference Descriptor : 1000, Assigned Interface : LAN2(1)",
        "    Outer address: 198.51.100.10",
        "    Port range: 60000-64095   1 session.",
        "   UDP      192.168.0.20.500              *.*.*.*.*            500  static",
        "       1       192.168.0.10               1           65534      dynamic",
    ] {
        assert!(short.lines().any(|shown| shown == line), "{line}\n{short}");
    }
    assert!(!short.contains("192.168.0.10.50000"), "{short}");
    let long = rtx_address(&descriptors, true, Language::Japanese);
    assert!(long.contains("参照NATディスクリプタ : 1000, 適用インタフェース : LAN2(1)"), "{long}");
    assert!(long.contains("192.168.0.10.50000"), "{long}");
}

#[test]
fn the_json_has_each_session() {
    let translated = translated(1);
    let json = json(&[Descriptor { number: 7, translated: &translated }], Dialect::Rtx);
    assert_eq!(json[0]["interface"], "lan2");
    assert_eq!(json[0]["sessions"][0]["outside_port"], 60_001);
}
