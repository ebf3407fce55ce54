//! The text of a configuration, as people have it: saved by an old editor, or copied off a terminal.
//!
//! ```text
//! bytes ─ encoding ─► text ─ lines ─► physical lines ─ terminal ─► what was typed
//! ```

mod encoding;
pub(super) mod lines;
pub(super) mod terminal;

pub use encoding::{Decoded, Encoding, decode};
pub use terminal::without_sure_prompt;

/// The columns that a text takes on a terminal.
pub fn columns(text: &str) -> usize {
    text.chars().map(|sign| if is_wide(sign) { 2 } else { 1 }).sum()
}

/// Whether a sign takes two columns, as East Asian ones do.
pub fn is_wide(sign: char) -> bool {
    matches!(sign,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether a sign can stand in a line: it does something to a terminal else, or stands for bytes
/// that are no text.
pub(super) fn is_readable(sign: char) -> bool {
    sign == '\t' || sign == '\r' || !(sign.is_control() || sign == char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_width_sign_takes_two_columns() {
        assert_eq!(columns("ip route"), 8);
        assert_eq!(columns("経路 a"), 6);
        assert_eq!(columns("ｱ"), 1);
    }
}
