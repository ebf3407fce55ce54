//! `ip filter`, `ip lanN secure filter`, and the same for IPv6.

use std::ops::RangeInclusive;

use super::{Numbers, Page};
use crate::model::filter::{
    Action, AddressRange, Application, Filter, Filters, Followed, Packets, Rule, TcpFlags,
};
use crate::types::{InterfaceName, LineId, Sourced};

/// The highest number of a filter. Nothing defines it, and what is not defined admits nothing.
const UNDEFINED: usize = 21_474_836;

/// The numbers of filters of one IP version, and of those that follow sessions.
#[derive(Debug, Default)]
pub(super) struct FilterNumbers {
    fixed: Numbers,
    dynamic: Numbers,
}

/// The filters of an interface; `family` is `ip` or `ipv6`, each with numbers of its own.
pub(super) fn raise(
    page: &mut Page<'_>,
    family: &str,
    numbers: &mut FilterNumbers,
    name: InterfaceName,
    filters: &Filters,
) {
    let Filters { inbound, outbound } = filters;
    for (direction, filter) in [("in", inbound), ("out", outbound)] {
        let Some(filter) = filter else { continue };
        let (mut used, dynamic) = define_all(page, family, numbers, filter);
        if used.is_empty() && dynamic.is_empty() {
            used.push(UNDEFINED);
        }
        let dynamic =
            if dynamic.is_empty() { String::new() } else { format!(" dynamic{}", list_of(&dynamic)) };
        let origin = filter.rules.first().map_or(LineId::BUILT_IN, |rule| rule.origin);
        let (lan, used) = (page.interface(name), list_of(&used));
        page.line(origin, format_args!("{family} {lan} secure filter {direction}{used}{dynamic}"));
    }
}

fn list_of(numbers: &[usize]) -> String {
    numbers.iter().map(|number| format!(" {number}")).collect()
}

/// Writes what a direction uses: its filters, and those that follow sessions.
fn define_all(
    page: &mut Page<'_>,
    family: &str,
    numbers: &mut FilterNumbers,
    filter: &Filter,
) -> (Vec<usize>, Vec<usize>) {
    let (mut used, mut dynamic) = (Vec::new(), Vec::new());
    let can_follow = follows_what_passes(&filter.rules);
    for rule in &filter.rules {
        match rule.action {
            Action::Follow { application } if can_follow => {
                let Rule { log, packets, .. } = rule.value.clone();
                let followed = Sourced::new(Followed { first: packets, log, application }, rule.origin);
                dynamic.extend(follow(page, family, numbers, &followed));
            }
            Action::Follow { .. } => {
                let reason =
                    "an RTX follows only what other filters let through, and they let other things through";
                page.lose(rule.origin, reason);
            }
            Action::Pass | Action::PassConnected { .. } | Action::Drop => {
                used.extend(define(page, family, numbers, rule));
            }
        }
    }
    for followed in &filter.followed {
        dynamic.extend(follow(page, family, numbers, followed));
    }
    (used, dynamic)
}

/// Whether rules that follow sessions mean the same when the others are asked before them: these
/// drop packets, and at last let all the rest through.
fn follows_what_passes(rules: &[Sourced<Rule>]) -> bool {
    let is_followed = |rule: &Sourced<Rule>| matches!(rule.action, Action::Follow { .. });
    let drops = rules.iter().take_while(|rule| rule.action == Action::Drop).count();
    let followed = rules[drops..].iter().take_while(|rule| is_followed(rule)).count();
    match &rules[drops + followed..] {
        [] => drops == 0,
        [last] => last.is_last() && last.action == Action::Pass && !last.log,
        _ => false,
    }
}

/// Writes the filter of a rule unless an equal one is there; gives its number.
pub(super) fn define(
    page: &mut Page<'_>,
    family: &str,
    numbers: &mut FilterNumbers,
    rule: &Sourced<Rule>,
) -> Option<usize> {
    let action = action(rule);
    let Rule { packets, .. } = &rule.value;
    let [source, destination] = [&packets.source, &packets.destination].map(|ranges| list(ranges, address));
    match kind(packets, family) {
        Ok(kind) => {
            let text = format!("{action} {source} {destination} {kind}");
            numbers
                .fixed
                .of(&text, |number| page.line(rule.origin, format_args!("{family} filter {number} {text}")))
        }
        Err(reason) => {
            page.lose(rule.origin, reason);
            None
        }
    }
}

fn action(rule: &Rule) -> &'static str {
    match (rule.action, rule.log) {
        (Action::Pass | Action::Follow { .. }, false) => "pass",
        (Action::Pass | Action::Follow { .. }, true) => "pass-log",
        (Action::PassConnected { log_drop: false }, _) => "restrict-nolog",
        (Action::PassConnected { log_drop: true }, false) => "restrict",
        (Action::PassConnected { log_drop: true }, true) => "restrict-log",
        // An RTX logs what it rejects, as an IX does.
        (Action::Drop, true) => "reject",
        (Action::Drop, false) => "reject-nolog",
    }
}

/// Protocols and ports. On refusal: what an RTX has no words for.
fn kind(packets: &Packets, family: &str) -> Result<String, &'static str> {
    let Packets { protocols, source_ports, destination_ports, flags, code_points, fragments, .. } = packets;
    if !code_points.is_empty() || fragments.is_some() {
        return Err("a filter of an RTX knows nothing of code points and fragments");
    }
    let protocols = match flags.as_slice() {
        [] => list(protocols, |number| protocol(*number, family)),
        flags => flags_word(flags).ok_or("a filter of an RTX asks for one value of the flags of TCP")?,
    };
    let [source_ports, destination_ports] =
        [source_ports, destination_ports].map(|ranges| list(ranges, port_range));
    Ok(format!("{protocols} {source_ports} {destination_ports}"))
}

/// Several flags that must all be set are one value.
fn flags_word(flags: &[TcpFlags]) -> Option<String> {
    let TcpFlags { mask, value, differ } = match flags {
        [one] => *one,
        many if many.iter().any(|flags| flags.differ) => return None,
        many => {
            let all = |part: fn(&TcpFlags) -> u16| many.iter().fold(0, |all, flags| all | part(flags));
            TcpFlags { mask: all(|flags| flags.mask), value: all(|flags| flags.value), differ: false }
        }
    };
    Some(match (mask, value, differ) {
        (0x01, 0x01, false) => "tcpfin".to_owned(),
        (0x02, 0x02, false) => "tcpsyn".to_owned(),
        (0x04, 0x04, false) => "tcprst".to_owned(),
        (0x10, 0x10, false) => "established".to_owned(),
        (_, _, false) => format!("tcpflag={value:#06x}/{mask:#06x}"),
        (_, _, true) => format!("tcpflag!={value:#06x}/{mask:#06x}"),
    })
}

/// Writes a filter that follows sessions, and what it speaks of.
fn follow(
    page: &mut Page<'_>,
    family: &str,
    numbers: &mut FilterNumbers,
    followed: &Sourced<Followed>,
) -> Option<usize> {
    let Followed { first, log, application } = &followed.value;
    let [source, destination] = [&first.source, &first.destination].map(|ranges| list(ranges, address));
    let what = match (name_of(first, *application), application) {
        (Some(name), _) => name.to_owned(),
        (None, Some(_)) => {
            page.lose(followed.origin, "an RTX knows this application at its own port only");
            return None;
        }
        (None, None) => {
            let packets = Packets { source: vec![], destination: vec![], ..first.clone() };
            let rule = Rule { action: Action::Pass, log: false, packets };
            format!("filter {}", define(page, family, numbers, &Sourced::new(rule, followed.origin))?)
        }
    };
    let quiet = if *log { "" } else { " syslog=off" };
    let text = format!("{source} {destination} {what}{quiet}");
    numbers.dynamic.of(&text, |number| {
        page.line(followed.origin, format_args!("{family} filter dynamic {number} {text}"))
    })
}

/// What an RTX calls the application whose sessions begin so.
fn name_of(first: &Packets, application: Option<Application>) -> Option<&'static str> {
    let Packets { protocols, source_ports, destination_ports, flags, .. } = first;
    if !flags.is_empty() {
        return None;
    }
    let ranges = (protocols.as_slice(), source_ports.as_slice(), destination_ports.as_slice());
    let port = |number: u16| number..=number;
    Some(match (application, ranges) {
        (None, ([6], [], [])) => "tcp",
        (None, ([17], [], [])) => "udp",
        (None, ([1], [kind], [])) if *kind == port(8) => "ping",
        (None, ([58], [kind], [])) if *kind == port(128) => "ping6",
        (Some(Application::Ftp), ([6], [], [to])) if *to == port(21) => "ftp",
        (Some(Application::Tftp), ([17], [], [to])) if *to == port(69) => "tftp",
        (Some(Application::Sip), ([6, 17], [], [to])) if *to == port(5060) => "sip",
        (Some(Application::Pptp), ([6], [], [to])) if *to == port(1723) => "pptp",
        (Some(Application::H323), ([6], [], [to])) if *to == port(1720) => "netmeeting",
        _ => return None,
    })
}

/// Items with commas between; `*` for none.
fn list<T>(items: &[T], word: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return "*".to_owned();
    }
    items.iter().map(word).collect::<Vec<_>>().join(",")
}

fn address(range: &AddressRange) -> String {
    match range {
        AddressRange::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            network.addr().to_string()
        }
        AddressRange::Network(network) => network.to_string(),
        AddressRange::Range(first, last) => format!("{first}-{last}"),
    }
}

fn protocol(number: u8, family: &str) -> String {
    match number {
        1 if family == "ipv6" => "icmp4",
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        41 => "ipv6",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "icmp6",
        number => return number.to_string(),
    }
    .to_owned()
}

fn port_range(range: &RangeInclusive<u16>) -> String {
    match (range.start(), range.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}
