//! Cutting a typed line into words, by each dialect's rules for quotes and comments.
//!
//! Blanks separate words. A quoted part may hold blanks; a quote that never closes is an
//! ordinary sign. IX quotes whole words with `"`; RTX quotes with `"` and `'` anywhere in a
//! word, takes the sign after `\` as it stands, and reads `#` as the start of a comment.

use crate::types::Dialect;

/// One typed word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Typed<'a> {
    /// As typed, quotes and backslashes included.
    pub text: &'a str,
    /// Where it begins: characters from 1.
    pub column: usize,
    /// Where it begins: bytes from 0.
    pub start: usize,
}

/// A line cut into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words<'a> {
    /// The words in order; none for a blank line or a comment.
    pub words: Vec<Typed<'a>>,
    /// The line up to its comment, without blanks at the end.
    pub body: &'a str,
    /// The column after the last word and one blank, where a further word would begin.
    pub end: usize,
}

/// Cuts `line` into words.
pub(super) fn split(dialect: Dialect, line: &str) -> Words<'_> {
    let mut words: Vec<Typed<'_>> = Vec::new();
    let (mut start, mut column) = (0, 1);
    while let Some(sign) = line[start..].chars().next() {
        if is_blank(sign) {
            start += sign.len_utf8();
            column += 1;
            continue;
        }
        if is_comment(dialect, sign, words.is_empty()) {
            break;
        }
        let text = &line[start..start + word_length(dialect, &line[start..])];
        words.push(Typed { text, column, start });
        start += text.len();
        column += text.chars().count();
    }
    let last = words.last().copied().unwrap_or(Typed { text: "", column: 0, start: 0 });
    let body = &line[..last.start + last.text.len()];
    Words { end: last.column + last.text.chars().count() + 1, words, body }
}

/// Whether `sign` separates words.
pub(super) fn is_blank(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\r' | '\n')
}

/// Whether a comment begins at `sign`.
fn is_comment(dialect: Dialect, sign: char, first: bool) -> bool {
    match dialect {
        Dialect::Ix => first && sign == '!',
        Dialect::Rtx => sign == '#',
    }
}

/// The length in bytes of the word at the start of `rest`.
fn word_length(dialect: Dialect, rest: &str) -> usize {
    let mut at = 0;
    while let Some(sign) = rest[at..].chars().next() {
        if is_blank(sign) || (at > 0 && is_comment(dialect, sign, false)) {
            break;
        }
        at += match (dialect, sign) {
            (Dialect::Rtx, '\\') => 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
            (Dialect::Rtx, '"' | '\'') => quoted_length(&rest[at..], sign),
            (Dialect::Ix, '"') if at == 0 => quoted_length(rest, sign),
            _ => sign.len_utf8(),
        };
    }
    at
}

/// The length of the quoted part at the start of `rest`, or of the lone quote.
fn quoted_length(rest: &str, quote: char) -> usize {
    rest[1..].find(quote).map_or(1, |close| close + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dialect: Dialect, line: &str) -> Vec<(&str, usize)> {
        split(dialect, line).words.iter().map(|word| (word.text, word.column)).collect()
    }

    #[test]
    fn blanks_separate_words_and_columns_count_characters() {
        assert_eq!(
            texts(Dialect::Ix, "  ip\troute  辻 x\r\n"),
            [("ip", 3), ("route", 6), ("辻", 13), ("x", 15)]
        );
        assert_eq!(split(Dialect::Ix, "ip route ").end, 10);
        assert_eq!(split(Dialect::Ix, "").end, 1);
    }

    #[test]
    fn quotes_hold_blanks() {
        assert_eq!(texts(Dialect::Rtx, r#"a "b c" d'e f'g"#), [("a", 1), (r#""b c""#, 3), ("d'e f'g", 9)]);
        assert_eq!(texts(Dialect::Ix, r#""b c" it's so"#), [(r#""b c""#, 1), ("it's", 7), ("so", 12)]);
    }

    #[test]
    fn a_quote_that_never_closes_is_a_sign() {
        assert_eq!(texts(Dialect::Rtx, r#"a "b c"#), [("a", 1), ("\"b", 3), ("c", 6)]);
    }

    #[test]
    fn comments_end_a_line() {
        assert_eq!(texts(Dialect::Rtx, "dns host lan1 # all"), [("dns", 1), ("host", 5), ("lan1", 10)]);
        assert_eq!(texts(Dialect::Rtx, r##"a\#b "c#d" e#f"##), [(r"a\#b", 1), (r##""c#d""##, 6), ("e", 12)]);
        assert_eq!(texts(Dialect::Ix, " ! a comment"), []);
        assert_eq!(
            texts(Dialect::Ix, "description a ! b"),
            [("description", 1), ("a", 13), ("!", 15), ("b", 17)]
        );
        assert_eq!(split(Dialect::Rtx, "save  # now").body, "save");
    }

    #[test]
    fn a_backslash_keeps_the_next_sign() {
        assert_eq!(texts(Dialect::Rtx, r"a\ b \"), [(r"a\ b", 1), (r"\", 6)]);
        assert_eq!(texts(Dialect::Ix, r"a\ b"), [(r"a\", 1), ("b", 4)]);
    }
}
