//! What surrounds the commands in the text of a configuration: dump headers, pager lines, broken bytes.

use crate::language::syntax::without_comment;
use crate::types::Dialect;

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
    fn a_pager_leaves_the_line_that_follows_it() {
        assert_eq!(without_pager("--More-- \r        \rip dhcp enable"), "ip dhcp enable");
        assert_eq!(without_pager("--- つづく ---"), "");
        assert_eq!(without_pager("  no shutdown"), "  no shutdown");
    }
}
