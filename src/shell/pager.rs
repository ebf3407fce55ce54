//! Long output, a screen at a time.

use std::io::{self, Read, Write};

/// Writes `text`; after every screen of `rows` it shows `more` and waits for a key.
///
/// Space and `f` go on by a screen, Enter by a line, `b` back by a screen, `/` to the next line with
/// a text; `q` and Ctrl-C leave. `rows` of 0 never waits.
pub fn write(
    text: &str,
    rows: usize,
    columns: usize,
    more: &str,
    keys: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    let pages =
        Pages { lines: text.split_inclusive('\n').collect(), screen: rows.saturating_sub(1), columns };
    let (mut at, mut room) = (0, pages.screen);
    while let Some(line) = pages.lines.get(at) {
        let height = height(line, columns);
        if rows > 0 && height > room && room < pages.screen {
            room = pages.screen;
            match wait(more, keys, output)? {
                Key::Screen => {}
                Key::Line => room = 1,
                Key::Back => at = pages.before(pages.before(at)),
                Key::Search(text) => at = pages.find(at, &text).unwrap_or(pages.before(at)),
                Key::Leave => return output.flush(),
            }
            continue;
        }
        output.write_all(line.as_bytes())?;
        room = room.saturating_sub(height);
        at += 1;
    }
    output.flush()
}

/// A text on a screen.
struct Pages<'a> {
    lines: Vec<&'a str>,
    /// Rows of the screen, the last one aside.
    screen: usize,
    columns: usize,
}

impl Pages<'_> {
    /// Where the screen begins that ends before line `at`.
    fn before(&self, at: usize) -> usize {
        let mut room = self.screen;
        let fits = |line: &&&str| {
            let height = height(line, self.columns);
            room.checked_sub(height).map(|rest| room = rest).is_some()
        };
        at - self.lines[..at].iter().rev().take_while(fits).count().clamp(at.min(1), at)
    }

    /// The first line from `at` on that holds the text.
    fn find(&self, at: usize, text: &str) -> Option<usize> {
        self.lines[at..].iter().position(|line| line.contains(text)).map(|after| at + after)
    }
}

enum Key {
    Screen,
    Line,
    Back,
    Search(String),
    Leave,
}

fn wait(more: &str, keys: &mut impl Read, output: &mut impl Write) -> io::Result<Key> {
    write!(output, "{more}")?;
    output.flush()?;
    let key = loop {
        match byte(keys)? {
            Some(b' ' | b'f') => break Key::Screen,
            Some(b'\r' | b'\n') => break Key::Line,
            Some(b'b') => break Key::Back,
            Some(b'/') => break Key::Search(search(keys, output)?),
            Some(b'q' | b'Q' | 0x03) | None => break Key::Leave,
            Some(_) => {}
        }
    };
    write!(output, "{CLEAR_ROW}")?;
    Ok(key)
}

/// Back to the start of the row, and blanks it.
const CLEAR_ROW: &str = "\r\x1b[K";

/// The text to look for, as it is typed in the last row up to Enter.
fn search(keys: &mut impl Read, output: &mut impl Write) -> io::Result<String> {
    let mut text = Vec::new();
    loop {
        write!(output, "{CLEAR_ROW}/{}", String::from_utf8_lossy(&text))?;
        output.flush()?;
        match byte(keys)? {
            Some(b'\r' | b'\n') | None => return Ok(String::from_utf8_lossy(&text).into_owned()),
            Some(0x08 | 0x7f) => drop(text.pop()),
            Some(sign) if sign >= b' ' => text.push(sign),
            Some(_) => {}
        }
    }
}

fn byte(keys: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((keys.read(&mut byte)? > 0).then_some(byte[0]))
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
    fn output_can_be_read_backwards_and_searched() {
        let text = "1\n2\n3\n4\n5\n6\n";
        assert_eq!(page(text, 3, b" bq"), "1\n2\n--More--<3\n4\n--More--<1\n2\n--More--<");
        assert_eq!(page(text, 3, b"bq"), "1\n2\n--More--<1\n2\n--More--<");
        assert_eq!(page(text, 3, b"/5\r"), "1\n2\n--More--</</5<5\n6\n");
        assert_eq!(page(text, 3, b"/99\x7f\rq"), "1\n2\n--More--</</9</99</9<1\n2\n--More--<");
    }

    #[test]
    fn long_lines_count_for_the_rows_that_they_take() {
        assert_eq!(page("\x1b[32m0123456789\x1b[m\n2\n3\n", 4, b""), "\x1b[32m0123456789\x1b[m\n2\n3\n");
        assert_eq!(page("0123456789a\n2\n3\n", 3, b" "), "0123456789a\n--More--<2\n3\n");
        assert_eq!(page("宛先ネットワーク\n2\n3\n", 3, b" "), "宛先ネットワーク\n--More--<2\n3\n");
    }
}
