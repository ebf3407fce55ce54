//! `hostname`.

use super::{Args, Arm, Draft, Refusal, Rule};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_hostname => Some(hostname),
        _ => None,
    }
}

fn hostname(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.system.hostname(args, args.get("name")?)
}
