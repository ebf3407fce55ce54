//! Physical lines, by whichever sign the text ends them.

/// The lines of a text without their ends: LF or CR LF, and CR in a text that has no LF at all.
///
/// In a text with LF, a CR inside a line is what a pager wrote to return to the line's start.
pub fn physical(text: &str) -> impl Iterator<Item = &str> {
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split_terminator(end).map(|line| line.trim_end_matches('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        physical(text).collect()
    }

    #[test]
    fn lines_end_as_they_may() {
        assert_eq!(lines("a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(lines("a\rb\r\rc\r"), ["a", "b", "", "c"]);
        assert_eq!(lines("a\r\r\nb\r\r\n"), ["a", "b"]);
        assert_eq!(lines("--More--\r        \ra\n"), ["--More--\r        \ra"]);
        assert_eq!(lines(""), [""; 0]);
        assert_eq!(lines("\n"), [""]);
    }
}
