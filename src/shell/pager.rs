//! Long output, a screen at a time.

use std::io::{self, Read, Write};

/// Writes `text`; after every `rows` lines it shows `more` and waits for a key.
///
/// Space goes on by a screen, Enter by a line, `q` and Ctrl-C leave. `rows` of 0 never waits.
pub fn write(
    text: &str,
    rows: usize,
    columns: usize,
    more: &str,
    keys: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    let mut room = rows.saturating_sub(1);
    for line in text.split_inclusive('\n') {
        let height = height(line, columns);
        if rows > 0 && height > room && room < rows.saturating_sub(1) {
            room = match wait(more, keys, output)? {
                Key::Screen => rows.saturating_sub(1),
                Key::Line => 1,
                Key::Leave => return output.flush(),
            };
        }
        output.write_all(line.as_bytes())?;
        room = room.saturating_sub(height);
    }
    output.flush()
}

enum Key {
    Screen,
    Line,
    Leave,
}

fn wait(more: &str, keys: &mut impl Read, output: &mut impl Write) -> io::Result<Key> {
    write!(output, "{more}")?;
    output.flush()?;
    let key = loop {
        let mut byte = [0];
        if keys.read(&mut byte)? == 0 {
            break Key::Leave;
        }
        match byte[0] {
            b' ' | b'f' => break Key::Screen,
            b'\r' | b'\n' => break Key::Line,
            b'q' | b'Q' | 0x03 => break Key::Leave,
            _ => {}
        }
    };
    // Back to the start of the row, and clear it.
    write!(output, "\r\x1b[K")?;
    Ok(key)
}

/// The rows that a line takes; colours take none.
fn height(line: &str, width: usize) -> usize {
    let mut parts = line.trim_end().split("\x1b[");
    let first = parts.next().unwrap_or_default();
    let visible = parts.filter_map(|part| part.split_once('m')).map(|(_, text)| text);
    let taken: usize = std::iter::once(first).chain(visible).flat_map(str::chars).map(columns).sum();
    taken.max(1).div_ceil(width.max(1))
}

/// The columns that a character takes: two for those of East Asia.
pub fn columns(sign: char) -> usize {
    match sign {
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffef}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str, rows: usize, keys: &[u8]) -> String {
        let mut output = Vec::new();
        write(text, rows, 10, "--More--", &mut &keys[..], &mut output).unwrap();
        String::from_utf8(output).unwrap().replace("\r\x1b[K", "<")
    }

    #[test]
    fn output_pauses_before_it_scrolls_away() {
        let text = "1\n2\n3\n4\n5\n";
        assert_eq!(page(text, 0, b""), text);
        assert_eq!(page(text, 6, b""), text);
        assert_eq!(page(text, 3, b"  "), "1\n2\n--More--<3\n4\n--More--<5\n");
        assert_eq!(page(text, 3, b"x\rq"), "1\n2\n--More--<3\n--More--<");
    }

    #[test]
    fn long_lines_count_for_the_rows_that_they_take() {
        assert_eq!(page("\x1b[32m0123456789\x1b[m\n2\n3\n", 4, b""), "\x1b[32m0123456789\x1b[m\n2\n3\n");
        assert_eq!(page("0123456789a\n2\n3\n", 3, b" "), "0123456789a\n--More--<2\n3\n");
        assert_eq!(page("宛先ネットワーク\n2\n3\n", 3, b" "), "宛先ネットワーク\n--More--<2\n3\n");
    }
}
