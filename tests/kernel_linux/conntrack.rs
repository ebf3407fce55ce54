//! The kernel's table of flows: read, and forgotten.

use tsuji::apply::firewall::{Hook, Match, Verdict};
use tsuji::apply::kernel::Kernel;
use tsuji::status::{Detail, Flow, TcpState};

use crate::firewall::rule;
use crate::namespace::in_namespace;
use crate::packets::network;
use crate::{Linux, firewall, name};

impl Linux {
    fn flows(&mut self) -> Vec<Flow> {
        let mut flows = Vec::new();
        self.runtime.block_on(self.kernel.flows(&mut |flow| flows.push(flow))).unwrap();
        flows.sort_by_key(|flow| flow.protocol);
        flows
    }
}

#[test]
fn translated_flows_are_read_with_both_tuples_and_forgotten() {
    in_namespace(|| {
        let mut network = network();
        let masquerade = rule(vec![Match::OutLink(name("wan0"))], Verdict::Masquerade(None));
        let table = firewall::table([("translate", Some(Hook::SourceNat), vec![masquerade])]);
        network.router.must(&firewall::set(&table));
        assert!(network.pings());
        assert!(network.connects(80).is_some());

        let flows = network.router.flows();
        let [ping, http] = flows.as_slice() else { panic!("{flows:?}") };
        assert_eq!(ping.protocol, 1);
        assert!(matches!(ping.original.detail, Detail::Icmp { kind: 8, code: 0, .. }), "{ping:?}");
        assert_eq!((http.protocol, http.original.destination_port()), (6, Some(80)));
        assert!(matches!(http.tcp, Some(TcpState::Closing | TcpState::Closed)), "{http:?}");
        for flow in &flows {
            assert_eq!(flow.original.source.to_string(), "192.168.0.1");
            assert_eq!(flow.original.destination.to_string(), "203.0.113.80");
            assert_eq!(flow.reply.source.to_string(), "203.0.113.80");
            assert_eq!(flow.reply.destination.to_string(), "203.0.113.1");
            assert!(flow.is_source_translated() && !flow.is_destination_translated());
            assert!(flow.status.is_answered() && !flow.timeout.is_zero());
        }

        let Linux { kernel, runtime } = &mut network.router;
        let (ping, http) = (ping.clone(), http.clone());
        runtime.block_on(kernel.forget(std::slice::from_ref(&ping))).unwrap();
        runtime.block_on(kernel.forget(&[ping])).unwrap();
        let left = network.router.flows();
        assert_eq!(left.iter().map(|flow| flow.original).collect::<Vec<_>>(), [http.original]);
    });
}

#[test]
fn ipv6_flows_are_there_too() {
    in_namespace(|| {
        let mut router = Linux::new();
        let classify = rule(vec![Match::Established], Verdict::Accept);
        router.must(&firewall::set(&firewall::table([("input", Some(Hook::Input), vec![classify])])));
        crate::namespace::sh("ping -6 -c 1 ::1");
        let flows = router.flows();
        let [ping] = flows.as_slice() else { panic!("{flows:?}") };
        assert_eq!((ping.protocol, ping.original.source.to_string()), (58, "::1".to_owned()));
        let Linux { kernel, runtime } = &mut router;
        runtime.block_on(kernel.forget(&flows)).unwrap();
        assert_eq!(router.flows(), []);
    });
}
