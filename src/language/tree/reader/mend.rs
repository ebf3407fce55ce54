//! What pasting adds to lines: a prompt or a column before them (numbers of lines, marks of a diff
//! or of a quotation), full-width blanks, notes behind them.
//!
//! Only a line that is not understood as it stands is mended, and only if it is understood then:
//! so nothing that a command says is ever lost.

use std::borrow::Cow;

use super::outcome::Said;
use crate::language::text::terminal;
use crate::types::Dialect;

/// What a line means without what pasting added, and what to say of that.
pub(super) fn mend<T>(
    dialect: Dialect,
    line: &str,
    understand: impl Fn(&str) -> Option<T>,
) -> Option<(T, Said)> {
    let line = with_plain_blanks(line);
    let full_width = matches!(line, Cow::Owned(_));
    let typed = terminal::without_prompt(dialect, &line).map(|prompted| prompted.rest);
    let typed = typed.filter(|typed| !typed.is_empty()).map(|typed| (typed, Before::Prompt));
    let behind = column(&line).map(|(column, typed)| (typed, Before::Column(column)));
    for (text, before) in [(&*line, Before::Nothing)].into_iter().chain(typed).chain(behind) {
        let note = note(dialect, text).map(|(text, sign)| (text, Some(sign)));
        for (text, note) in [(text, None)].into_iter().chain(note) {
            if let Some(understood) = understand(text) {
                return Some((understood, said(full_width, before, note)));
            }
        }
    }
    None
}

/// What stands before the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before<'a> {
    Nothing,
    Prompt,
    /// Something that was copied with the lines.
    Column(&'a str),
}

/// The column before a line: its number (`12`, `12:`), or a mark (`+`, `>`, `|`, `$`); and the rest.
fn column(line: &str) -> Option<(&str, &str)> {
    let begun = line.trim_start();
    let digits = begun.len() - begun.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    let (length, needs_blank) = match begun[digits..].chars().next()? {
        ':' | '|' | '.' | ')' if digits > 0 => (digits + 1, false),
        ' ' | '\t' if digits > 0 => (digits, true),
        '+' | '>' | '|' | '$' if digits == 0 => (1, false),
        _ => return None,
    };
    let (column, rest) = begun.split_at(length);
    let is_apart = !needs_blank || rest.starts_with([' ', '\t']);
    (is_apart && !rest.trim().is_empty()).then(|| (column, rest.trim_start()))
}

fn said(full_width: bool, before: Before<'_>, note: Option<char>) -> Said {
    let mut said = Said::default();
    let mut warnings = Vec::new();
    match before {
        Before::Nothing => {}
        Before::Prompt => "read without the prompt".clone_into(&mut said.message),
        Before::Column(column) => {
            warnings.push(format!("{column:?} before the line is no part of the command: it is left out"));
        }
    }
    if full_width {
        warnings.push("full-width blanks are read as blanks".to_owned());
    }
    if let Some(sign) = note {
        warnings.push(format!("a note after {sign:?} is no part of the command: it is left out"));
    }
    said.warning = warnings.join("; ");
    said
}

/// The line with a blank for each blank of another kind: full-width ones, and those of web pages.
fn with_plain_blanks(line: &str) -> Cow<'_, str> {
    let is_other = |sign: char| sign.is_whitespace() && !sign.is_ascii() && sign != '\u{85}';
    match line.contains(is_other) {
        true => Cow::Owned(line.replace(is_other, " ")),
        false => Cow::Borrowed(line),
    }
}

/// The line before a note in a form that the appliance does not know, and the sign that begins it.
fn note(dialect: Dialect, line: &str) -> Option<(&str, char)> {
    let signs: &[char] = match dialect {
        Dialect::Ix => &['#', '＃', '!', '！'],
        Dialect::Rtx => &['＃'],
    };
    let begins = |at: &usize| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let at = line.match_indices(signs).map(|(at, _)| at).find(begins)?;
    Some((&line[..at], line[at..].chars().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Understands `ok` and nothing else; blank lines are understood.
    fn mended(dialect: Dialect, line: &str) -> Option<(String, String)> {
        let understand = |line: &str| ["", "ok"].contains(&line.trim()).then_some(());
        mend(dialect, line, understand).map(|((), said)| (said.message, said.warning))
    }

    #[test]
    fn what_pasting_added_is_left_out() {
        let words = |message: &str, warning: &str| Some((message.to_owned(), warning.to_owned()));
        let blanks = "full-width blanks are read as blanks";
        assert_eq!(mended(Dialect::Ix, "　ok"), words("", blanks));
        assert_eq!(mended(Dialect::Ix, "Router# ok"), words("read without the prompt", ""));
        let note = "a note after '＃' is no part of the command: it is left out";
        assert_eq!(mended(Dialect::Rtx, "ok ＃ メモ"), words("", note));
        assert_eq!(
            mended(Dialect::Rtx, "pp1# ok　＃メモ"),
            words("read without the prompt", &format!("{blanks}; {note}"))
        );
        let column = |column: &str| {
            words("", &format!("{column:?} before the line is no part of the command: it is left out"))
        };
        for (line, copied) in
            [(" 12: ok", "12:"), ("7 ok", "7"), ("+ok", "+"), ("> ok", ">"), ("| ok", "|"), ("$ ok", "$")]
        {
            assert_eq!(mended(Dialect::Ix, line), column(copied), "{line}");
        }
        assert!(mended(Dialect::Ix, "ok # note").is_some());
        assert!(mended(Dialect::Ix, "# note").is_some());
    }

    #[test]
    fn other_lines_stay_errors() {
        for line in
            ["wrong", "wrong # note", "Router# wrong", "Router#", "ok#note", "12 wrong", "12ok", "12", "-ok"]
        {
            assert_eq!(mended(Dialect::Ix, line), None, "{line}");
        }
        for line in ["wrong ＃ note", "foo#", "ok ! note"] {
            assert_eq!(mended(Dialect::Rtx, line), None, "{line}");
        }
    }
}
