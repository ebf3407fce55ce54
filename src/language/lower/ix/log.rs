//! `logging …`, `syslog …`.

use std::collections::BTreeSet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::{claim, parse};
use crate::language::lower::log::what;
use crate::types::Severity;

/// Bytes that are kept where no line says how many.
const BUFFER: u32 = 131_072;

/// The facilities that are not local, by their numbers (RFC 3164, 4.1.1).
const FACILITIES: [&str; 6] = ["kern", "user", "mail", "daemon", "auth", "syslog"];

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_logging_buffered => Some(buffered),
        Rule::ix_logging_subsystem => Some(subsystem),
        Rule::ix_syslog_host => Some(host),
        Rule::ix_syslog_facility => Some(facility),
        Rule::ix_syslog_source => Some(source),
        _ => None,
    }
}

fn buffered(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let size = args.optional("size")?.unwrap_or(BUFFER);
    draft.model.log.buffer = Some(args.sourced(size));
    Ok(())
}

/// A severity stands for itself and all that matter more.
fn subsystem(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let last: Severity = args.get("severity")?;
    let logged: BTreeSet<_> = Severity::ALL.into_iter().filter(|severity| *severity <= last).collect();
    let part: String = args.get("part")?;
    let logged = args.sourced(logged);
    if part == "all" {
        return claim(&mut draft.model.log.severities, logged, what);
    }
    draft.model.log.subsystems.insert(part.to_ascii_lowercase(), logged);
    Ok(())
}

fn host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let host = args.sourced(args.get("host")?);
    draft.model.log.syslog.servers.push(host);
    Ok(())
}

fn facility(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let word: String = args.get("facility")?;
    let number = match word.strip_prefix("local") {
        Some(local) => 16 + parse::<u8>(local)?,
        None => FACILITIES.iter().position(|facility| *facility == word).unwrap_or_default() as u8,
    };
    draft.model.log.syslog.facility = Some(args.sourced(number));
    Ok(())
}

/// The address of an interface is not known from the line.
fn source(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    if let Some(source) = args.optional("source")? {
        draft.model.log.syslog.source = Some(args.sourced(source));
    }
    Ok(())
}
