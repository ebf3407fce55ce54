//! From a snapshot to a screen: one file a dialect, and one for `| json`.

pub mod ix;
pub mod json;
pub mod neighbour;
pub mod pipe;
pub mod rtx;
pub mod translation;

use std::time::Duration;

/// The program and its version.
pub const PROGRAM: &str = concat!("tsuji ", env!("CARGO_PKG_VERSION"));

/// The answer of a `show` command, before any filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// For people: whole lines.
    pub text: String,
    /// For programs: what `| json` prints.
    pub json: serde_json::Value,
}

/// `H:MM:SS` below a day, from there on `NdNhNmNs` without zeros at the end.
fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    let (days, hours, minutes, rest) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if days == 0 {
        return format!("{hours}:{minutes:02}:{rest:02}");
    }
    let mut parts = vec![(days, 'd'), (hours, 'h'), (minutes, 'm'), (rest, 's')];
    while parts.last().is_some_and(|(count, _)| *count == 0) {
        parts.pop();
    }
    parts.into_iter().map(|(count, unit)| format!("{count}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let text = |seconds| age(Duration::from_secs(seconds));
        assert_eq!(text(0), "0:00:00");
        assert_eq!(text(15 * 3_600 + 21 * 60 + 33), "15:21:33");
        assert_eq!(text(97 * 86_400 + 17 * 3_600 + 4 * 60 + 18), "97d17h4m18s");
        assert_eq!(text(79 * 86_400 + 14 * 3_600 + 47 * 60), "79d14h47m");
    }
}
