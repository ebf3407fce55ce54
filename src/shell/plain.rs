//! The console on a pipe: lines in, text out, no prompts.

use std::io::{BufRead, Write};

use super::encoding::decode;
use super::{ShellError, bounded};
use crate::daemon::client::{Answer, Client};
use crate::daemon::message::{LINE_LIMIT, Request};
use crate::types::Encoding;

/// Runs every line of `input` until its end or until the session closes.
///
/// True if no line was refused.
pub fn run(
    mut client: Client,
    greeting: &Answer,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<bool, ShellError> {
    output.write_all(&greeting.bytes())?;
    let mut all_well = true;
    loop {
        output.flush()?;
        let Some(line) = read_line(input)? else { break };
        let answer = client.run(bounded(&line))?;
        output.write_all(&answer.bytes())?;
        all_well &= answer.ok;
        if answer.closed {
            output.flush()?;
            return Ok(all_well);
        }
    }
    let farewell = client.request(&Request::Bye)?;
    output.write_all(&farewell.bytes())?;
    output.flush()?;
    Ok(all_well && farewell.ok)
}

/// The next line without its end; `None` at the end of the input.
///
/// Of a line that is too long only its beginning is kept, so that no input fills the memory.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line: Vec<u8> = Vec::new();
    let mut began = false;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        began = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let room = (LINE_LIMIT + 8).saturating_sub(line.len());
        line.extend(chunk[..end.unwrap_or(chunk.len())].iter().take(room));
        let used = end.map_or(chunk.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    let text = decode(&line, Encoding::Utf8);
    Ok(began.then(|| text.strip_suffix('\r').unwrap_or(&text).to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    fn read_all(input: &[u8]) -> Vec<String> {
        let mut input = BufReader::with_capacity(3, Cursor::new(input.to_vec()));
        std::iter::from_fn(|| read_line(&mut input).unwrap()).collect()
    }

    #[test]
    fn lines_end_as_anywhere() {
        assert_eq!(read_all(b"one\r\n\ntwo \xff\nthree"), ["one", "", "two \u{fffd}", "three"]);
        assert_eq!(read_all(b"description \x92\xd2\x93\xb9\x98H\n"), ["description 辻道路"]);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let lines = read_all(&[b"a".repeat(10 * LINE_LIMIT), b"\nnext\n".to_vec()].concat());
        assert!(lines[0].len() > LINE_LIMIT && lines[0].len() < LINE_LIMIT + 10, "{}", lines[0].len());
        assert_eq!(lines[1], "next");
    }
}
