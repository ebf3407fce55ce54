//! `logging …`, `syslog …`.

use std::collections::BTreeSet;

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::{claim, parse};
use crate::language::lower::log::what;
use crate::types::Severity;

/// The size of the log where the line names none.
const DEFAULT_SIZE: u32 = 131_072;

/// The facilities that are not local, by their numbers (RFC 3164, 4.1.1).
const FACILITIES: [(&str, u8); 6] =
    [("kern", 0), ("user", 1), ("mail", 2), ("daemon", 3), ("auth", 4), ("syslog", 5)];

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_logging_buffered => Some(buffered),
        Rule::ix_logging_subsystem => Some(subsystem),
        Rule::ix_syslog_enable => Some(enable),
        Rule::ix_syslog_host => Some(host),
        Rule::ix_syslog_facility => Some(facility),
        Rule::ix_syslog_source => Some(source),
        _ => None,
    }
}

fn buffered(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let size: u32 = args.optional("size")?.unwrap_or(DEFAULT_SIZE);
    if !(4096..=8_388_608).contains(&size) {
        return Err(Refusal::Says(format!("{size} bytes: from 4096 to 8388608 are needed")));
    }
    draft.model.log.buffer = Some(args.sourced(size));
    Ok(())
}

/// A severity stands for all that matter more, too.
fn subsystem(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let least: Severity = args.get("severity")?;
    let logged: BTreeSet<Severity> =
        Severity::ALL.into_iter().filter(|&severity| severity <= least).collect();
    let part: String = args.get("part")?;
    if part == "all" {
        return claim(&mut draft.model.log.severities, args.sourced(logged), what);
    }
    draft.model.log.subsystems.insert(part.to_ascii_lowercase(), args.sourced(logged));
    Ok(())
}

fn enable(draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    draft.log.send();
    Ok(())
}

fn host(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.log.server(args.sourced(args.get("host")?));
    Ok(())
}

fn facility(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let word: String = args.get("facility")?;
    let number = match FACILITIES.iter().find(|(name, _)| *name == word) {
        Some((_, number)) => *number,
        None => 16 + parse::<u8>(word.trim_start_matches("local"))?.min(7),
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
