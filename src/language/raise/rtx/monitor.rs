//! `ip keepalive`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Page;
use crate::model::monitor::{Condition, Monitor, Probe, Source, Target, Timing};
use crate::types::Sourced;

pub(super) fn raise(page: &mut Page<'_>, monitors: &BTreeMap<u32, Sourced<Monitor>>) {
    for (number, monitor) in monitors {
        if monitor.group.is_some() {
            page.lose(monitor.origin, "an RTX has no watch groups: its routes name a keepalive");
            continue;
        }
        if let Some(words) = words(page, monitor) {
            page.line(monitor.origin, format_args!("ip keepalive {number} icmp-echo {words}"));
        }
    }
}

fn words(page: &mut Page<'_>, monitor: &Sourced<Monitor>) -> Option<String> {
    let Monitor { group: _, conditions, fails: _, actions: _, timing, delay: _, length, log } =
        &monitor.value;
    let Timing { interval, interval_down: _, timeout: _, down_count, up_count: _, down_wait, up_wait } =
        timing;
    let mut words = format!("{} {down_count}", interval.as_secs());
    let (mut rule, mut local) = ("", String::new());
    for condition in conditions {
        let Condition::Silent(Probe { target, interface: _, by_gateway, source }) = &condition.value else {
            page.lose(condition.origin, "a keepalive asks whether a host lives");
            return None;
        };
        // Writing into a string cannot fail.
        let _ = match target {
            Target::Host(host) => write!(words, " {host}"),
            Target::Dhcp(interface) => write!(words, " dhcp {}", page.interface(*interface)),
        };
        if !by_gateway {
            rule = " gateway-selection-rule=normal";
        }
        if let Some(Source::Address(source)) = source {
            local = format!(" local-address={source}");
        }
    }
    let log = if *log { " log=on" } else { "" };
    let waits = format!(" upwait={} downwait={}", up_wait.as_secs(), down_wait.as_secs());
    Some(format!("{words}{waits} length={length}{rule}{local}{log}"))
}
