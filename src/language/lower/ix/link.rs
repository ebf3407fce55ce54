//! `device`, `interface` and what is said of them as such.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::claim;
use crate::language::lower::link::tie;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_device => Some(device),
        Rule::ix_linux_interface => Some(linux_interface),
        Rule::ix_interface => Some(enter_interface),
        Rule::ix_description => Some(description),
        Rule::ix_shutdown => Some(shutdown),
        _ => None,
    }
}

/// A port that is named and not tied is nothing yet.
fn device(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn linux_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    tie(&mut draft.model.ports, args, args.context("port")?, args.get("link")?)
}

fn enter_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.link.name(args, args.get("interface")?);
    Ok(())
}

/// For people: it is printed, and does nothing.
fn description(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.idle.push(args.line());
    Ok(())
}

fn shutdown(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, up) = (interface(args)?, args.sourced(args.is_negated()));
    claim(&mut draft.interface(name).link.enabled, up, || format!("whether {name} is up"))
}
