//! `watch-group`, `network-monitor`.

use std::collections::{BTreeMap, BTreeSet};

use super::Page;
use crate::model::monitor::{Action, Condition, Monitor, Probe, Source, Target, Timing};
use crate::model::route::NextHop;
use crate::types::{LineId, Sourced};

pub(super) fn raise(page: &mut Page<'_>, monitors: &BTreeMap<u32, Sourced<Monitor>>) {
    let mut enabled = BTreeSet::new();
    for (number, monitor) in monitors {
        let Some((name, sequence)) = &monitor.group else {
            page.lose(
                monitor.origin,
                format!("a route of an IX does not depend on a host, wanted is {number}"),
            );
            continue;
        };
        page.enter(monitor.origin, format_args!("watch-group {name} {sequence}"));
        raise_group(page, monitor);
        page.leave();
        if enabled.insert(name) {
            page.line(monitor.origin, format_args!("network-monitor {name} enable"));
            if !monitor.delay.is_zero() {
                let seconds = monitor.delay.as_secs();
                page.line(monitor.origin, format_args!("network-monitor {name} startup-delay {seconds}"));
            }
        }
    }
}

fn raise_group(page: &mut Page<'_>, monitor: &Sourced<Monitor>) {
    let Monitor { group: _, conditions, fails: _, actions, timing, delay: _, length, log: _ } =
        &monitor.value;
    for (number, condition) in (1..).map(|number| 10 * number).zip(conditions) {
        if let Some(words) = event(page, condition, *length) {
            page.line(condition.origin, format_args!("event {number} {words}"));
        }
    }
    for (number, action) in (1..).map(|number| 10 * number).zip(actions) {
        let words = route(page, action);
        page.line(action.origin, format_args!("action {number} {words}"));
    }
    raise_timing(page, monitor.origin, timing);
}

fn event(page: &mut Page<'_>, condition: &Sourced<Condition>, length: u16) -> Option<String> {
    let (kind, Probe { target, interface, by_gateway: _, source }) = match &condition.value {
        Condition::Silent(probe) => ("unreach-host", probe),
        Condition::Answers(probe) => ("reach-host", probe),
        Condition::Down(interface) => return Some(format!("interface-down {}", page.interface(*interface))),
        Condition::Up(interface) => return Some(format!("interface-up {}", page.interface(*interface))),
    };
    let (Target::Host(host), Some(interface)) = (target, interface) else {
        page.lose(condition.origin, "an IX asks a host with an address by an interface");
        return None;
    };
    let family = if host.is_ipv4() { "ip" } else { "ipv6" };
    let source = match source {
        None => String::new(),
        Some(Source::Address(source)) => format!(" source {source}"),
        Some(Source::Interface(source)) => format!(" source {}", page.interface(*source)),
    };
    let size = if length == 56 { String::new() } else { format!(" size {length}") };
    Some(format!("{family} {kind} {host} {}{source}{size}", page.interface(*interface)))
}

fn route(page: &Page<'_>, action: &Action) -> String {
    let Action { prefix, next_hop, offers } = action;
    let family = if prefix.addr().is_ipv4() { "ip" } else { "ipv6" };
    let verb = if *offers { "resume-route" } else { "shutdown-route" };
    let next_hop = match next_hop {
        None => String::new(),
        Some(NextHop::Router(gateway)) => format!(" {gateway}"),
        Some(NextHop::RouterOn(gateway, interface)) => format!(" {gateway} {}", page.interface(*interface)),
        Some(NextHop::Interface(interface) | NextHop::Dhcp(interface)) => {
            format!(" {}", page.interface(*interface))
        }
        Some(NextHop::Null) => " Null0.0".to_owned(),
    };
    format!("{family} {verb} {prefix}{next_hop}")
}

fn raise_timing(page: &mut Page<'_>, origin: LineId, timing: &Timing) {
    let Timing { interval, interval_down, timeout, down_count, up_count, down_wait: _, up_wait: _ } = *timing;
    for (counter, count) in [("variance", down_count), ("restorer", up_count)] {
        page.line(origin, format_args!("probe-counter {counter} {count}"));
    }
    for (timer, time) in [("variance", interval), ("restorer", interval_down), ("wait", timeout)] {
        page.line(origin, format_args!("probe-timer {timer} {}", time.as_secs()));
    }
}
