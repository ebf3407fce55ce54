//! The time zone, which both dialects write as hours and minutes.

use super::args::{Refusal, parse};
use crate::types::Zone;

/// `+09` and `00`, `-3` and `30`: the sign is that of the whole.
pub(super) fn zone(hours: &str, minutes: &str) -> Result<Zone, Refusal> {
    let is_behind = hours.starts_with('-');
    let hours: i16 = parse::<i16>(hours.trim_start_matches(['+', '-']))?;
    let minutes: i16 = parse(minutes)?;
    if hours > 14 || minutes > 59 {
        return Err(Refusal::Says("a time zone is at most 14 hours and 59 minutes off".to_owned()));
    }
    let total = hours * 60 + minutes;
    Ok(Zone(if is_behind { -total } else { total }))
}

/// The time zone, in words.
pub(super) fn timezone_of() -> String {
    "the time zone".to_owned()
}
