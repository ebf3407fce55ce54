//! `console …`, `timezone`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;
use crate::language::lower::system::{timezone_of, zone};
use crate::types::Zone;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::rtx_console_character => Some(console_character),
        Rule::rtx_console_columns => Some(console_columns),
        Rule::rtx_console_lines => Some(console_lines),
        Rule::rtx_console_prompt => Some(console_prompt),
        Rule::rtx_timezone => Some(timezone),
        _ => None,
    }
}

fn console_character(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.system.console.character = Some(args.sourced(args.get("code")?));
    Ok(())
}

fn console_columns(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.model.system.console.columns = Some(args.sourced(args.get("columns")?));
    Ok(())
}

fn console_lines(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let rows = if args.has("infinity") { 0 } else { args.get("lines")? };
    draft.model.system.console.page_rows = Some(args.sourced(rows));
    Ok(())
}

/// A Yamaha has no name of its own; its prompt is what people tell routers apart by.
fn console_prompt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = args.sourced(args.get("text")?);
    claim(&mut draft.model.system.hostname, name, || "the router's name".to_owned())
}

fn timezone(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let zone = match args.text("zone").as_deref() {
        Some("jst") => Zone(9 * 60),
        Some("utc") => Zone(0),
        Some(_) | None => {
            let text: String = args.get("zone")?;
            let (hours, minutes) = text.split_once(':').unwrap_or((&text, "0"));
            zone(hours, minutes)?
        }
    };
    claim(&mut draft.model.system.timezone, args.sourced(zone), timezone_of)
}
