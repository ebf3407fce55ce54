//! Text that a peer sent, made safe to print.

/// As much of a peer's text as a screen or a log line should ever show.
const SHOWN: usize = 128;

/// A peer's bytes as text: control characters escaped, invalid bytes as U+FFFD, cut to a line's length.
pub fn printable(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(4 * SHOWN)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let mut shown = String::new();
    for (count, character) in text.trim_end_matches('\0').chars().enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(printable(b"BRAS\x1b[2J\xff\r\n\0"), "BRAS\\u{1b}[2J\u{fffd}\\r\\n");
    }

    #[test]
    fn a_text_of_64_kib_is_cut() {
        let shown = printable(&[b'a'; 65535]);
        assert_eq!((shown.chars().count(), shown.ends_with('…')), (SHOWN + 1, true));
    }
}
