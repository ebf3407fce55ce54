//! How long silent flows are kept.
//!
//! TCP and UDP flows get their times from objects of the firewall, by the interface that translates
//! them. Linux has one time for all flows of ICMP, of GRE, and of protocols that it does not
//! follow: there the longest that any interface asks for holds.

use std::collections::BTreeMap;

use super::Translated;
use crate::apply::firewall::{Change, Firewall, Match, Object, Rule, Verdict};
use crate::apply::resolve::Draft;
use crate::model::nat::Timeouts;
use crate::types::Sourced;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// nft's states of a TCP connection that begins, that one side has ended, and that both have.
const OPENING: [&str; 2] = ["syn_sent", "syn_recv"];
const CLOSING: [&str; 3] = ["fin_wait", "close_wait", "last_ack"];
const CLOSED: [&str; 2] = ["time_wait", "close"];
/// nft's states of UDP: before the first answer, and after.
const UDP_STATES: [&str; 2] = ["unreplied", "replied"];

/// Rules that set the times of new flows: those of single ports come last, and hold.
pub(super) fn rules(translated: &Translated<'_>, firewall: &mut Firewall) -> Vec<Rule> {
    let timeouts = &translated.of.timeouts;
    let mut wanted = Vec::new();
    let general = [(TCP, tcp(timeouts, timeouts.tcp)), (UDP, udp(timeouts.udp))];
    wanted.extend(general.map(|(protocol, seconds)| (protocol, None, seconds)));
    for timeout in &timeouts.ports {
        let seconds = match timeout.protocol {
            TCP => tcp(timeouts, Some(timeout.seconds)),
            _ => udp(Some(timeout.seconds)),
        };
        wanted.push((timeout.protocol, Some(timeout.ports.clone()), seconds));
    }
    let prefix = translated.name.kernel_name();
    let mut rules = Vec::new();
    for (protocol, ports, seconds) in wanted.into_iter().filter(|(_, _, seconds)| !seconds.is_empty()) {
        let object = Object::Timeout { protocol, seconds };
        let name = object.name(prefix.as_str());
        firewall.objects.insert(name.clone(), object);
        let mut matches = vec![Match::Protocol(vec![protocol])];
        matches.extend(ports.map(|ports| Match::DestinationPort(vec![ports])));
        let changes = vec![Change::Timeout(name)];
        rules.push(Rule { changes, ..Rule::new(matches, Verdict::Continue, translated.origin) });
    }
    rules
}

fn tcp(timeouts: &Timeouts, open: Option<u32>) -> BTreeMap<String, u32> {
    let closed = timeouts.tcp_closed.or(timeouts.tcp_closing);
    let states = |names: &'static [&'static str], seconds: Option<u32>| {
        seconds
            .into_iter()
            .flat_map(move |seconds| names.iter().map(move |name| ((*name).to_owned(), seconds)))
    };
    states(&["established"], open)
        .chain(states(&OPENING, timeouts.tcp_opening))
        .chain(states(&CLOSING, timeouts.tcp_closing))
        .chain(states(&CLOSED, closed))
        .collect()
}

fn udp(seconds: Option<u32>) -> BTreeMap<String, u32> {
    seconds.into_iter().flat_map(|seconds| UDP_STATES.map(|name| (name.to_owned(), seconds))).collect()
}

/// The times that all interfaces share.
pub(super) fn enter_common(timeouts: &Timeouts, draft: &mut Draft<'_>) {
    for (names, seconds) in [
        (&["nf_conntrack_icmp_timeout"][..], timeouts.icmp),
        (&["nf_conntrack_gre_timeout", "nf_conntrack_gre_timeout_stream"][..], timeouts.gre),
        (&["nf_conntrack_generic_timeout"][..], timeouts.other),
    ] {
        let Some(seconds) = seconds else { continue };
        for name in names {
            let name = format!("net.netfilter.{name}");
            let before = draft.state.sysctls.get(&name).and_then(|value| value.parse().ok());
            if before.is_none_or(|before: u32| before < seconds.value) {
                let value = Sourced::new(seconds.value.to_string(), seconds.origin);
                draft.state.sysctls.insert(name, value);
            }
        }
    }
}
