//! The lines of a file, whatever is in it.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use crate::language::syntax::LINE_LIMIT;

/// How much of a line that is too long is shown, in bytes.
const SHOWN: usize = 1024;

/// One physical line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawLine {
    /// Its text; bytes that are no UTF-8 as U+FFFD.
    pub text: String,
    /// Whether it was longer than any line may be: then this is only its beginning.
    pub cut: bool,
}

/// Reads a file, or standard input for `-`.
pub(super) fn lines(file: &str) -> io::Result<Vec<RawLine>> {
    match file {
        "-" => read(io::stdin().lock()),
        path => read(BufReader::new(File::open(path)?)),
    }
}

/// Reads to the end, never holding more of a line than may be used.
fn read(mut input: impl BufRead) -> io::Result<Vec<RawLine>> {
    let mut lines = Vec::new();
    while let Some(line) = next_line(&mut input)? {
        lines.push(line);
    }
    Ok(lines)
}

fn next_line(input: &mut impl BufRead) -> io::Result<Option<RawLine>> {
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        let buffer = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok((length > 0).then(|| RawLine::new(bytes, length)));
        }
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        length += part.len();
        let room = (LINE_LIMIT + 1).saturating_sub(bytes.len());
        bytes.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(RawLine::new(bytes, length)));
        }
    }
}

impl RawLine {
    fn new(mut bytes: Vec<u8>, length: usize) -> Self {
        let cut = length > LINE_LIMIT;
        if cut {
            bytes.truncate(SHOWN);
        }
        let text = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(&bytes)).into_owned();
        Self { text, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(input: &[u8]) -> Vec<String> {
        read(input).unwrap().into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_end_as_they_may() {
        assert_eq!(texts(b"a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(texts(b""), [""; 0]);
        assert_eq!(texts(b"\xff\n"), ["\u{fffd}"]);
    }

    #[test]
    fn a_line_beyond_the_limit_is_cut_and_the_next_is_whole() {
        let mut input = vec![b'x'; LINE_LIMIT];
        input.push(b'\n');
        input.extend(vec![b'y'; LINE_LIMIT + 1]);
        input.extend(b"\nz");
        let lines = read(&input[..]).unwrap();
        let shapes: Vec<_> = lines.iter().map(|line| (line.text.len(), line.cut)).collect();
        assert_eq!(shapes, [(LINE_LIMIT, false), (SHOWN, true), (1, false)]);
    }
}
