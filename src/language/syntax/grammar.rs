//! The grammar files: the parser that pest derives from them, and their text.

/// Names every grammar file once, for the derived parser and for the loader alike.
macro_rules! grammar_files {
    ($($file:tt)*) => {
        /// Both command lines. Only the judge calls it: on one rule, for one word or one line.
        #[derive(pest_derive::Parser)]
        $(#[grammar = $file])*
        pub struct Grammar;

        /// Path and text of every grammar file, in the order in which lines are printed.
        pub(super) const FILES: &[(&str, &str)] =
            &[$(($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $file)))),*];
    };
}

grammar_files! {
    "grammar/common.pest"
    "grammar/candidate.pest"
    "grammar/ix/mode.pest"
    "grammar/ix/system.pest"
    "grammar/ix/link.pest"
    "grammar/ix/addr.pest"
    "grammar/ix/route.pest"
    "grammar/ix/filter.pest"
    "grammar/ix/nat.pest"
    "grammar/ix/show.pest"
    "grammar/rtx/mode.pest"
    "grammar/rtx/value.pest"
    "grammar/rtx/user.pest"
    "grammar/rtx/system.pest"
    "grammar/rtx/link.pest"
    "grammar/rtx/bridge.pest"
    "grammar/rtx/addr.pest"
    "grammar/rtx/ip.pest"
    "grammar/rtx/vrrp.pest"
    "grammar/rtx/ipv6.pest"
    "grammar/rtx/icmp6.pest"
    "grammar/rtx/route.pest"
    "grammar/rtx/filter.pest"
    "grammar/rtx/filter6.pest"
    "grammar/rtx/policy.pest"
    "grammar/rtx/ethernet.pest"
    "grammar/rtx/nat.pest"
    "grammar/rtx/ppp.pest"
    "grammar/rtx/pppoe.pest"
    "grammar/rtx/tunnel.pest"
    "grammar/rtx/ipsec.pest"
    "grammar/rtx/ike.pest"
    "grammar/rtx/client.pest"
    "grammar/rtx/l2tp.pest"
    "grammar/rtx/pptp.pest"
    "grammar/rtx/dynamic.pest"
    "grammar/rtx/multicast.pest"
    "grammar/rtx/ospf.pest"
    "grammar/rtx/bgp.pest"
    "grammar/rtx/qos.pest"
    "grammar/rtx/log.pest"
    "grammar/rtx/dhcp.pest"
    "grammar/rtx/dns.pest"
    "grammar/rtx/ddns.pest"
    "grammar/rtx/service.pest"
    "grammar/rtx/snmp.pest"
    "grammar/rtx/hardware.pest"
    "grammar/rtx/cloud.pest"
    "grammar/rtx/show.pest"
    "grammar/rtx/status.pest"
    "grammar/rtx/clear.pest"
    "grammar/rtx/action.pest"
}
