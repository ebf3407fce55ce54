//! `ntp …`, `sntp server`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::time::server;
use crate::model::time::{Server, Source};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ntp_server | Rule::ix_sntp_server => Some(ntp_server),
        Rule::ix_ntp_interval => Some(interval),
        Rule::ix_ntp_source => Some(source),
        Rule::ix_ntp_master => Some(master),
        _ => None,
    }
}

/// The priority of a server without one.
const PRIORITY: u8 = 0;

fn ntp_server(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    for word in ["timeout", "source", "version"] {
        if args.text(word).is_some() {
            draft.beyond(args, format!("the {word} of one time server"));
        }
    }
    let found = match args.get::<String>("server")?.as_str() {
        "dhcpv6" => Server::Dhcp6,
        text => server(text),
    };
    draft.time.server(args.optional("priority")?.unwrap_or(PRIORITY), args.sourced(found));
    Ok(())
}

fn interval(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.time.interval = Some(args.sourced(args.get("seconds")?));
    Ok(())
}

fn source(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    match args.interface("interface") {
        Some(interface) => draft.model.time.source = Some(args.sourced(Source::Interface(interface))),
        None => draft.beyond(args, "questions for the time from this interface"),
    }
    Ok(())
}

fn master(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.time.is_master = Some(args.sourced(()));
    Ok(())
}
