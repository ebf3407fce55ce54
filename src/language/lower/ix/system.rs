//! `hostname`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_hostname => Some(hostname),
        _ => None,
    }
}

fn hostname(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = args.sourced(args.get("name")?);
    claim(&mut draft.model.system.hostname, name, || "the router's name".to_owned())
}
