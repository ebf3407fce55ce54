//! `nat descriptor`, `ip lanN nat descriptor`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::nat::Kind;
use crate::model::nat::Outer;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_nat_type => Some(kind),
        Rule::rtx_nat_outer => Some(outer),
        Rule::rtx_nat_inner => Some(inner),
        Rule::rtx_ip_nat => Some(apply),
        _ => None,
    }
}

fn kind(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let kind =
        if args.text("type").is_some_and(|kind| kind == "none") { Kind::None } else { Kind::Masquerade };
    draft.nat.kind(args, args.get("number")?, kind);
    Ok(())
}

fn outer(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let outer = match args.text("outer") {
        Some(word) if word == "primary" => Outer::Interface,
        Some(_) | None => Outer::Address(args.get("outer")?),
    };
    draft.nat.outer(args.get("number")?, outer);
    Ok(())
}

/// `auto`, the only value so far, is what happens anyway.
fn inner(_draft: &mut Draft, _args: &Args<'_>) -> Result<(), Refusal> {
    Ok(())
}

fn apply(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let interface = interface(draft, args)?;
    draft.nat.apply(args, interface, args.get("number")?);
    Ok(())
}
