//! Terminals that do not speak UTF-8 (`console character ja.sjis`, `ja.euc`).

use std::io::{self, Write};

use encoding_rs::{EUC_JP, SHIFT_JIS};

use crate::language::text;
use crate::types::Encoding;

/// The text in bytes of this encoding; a `?` stands for what it does not have.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let table = match encoding {
        Encoding::Utf8 => return text.as_bytes().to_vec(),
        Encoding::Sjis => SHIFT_JIS,
        Encoding::Euc => EUC_JP,
    };
    let (bytes, _, has_unknown) = table.encode(text);
    if !has_unknown {
        return bytes.into_owned();
    }
    let mut sign = [0; 4];
    let known = |text: &str| !table.encode(text).2;
    let text: String = text.chars().map(|c| if known(c.encode_utf8(&mut sign)) { c } else { '?' }).collect();
    table.encode(&text).0.into_owned()
}

/// What was typed in this encoding, as text; U+FFFD stands for bytes that are none.
///
/// What is no UTF-8 may be Japanese from an old file all the same, and is looked at as such.
pub fn decode(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => text::decode(bytes).text,
        Encoding::Sjis => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
        Encoding::Euc => EUC_JP.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Takes text as UTF-8, whole characters at a time, and passes it on in an encoding.
pub struct Encoded<'a, W> {
    /// Where the bytes go.
    pub output: &'a mut W,
    /// Which ones.
    pub encoding: Encoding,
}

impl<W: Write> Write for Encoded<'_, W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.output.write_all(&encode(&String::from_utf8_lossy(text), self.encoding))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_goes_out_and_comes_in() {
        let text = "エラー: 辻\n";
        assert_eq!(encode("辻", Encoding::Sjis), [0x92, 0xd2]);
        assert_eq!(encode("辻", Encoding::Euc), [0xc4, 0xd4]);
        for encoding in [Encoding::Utf8, Encoding::Sjis, Encoding::Euc] {
            assert_eq!(decode(&encode(text, encoding), encoding), text);
        }
    }

    #[test]
    fn what_an_encoding_has_not_is_a_question_mark() {
        assert_eq!(encode("a🦀辻", Encoding::Sjis), b"a?\x92\xd2");
        assert_eq!(decode(b"a\xff", Encoding::Sjis), "a\u{fffd}");
    }
}
