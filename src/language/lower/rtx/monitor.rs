//! `ip keepalive`.

use std::time::Duration;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::parse;
use crate::model::monitor::{Condition, Fails, Monitor, Probe, Source, Target, Timing};

/// `upwait` and `downwait` of a line that does not say them.
const WAIT: Duration = Duration::from_secs(5);
/// `length` of a line that does not say it: bytes of data.
const LENGTH: u16 = 64;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_ip_keepalive => Some(keepalive),
        _ => None,
    }
}

fn keepalive(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interval = Duration::from_secs(args.get("interval")?);
    let mut monitor = Monitor {
        group: None,
        conditions: Vec::new(),
        fails: Fails::ByAll,
        actions: Vec::new(),
        timing: Timing {
            interval,
            interval_down: interval,
            timeout: interval,
            down_count: args.get("count")?,
            up_count: 1,
            down_wait: WAIT,
            up_wait: WAIT,
        },
        delay: Duration::ZERO,
        length: LENGTH,
        log: false,
    };
    let (mut by_gateway, mut source) = (true, None);
    for (tag, word) in args.tagged().filter(|(tag, _)| *tag == "option") {
        debug_assert_eq!(tag, "option");
        let Some((name, value)) = word.split_once('=') else { continue };
        match name {
            "log" => monitor.log = value == "on",
            "upwait" => monitor.timing.up_wait = Duration::from_secs(parse(value)?),
            "downwait" => monitor.timing.down_wait = Duration::from_secs(parse(value)?),
            "length" => monitor.length = parse(value)?,
            "gateway-selection-rule" => by_gateway = value == "head",
            "local-address" => source = Some(Source::Address(parse(value)?)),
            _ => return Err(Refusal::Says(format!("{name}: no such option"))),
        }
    }
    for (tag, word) in args.tagged() {
        let target = match tag {
            "host" => Target::Host(parse(&word)?),
            "interface" => Target::Dhcp(parse(&word)?),
            _ => continue,
        };
        let interface = match &target {
            Target::Dhcp(interface) => Some(*interface),
            Target::Host(_) => None,
        };
        let probe = Probe { target, interface, by_gateway, source: source.clone() };
        monitor.conditions.push(args.sourced(Condition::Silent(probe)));
    }
    draft.monitor.keepalive(args.get("number")?, args.sourced(monitor));
    Ok(())
}
