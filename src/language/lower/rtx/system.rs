//! `console prompt`.

use super::{Args, Arm, Draft, Refusal, Rule};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_console_prompt => Some(console_prompt),
        _ => None,
    }
}

/// A Yamaha has no name of its own; its prompt is what people tell routers apart by.
fn console_prompt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.system.hostname(args, args.get("text")?)
}
