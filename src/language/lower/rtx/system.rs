//! `console prompt`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_console_prompt => Some(console_prompt),
        _ => None,
    }
}

/// A Yamaha has no name of its own; its prompt is what people tell routers apart by.
fn console_prompt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = args.sourced(args.get("text")?);
    claim(&mut draft.model.system.hostname, name, || "the router's name".to_owned())
}
