//! The text of a file, whatever is in it.

use std::fs::File;
use std::io::{self, Read};

use crate::language::text::{self, Decoded};

/// The largest file that is read, in bytes. A device or a pipe may have no end.
const FILE_LIMIT: u64 = 1 << 28;

/// Reads a file, or standard input for `-`.
pub(super) fn read(file: &str) -> io::Result<Decoded> {
    match file {
        "-" => whole(io::stdin().lock(), FILE_LIMIT),
        path => whole(File::open(path)?, FILE_LIMIT),
    }
}

fn whole(input: impl Read, limit: u64) -> io::Result<Decoded> {
    let mut bytes = Vec::new();
    input.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    Ok(text::decode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_end_is_refused() {
        assert_eq!(whole(&b"12345678"[..], 8).unwrap().text, "12345678");
        assert_eq!(whole(io::repeat(b'a'), 8).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
