//! `device`, `interface` and what is said of them as such.

use super::{Args, Arm, Draft, Refusal, Rule, interface};

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
    draft.link.tie(args, args.context("port")?, args.get("link")?)
}

fn enter_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.link.name(args, args.get("interface")?);
    Ok(())
}

/// For people: it is printed, and does nothing.
fn description(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn shutdown(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.link.enable(args, interface(args)?, args.is_negated())
}
