//! `syslog …`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::parse;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_syslog_level | Rule::rtx_syslog_notice => Some(level),
        Rule::rtx_syslog_host => Some(host),
        Rule::rtx_syslog_facility => Some(facility),
        Rule::rtx_syslog_local_address => Some(local_address),
        _ => None,
    }
}

fn level(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.log.switch(args, args.get("level")?, args.is_on());
    Ok(())
}

fn host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let hosts = args.all("host")?.into_iter().map(|host| args.sourced(host));
    draft.model.log.syslog.servers.extend(hosts);
    Ok(())
}

fn facility(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let number = match args.text("facility").as_deref() {
        Some("user") => 1,
        Some(word) => match word.strip_prefix("local") {
            Some(number) => 16 + parse::<u8>(number)?,
            None => parse(word)?,
        },
        None => args.get("facility")?,
    };
    draft.model.log.syslog.facility = Some(args.sourced(number));
    Ok(())
}

fn local_address(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.log.syslog.source = Some(args.sourced(args.get("address")?));
    Ok(())
}
