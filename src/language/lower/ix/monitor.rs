//! `watch-group`, `network-monitor`.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::{Network, parse};
use crate::language::lower::monitor::Group;
use crate::model::monitor::{Action, Condition, Probe, Source, Target};
use crate::model::route::NextHop;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_watch_group => Some(open),
        Rule::ix_watch_group_event_host => Some(event_host),
        Rule::ix_watch_group_event_interface => Some(event_interface),
        Rule::ix_watch_group_action_route => Some(action_route),
        Rule::ix_watch_group_probe_counter => Some(counter),
        Rule::ix_watch_group_probe_timer => Some(timer),
        Rule::ix_network_monitor_enable => Some(enable),
        Rule::ix_network_monitor_startup_delay => Some(delay),
        _ => None,
    }
}

fn open(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.monitor.group(args, args.get("list")?, args.get("sequence")?);
    Ok(())
}

fn group<'a>(draft: &'a mut Draft, args: &Args<'_>) -> Result<&'a mut Group, Refusal> {
    Ok(draft.monitor.group(args, args.context("list")?, args.context("sequence")?))
}

fn event_host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let source = match args.text("source") {
        None => None,
        Some(word) => Some(match word.parse::<IpAddr>() {
            Ok(address) => Source::Address(address),
            Err(_) => Source::Interface(parse(&word)?),
        }),
    };
    let probe = Probe {
        target: Target::Host(args.get("host")?),
        interface: Some(args.get("interface")?),
        by_gateway: false,
        source,
    };
    let condition = match args.text("kind").as_deref() {
        Some("reach-host") => Condition::Answers(probe),
        Some(_) | None => Condition::Silent(probe),
    };
    let group = group(draft, args)?;
    if let Some(length) = args.optional("size")? {
        group.length = length;
    }
    group.conditions.insert(args.get("number")?, args.sourced(condition));
    Ok(())
}

fn event_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = args.get("interface")?;
    let condition = match args.text("kind").as_deref() {
        Some("interface-up") => Condition::Up(interface),
        Some(_) | None => Condition::Down(interface),
    };
    group(draft, args)?.conditions.insert(args.get("number")?, args.sourced(condition));
    Ok(())
}

fn action_route(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let is_ipv6 = args.text("family").is_some_and(|family| family == "ipv6");
    let prefix = match args.text("prefix") {
        Some(word) if word == "default" && is_ipv6 => IpNet::V6(Default::default()),
        Some(word) if word == "default" => IpNet::V4(Default::default()),
        Some(_) | None => args.get::<Network>("prefix")?.0.trunc(),
    };
    let gateway: Option<IpAddr> = args.optional("gateway")?;
    let next_hop = match (gateway, args.text("interface")) {
        (None, None) => None,
        (Some(gateway), None) => Some(NextHop::Router(gateway)),
        (Some(gateway), Some(name)) => Some(NextHop::RouterOn(gateway, parse(&name)?)),
        (None, Some(name)) => Some(NextHop::Interface(parse(&name)?)),
    };
    let offers = args.text("kind").is_some_and(|kind| kind == "resume-route");
    let action = Action { prefix, next_hop, offers };
    group(draft, args)?.actions.insert(args.get("number")?, args.sourced(action));
    Ok(())
}

fn counter(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let count: u32 = args.get("count")?;
    let timing = &mut group(draft, args)?.timing;
    match args.text("counter").as_deref() {
        Some("restorer") => timing.up_count = count.max(1),
        Some(_) | None => timing.down_count = count.max(1),
    }
    Ok(())
}

fn timer(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let seconds = Duration::from_secs(args.get("seconds")?);
    let timing = &mut group(draft, args)?.timing;
    match args.text("timer").as_deref() {
        Some("restorer") => timing.interval_down = seconds,
        Some("wait") => timing.timeout = seconds,
        Some(_) | None => timing.interval = seconds,
    }
    Ok(())
}

fn enable(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.monitor.enable(args.get("list")?);
    Ok(())
}

fn delay(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.monitor.delay(args.get("list")?, Duration::from_secs(args.get("seconds")?));
    Ok(())
}
