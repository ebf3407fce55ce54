//! What surrounds the commands in the text of a configuration: comments, dump headers, pager lines.

use crate::types::Dialect;

/// A line without its comment and the blanks at its end; the blanks at its start stay, so that
/// columns count from the start of the line.
pub(super) fn without_comment(dialect: Dialect, line: &str) -> &str {
    let line = line.trim_end();
    match dialect {
        Dialect::Ix if line.trim_start().starts_with('!') => "",
        Dialect::Ix => line,
        Dialect::Rtx => line[..comment_start(line)].trim_end(),
    }
}

/// Where a `#` outside quotes, and not after a backslash, starts a comment.
fn comment_start(line: &str) -> usize {
    let mut quote = None;
    let mut signs = line.char_indices();
    while let Some((at, sign)) = signs.next() {
        match (quote, sign) {
            (_, '\\') => {
                signs.next();
            }
            (None, '#') => return at,
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), _) if open == sign => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    line.len()
}

/// A line as it came out of a terminal, without what a pager wrote over it.
pub(super) fn without_pager(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}');
    let Some(rest) = PAGERS.into_iter().find_map(|pager| line.trim_start().strip_prefix(pager)) else {
        return line;
    };
    rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign.is_control())
}

/// The column, from 1, of the first sign that stands for a byte that is no UTF-8, comments aside.
pub(super) fn first_broken(dialect: Dialect, line: &str) -> Option<usize> {
    without_comment(dialect, line)
        .chars()
        .position(|sign| sign == char::REPLACEMENT_CHARACTER)
        .map(|at| at + 1)
}

/// The prompts at the end of a screen page.
const PAGERS: [&str; 5] = ["--More--", "--- more ---", "---more---", "--- つづく ---", "---つづく---"];

/// `Using 2539 out of 1048576 bytes`, the first line of `show config` on an IX.
pub(super) fn is_dump_header(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words.as_slice(), ["Using", _, "out", "of", _, "bytes"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_ends_at_the_line_and_never_starts_in_quotes() {
        let strip = |line| without_comment(Dialect::Rtx, line);
        assert_eq!(strip("dns host lan1 # all of it"), "dns host lan1");
        assert_eq!(strip("pp auth myname \"a#b\" c # d"), "pp auth myname \"a#b\" c");
        assert_eq!(strip("login password a\\#b"), "login password a\\#b");
        assert_eq!(strip("  # only this"), "");
        assert_eq!(without_comment(Dialect::Ix, " ! hostname x"), "");
        assert_eq!(without_comment(Dialect::Ix, "description a!b  "), "description a!b");
    }

    #[test]
    fn a_pager_leaves_the_line_that_follows_it() {
        assert_eq!(without_pager("--More-- \r        \rip dhcp enable"), "ip dhcp enable");
        assert_eq!(without_pager("--- つづく ---"), "");
        assert_eq!(without_pager("  no shutdown"), "  no shutdown");
    }
}
