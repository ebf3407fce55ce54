//! `lan linux-interface`.

use super::{Args, Arm, Draft, Refusal, Rule};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_lan_linux_interface => Some(linux_interface),
        _ => None,
    }
}

fn linux_interface(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.link.tie(args, args.get("interface")?, args.get("link")?)
}
