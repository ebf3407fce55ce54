//! What a terminal shows around the lines of a configuration: pagers, prompts, dump headers.

use crate::types::Dialect;

/// The prompts at the end of a screen page, in small letters and without blanks.
const PAGERS: [&str; 4] = ["--more--", "---more---", "---つづく---", "--つづく--"];

/// A line as it came out of a terminal, without what a pager wrote over it.
pub fn without_pager(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}');
    let begun = line.trim_start_matches(is_overwriting);
    let Some(length) = pager_length(begun) else { return line };
    let mut rest = &begun[length..];
    loop {
        rest = rest.trim_start_matches(is_overwriting);
        let Some(sequence) = rest.strip_prefix("\u{1b}[") else { return rest };
        rest = sequence.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ';');
        rest = rest.strip_prefix(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(rest);
    }
}

/// The bytes of the pager at the start of a line.
fn pager_length(line: &str) -> Option<usize> {
    line.starts_with("--").then_some(())?;
    let mut seen = String::new();
    for (at, sign) in line.char_indices().take(24) {
        if sign != ' ' {
            seen.extend(sign.to_lowercase());
        }
        if PAGERS.contains(&seen.as_str()) && !line[at + sign.len_utf8()..].starts_with('-') {
            return Some(at + sign.len_utf8());
        }
    }
    None
}

/// What moves back over a line, or blanks it.
fn is_overwriting(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\r' | '\u{8}' | '\u{7f}')
}

/// `Using 2539 out of 1048576 bytes`, the first line of `show config` on an IX.
pub fn is_dump_header(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().take(7).collect();
    matches!(words.as_slice(), ["Using", _, "out", "of", _, "bytes"])
}

/// A line without the prompt before it, if there is one that can be nothing else: nobody writes
/// `Router(config)# ` or `pp1# ` otherwise.
pub fn without_sure_prompt(dialect: Dialect, line: &str) -> Option<&str> {
    without_prompt(dialect, line).filter(|found| found.sure).map(|found| found.rest)
}

/// A line without the prompt before it, if there may be one: whether it is one, a command behind
/// it tells.
pub fn without_prompt(dialect: Dialect, line: &str) -> Option<Prompted<'_>> {
    let begun = line.trim_start();
    let at = begun.find(['#', '%', '>']).filter(|&at| at <= LONGEST_PROMPT)?;
    let (name, sign, rest) = (&begun[..at], &begun[at..=at], begun[at + 1..].trim_start());
    let context = match dialect {
        Dialect::Ix => name.ends_with(')') && name.contains("(config"),
        Dialect::Rtx => name.split([' ', ']']).next_back().is_some_and(is_selection),
    };
    let fits = match dialect {
        Dialect::Ix => !name.is_empty() && sign != ">",
        Dialect::Rtx => sign != "%",
    };
    let plain = !name.contains(char::is_whitespace) || name.trim_end().ends_with(']');
    (fits && (context || plain)).then_some(Prompted { rest, sure: context })
}

/// What stands behind a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompted<'a> {
    /// The line without it.
    pub rest: &'a str,
    /// Whether it can be nothing but a prompt.
    pub sure: bool,
}

/// Bytes of a prompt: a name of 64 signs, and the context.
const LONGEST_PROMPT: usize = 100;

/// `pp1`, `tunnel12`, `anonymous`: the selection in an RTX's prompt.
fn is_selection(word: &str) -> bool {
    let number = |name| word.strip_prefix(name).is_some_and(|rest: &str| rest.parse::<u16>().is_ok());
    word == "anonymous" || number("pp") || number("tunnel")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_leaves_the_line_that_follows_it() {
        for (line, left) in [
            ("--More-- \r        \rip dhcp enable", "ip dhcp enable"),
            ("--More--\u{8}\u{8}\u{8}  \u{8}\u{8}ip dhcp enable", "ip dhcp enable"),
            ("\r--More--\u{1b}[2K\rip dhcp enable", "ip dhcp enable"),
            ("--- more ---\r            \r ip pp mtu 1454", "ip pp mtu 1454"),
            ("---more---", ""),
            ("---つづく---", ""),
            ("--- つづく ---", ""),
            ("  no shutdown", "  no shutdown"),
            ("--More----", "--More----"),
            ("\u{feff}hostname a", "hostname a"),
        ] {
            assert_eq!(without_pager(line), left, "{line:?}");
        }
    }

    #[test]
    fn a_prompt_leaves_what_was_typed() {
        for (dialect, line, left) in [
            (
                Dialect::Ix,
                "Router(config)# ip route default Null0.0",
                Some(("ip route default Null0.0", true)),
            ),
            (Dialect::Ix, "ix-PD-dyn(config)#", Some(("", true))),
            (Dialect::Ix, "ix01(config-GigaEthernet0.0)# shutdown", Some(("shutdown", true))),
            (Dialect::Ix, "Router(config)% show clock", Some(("show clock", true))),
            (Dialect::Ix, "Router# show clock", Some(("show clock", false))),
            (Dialect::Ix, "ip route default 192.0.2.1 # note", None),
            (Dialect::Ix, "hostname a", None),
            (Dialect::Rtx, "pp1# pp always-on on", Some(("pp always-on on", true))),
            (Dialect::Rtx, "[RTX1210] tunnel12# tunnel enable 12", Some(("tunnel enable 12", true))),
            (Dialect::Rtx, "anonymous# pp bind tunnel1", Some(("pp bind tunnel1", true))),
            (Dialect::Rtx, "RTX830> show config", Some(("show config", false))),
            (Dialect::Rtx, "[RTX1210] # save", Some(("save", false))),
            (Dialect::Rtx, "ipp lan1 # ip lan1 address dhcp", None),
        ] {
            let found = without_prompt(dialect, line).map(|prompted| (prompted.rest, prompted.sure));
            assert_eq!(found, left, "{line:?}");
        }
    }

    #[test]
    fn a_dump_begins_with_its_size() {
        assert!(is_dump_header("Using 2539 out of 1048576 bytes"));
        assert!(!is_dump_header("Using 2539 out of 1048576 bytes and more"));
    }
}
