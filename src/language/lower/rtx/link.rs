//! `lan linux-interface`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::link::tie;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_lan_linux_interface => Some(linux_interface),
        _ => None,
    }
}

fn linux_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    tie(&mut draft.model.ports, args, args.get("interface")?, args.get("link")?)
}
