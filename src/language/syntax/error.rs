//! What is wrong with a line that the grammar does not accept.

use std::fmt;

/// The longest line that is read, in bytes.
pub const LINE_LIMIT: usize = 1 << 20;

/// The longest word that is read, in bytes: no name, address or list of addresses is as long.
pub const WORD_LIMIT: usize = 1 << 12;

/// Why a line is not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Where: characters from 1. For an incomplete line, where the next word would begin.
    pub column: usize,
    /// The word that is wrong, as typed; empty where one is missing.
    pub word: String,
    /// What could stand there: keywords as they are, values as `<IPv4 address>`, `<cr>` for the end.
    pub expected: Vec<String>,
    /// The keyword that was probably meant.
    pub near_miss: Option<String>,
}

/// The kinds of syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// No command has this word here.
    NoSuchWord,
    /// The line stops before the command is complete.
    Incomplete,
    /// The word abbreviates each of these.
    Ambiguous(Vec<String>),
    /// The word is no value of the kind that is needed here, described in the grammar's words.
    BadValue(String),
    /// The line is longer than [`LINE_LIMIT`].
    TooLong,
    /// The word is longer than [`WORD_LIMIT`].
    LongWord,
    /// A control character, or U+FFFD for bytes that are no text.
    Unreadable(char),
    /// Walker and parser disagree on the line: a defect of the grammar, to be reported.
    Grammar(String),
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = shortened(&self.word);
        match &self.kind {
            SyntaxErrorKind::NoSuchWord => write!(f, "\"{word}\" is no word of a command here")?,
            SyntaxErrorKind::Incomplete => f.write_str("the line is incomplete")?,
            SyntaxErrorKind::Ambiguous(words) => write!(f, "\"{word}\" may be {}", words.join(", "))?,
            SyntaxErrorKind::BadValue(needed) => write!(f, "\"{word}\" does not fit, expected: {needed}")?,
            SyntaxErrorKind::TooLong => write!(f, "the line is longer than {LINE_LIMIT} bytes")?,
            SyntaxErrorKind::LongWord => write!(f, "\"{word}\" is longer than {WORD_LIMIT} bytes")?,
            SyntaxErrorKind::Unreadable(char::REPLACEMENT_CHARACTER) => {
                f.write_str("these bytes are no text in any encoding that is known here")?;
            }
            SyntaxErrorKind::Unreadable(sign) => {
                write!(f, "here is a control character (U+{:04X})", u32::from(*sign))?;
            }
            SyntaxErrorKind::Grammar(rule) => {
                write!(f, "the grammar contradicts itself on this line (rule {rule}): please report it")?;
            }
        }
        match &self.near_miss {
            Some(meant) => write!(f, " (did you mean \"{meant}\"?)"),
            None => Ok(()),
        }
    }
}

/// At most 40 characters of a word, without control characters.
fn shortened(word: &str) -> String {
    let mut signs = word.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign });
    let mut text: String = signs.by_ref().take(40).collect();
    if signs.next().is_some() {
        text.push('…');
    }
    text
}

/// The keyword among `keywords` that `word` most resembles, if it is at most two slips away.
pub fn nearest<'a>(word: &str, keywords: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST_KEYWORD).map(|sign| sign.to_ascii_lowercase()).collect();
    let allowed = if word.len() < 4 { 1 } else { 2 };
    let letters = |keyword: &str| keyword.chars().map(|sign| sign.to_ascii_lowercase()).collect::<Vec<_>>();
    keywords
        .filter(|keyword| keyword.chars().count().abs_diff(word.len()) <= allowed)
        .map(|keyword| (slips(&word, &letters(keyword)), keyword))
        .filter(|&(slips, keyword)| slips <= allowed && slips < keyword.len())
        .min()
        .map(|(_, keyword)| keyword)
}

/// Words beyond this length resemble no keyword.
const LONGEST_KEYWORD: usize = 64;

/// The number of letters added, lost, changed or swapped with a neighbour (optimal string alignment).
fn slips(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut best = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_keyword_is_at_most_two_slips_away() {
        let keywords = ["address", "access-list", "napt", "route"];
        for (typed, meant) in [
            ("adress", Some("address")),
            ("addrses", Some("address")),
            ("Rotue", Some("route")),
            ("nap", Some("napt")),
            ("nat", Some("napt")),
            ("dress", Some("address")),
            ("filter", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, keywords.into_iter()), meant, "{typed}");
        }
    }

    #[test]
    fn an_error_shows_no_control_characters_and_no_endless_word() {
        let error = SyntaxError {
            kind: SyntaxErrorKind::NoSuchWord,
            column: 1,
            word: format!("\x1b[2J{}", "x".repeat(10_000)),
            expected: vec![],
            near_miss: None,
        };
        let text = error.to_string();
        assert!(!text.contains('\x1b') && text.len() < 200, "{text}");
    }
}
