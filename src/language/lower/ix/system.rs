//! `hostname`, `timezone`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::language::lower::args::claim;
use crate::language::lower::system::{timezone_of, zone};
use crate::types::Zone;

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_hostname => Some(hostname),
        Rule::ix_timezone => Some(timezone),
        _ => None,
    }
}

fn hostname(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let name = args.sourced(args.get("name")?);
    claim(&mut draft.model.system.hostname, name, || "the router's name".to_owned())
}

fn timezone(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let zone = match args.text("zone").as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("jst") => Zone(9 * 60),
        Some("utc" | "gmt") => Zone(0),
        Some(name) => {
            return Err(Refusal::Says(format!("no zone is called {name:?}: write timezone +09 00")));
        }
        None => zone(&args.get::<String>("hours")?, &args.get::<String>("minutes")?)?,
    };
    claim(&mut draft.model.system.timezone, args.sourced(zone), timezone_of)
}
