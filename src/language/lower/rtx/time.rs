//! `schedule at … ntpdate HOST`, which is how an RTX asks for the time; `ntp local address`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::time::server;
use crate::model::time::Source;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_schedule => Some(schedule),
        Rule::rtx_ntp_local_address => Some(local_address),
        _ => None,
    }
}

fn schedule(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let command: String = args.get("command")?;
    match command.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["ntpdate", host] | ["ntpdate", host, "syslog"] => draft.time.server(0, args.sourced(server(host))),
        _ => draft.beyond(args, "commands at a time"),
    }
    Ok(())
}

fn local_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.time.source = Some(args.sourced(Source::Address(args.get("address")?)));
    Ok(())
}
