//! From bytes to text: UTF-8, and what Japanese editors and routers wrote before it.
//!
//! What is valid UTF-8 is UTF-8. Any other file is decoded in each encoding in question, and the
//! one that looks most like Japanese is taken: kana and common kanji speak for it, rare kanji and
//! bytes that cannot be decoded against it. Where none looks like Japanese, the file is UTF-8 with
//! broken bytes.

use std::fmt;

use encoding_rs::{EUC_JP, SHIFT_JIS, UTF_8};

/// How the text of a file was stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, plain ASCII included.
    #[default]
    Utf8,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// Shift-JIS, with the additions that Windows knows.
    ShiftJis,
    /// EUC-JP.
    EucJp,
}

/// A file as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The text; U+FFFD for each sequence of bytes that means nothing.
    pub text: String,
    /// What it was stored in.
    pub encoding: Encoding,
}

/// How many bytes of lines with Japanese are looked at to find out the encoding.
const SAMPLE: usize = 1 << 16;

/// Decodes a file, whatever is in it.
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
        let encoding = if encoding == UTF_8 { Encoding::Utf8 } else { Encoding::Utf16 };
        return Decoded { text, encoding };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.to_owned(), encoding: Encoding::Utf8 };
    }
    let encoding = likeliest(&sample(bytes));
    Decoded { text: encoding.text_of(bytes), encoding }
}

/// The beginning of all that is no ASCII, by whole lines.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split_inclusive(|&byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_ascii()) {
        sample.extend_from_slice(&line[..line.len().min(SAMPLE)]);
        if sample.len() >= SAMPLE {
            break;
        }
    }
    sample
}

fn likeliest(sample: &[u8]) -> Encoding {
    let japanese = |encoding: Encoding| likeness(&encoding.text_of(sample));
    let mut best = (Encoding::Utf8, japanese(Encoding::Utf8).max(0));
    for encoding in [Encoding::ShiftJis, Encoding::EucJp] {
        let likeness = japanese(encoding);
        if likeness > best.1 {
            best = (encoding, likeness);
        }
    }
    best.0
}

/// How much a text looks like Japanese, judged by the places of its signs in the JIS tables, which
/// are sorted by use: EUC-JP is those places, as bytes.
fn likeness(text: &str) -> i64 {
    let broken = text.chars().filter(|&sign| sign == char::REPLACEMENT_CHARACTER).count() as i64;
    let controls = text.chars().filter(|sign| matches!(sign, '\u{80}'..='\u{9f}')).count() as i64;
    let (bytes, _, _) = EUC_JP.encode(text);
    let mut likeness = -12 * broken - 4 * controls;
    let mut rest = &bytes[..];
    while let [lead, after @ ..] = rest {
        let (length, worth) = match lead {
            0..=0x7f => (1, 0),
            0x8e => half_width(rest),
            0x8f => (3, -4),
            // Punctuation, full-width letters, kana, common kanji, rare kanji.
            0xa1 | 0xa3 => (2, 4),
            0xa4 | 0xa5 => (2, 6),
            0xb0..=0xcf => (2, 5),
            0xd0..=0xf4 => (2, -3),
            _ => (2, -4),
        };
        likeness += worth;
        rest = after.get(length - 1..).unwrap_or_default();
    }
    likeness
}

/// The length and worth of a run of half-width kana: one alone is hardly a word.
fn half_width(bytes: &[u8]) -> (usize, i64) {
    let run = bytes.chunks(2).take_while(|pair| pair[0] == 0x8e).count();
    (2 * run, if run == 1 { -4 } else { run as i64 })
}

impl Encoding {
    fn text_of(self, bytes: &[u8]) -> String {
        match self {
            Self::ShiftJis => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
            Self::EucJp => EUC_JP.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Utf8 | Self::Utf16 => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

impl Decoded {
    /// What to say of a text that was not UTF-8.
    pub fn notice(&self) -> Option<String> {
        (self.encoding != Encoding::Utf8).then(|| format!("the text was converted from {}", self.encoding))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::ShiftJis => "Shift-JIS",
            Self::EucJp => "EUC-JP",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str =
        "# 経路設定\nip route default gateway pp 1\npp select 1 # プロバイダとの接続\n";

    /// In each encoding, the same text comes out.
    #[test]
    fn japanese_is_recognised() {
        for text in [
            CONFIGURATION,
            "description pp 本社\n",
            "pp name プロバイダ\n",
            "description lan1 ﾌﾟﾛﾊﾞｲﾀﾞ\n",
            "# 表示、能力。ソース\n",
            "description 東京\n",
        ] {
            let (sjis, _, lost) = SHIFT_JIS.encode(text);
            assert!(!lost);
            assert_eq!(decode(&sjis), Decoded { text: text.to_owned(), encoding: Encoding::ShiftJis });
            let utf8 = decode(text.as_bytes());
            assert_eq!((utf8.text.as_str(), utf8.encoding), (text, Encoding::Utf8));
        }
        for text in [CONFIGURATION, "description pp 本社\n", "pp name プロバイダ\n", "description 東京\n"]
        {
            let (euc, _, lost) = EUC_JP.encode(text);
            assert!(!lost);
            assert_eq!(decode(&euc), Decoded { text: text.to_owned(), encoding: Encoding::EucJp });
        }
    }

    #[test]
    fn broken_bytes_do_not_make_a_file_japanese() {
        for (bytes, text) in [
            (&b"hostname \xffx\n"[..], "hostname \u{fffd}x\n"),
            (b"hostname \xc3(\n", "hostname \u{fffd}(\n"),
            (b"hostname caf\xe9\n", "hostname caf\u{fffd}\n"),
            (b"a \x93b\x94 c\n", "a \u{fffd}b\u{fffd} c\n"),
            (b"\x80\x81\xa0", "\u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(decode(bytes), Decoded { text: text.to_owned(), encoding: Encoding::Utf8 });
        }
        let mut broken = CONFIGURATION.as_bytes().to_vec();
        broken.extend(b"hostname \xff\n");
        assert_eq!(decode(&broken).text, format!("{CONFIGURATION}hostname \u{fffd}\n"));
        // Half a file may end in the middle of a sign.
        let cut = &CONFIGURATION.as_bytes()[..4];
        assert_eq!(decode(cut), Decoded { text: "# \u{fffd}".to_owned(), encoding: Encoding::Utf8 });
    }

    #[test]
    fn a_broken_byte_in_shift_jis_is_one_sign() {
        let mut bytes = SHIFT_JIS.encode(CONFIGURATION).0.into_owned();
        bytes.extend(b"hostname \xff\n");
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, format!("{CONFIGURATION}hostname \u{fffd}\n"));
        assert_eq!(decoded.notice().unwrap(), "the text was converted from Shift-JIS");
    }

    #[test]
    fn a_byte_order_mark_says_what_the_file_is() {
        assert_eq!(decode(b"\xef\xbb\xbfhostname a").text, "hostname a");
        let utf16: Vec<u8> =
            "\u{feff}hostname 辻".encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
        assert_eq!(decode(&utf16), Decoded { text: "hostname 辻".to_owned(), encoding: Encoding::Utf16 });
        assert_eq!(decode(b"").notice(), None);
    }
}
