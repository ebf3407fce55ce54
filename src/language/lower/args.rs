//! The values of one line, for the arms of lowering.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::language::command::{Command, Word};
use crate::language::tree::Line;
use crate::types::{Dialect, InterfaceName, LineId, Mac, Sourced};

/// A line and the context around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Args<'a> {
    line: LineId,
    command: &'a Command,
    /// The words that are looked at: all of the command, or one of its parts.
    words: &'a [Word],
    context: Option<&'a Command>,
}

/// Why a line cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// In these words.
    Says(String),
    /// Another line says otherwise of the same thing.
    Claimed { what: String, by: LineId },
}

impl<'a> Args<'a> {
    pub(super) fn new(line: &'a Line, context: Option<&'a Line>) -> Self {
        let (command, context) = (&line.command, context.map(|context| &context.command));
        Self { line: line.id, command, words: &command.words, context }
    }

    /// The line itself.
    pub(super) fn line(&self) -> LineId {
        self.line
    }

    /// The dialect that it is written in.
    pub(super) fn dialect(&self) -> Dialect {
        self.command.dialect
    }

    /// `value`, as said by this line.
    pub(super) fn sourced<T>(&self, value: T) -> Sourced<T> {
        Sourced::new(value, self.line)
    }

    /// The parts of the line that begin with this keyword, in order.
    pub(super) fn parts(&self, keyword: &str) -> Vec<Self> {
        let begins = |word: &Word| word.is_keyword() && word.value.is_none() && word.text == keyword;
        let starts = self.words.iter().enumerate().filter(|(_, word)| begins(word));
        let starts: Vec<usize> = starts.map(|(place, _)| place).collect();
        let ends = starts.iter().skip(1).copied().chain([self.words.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| Self { words: &self.words[start..end], ..*self })
            .collect()
    }

    /// Whether this keyword stands in the line.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.words.iter().any(|word| word.is_keyword() && word.text == keyword)
    }

    /// Whether the line's switch, tagged `state`, is on.
    pub(super) fn is_on(&self) -> bool {
        self.text("state").is_some_and(|state| state == "on")
    }

    /// Whether the line is a `no` statement.
    pub(super) fn is_negated(&self) -> bool {
        self.words.first().is_some_and(|word| word.text == "no" && word.is_keyword())
    }

    /// The text of the first value with this tag, if there is one.
    pub(super) fn text(&self, tag: &str) -> Option<Cow<'a, str>> {
        self.values(tag).next()
    }

    /// The value with this tag.
    pub(super) fn get<T: FromStr<Err: Display>>(&self, tag: &str) -> Result<T, Refusal> {
        parse(&self.text(tag).ok_or_else(|| missing(tag))?)
    }

    /// The value with this tag, if there is one.
    pub(super) fn optional<T: FromStr<Err: Display>>(&self, tag: &str) -> Result<Option<T>, Refusal> {
        self.text(tag).map(|text| parse(&text)).transpose()
    }

    /// All values with this tag, in order.
    pub(super) fn all<T: FromStr<Err: Display>>(&self, tag: &str) -> Result<Vec<T>, Refusal> {
        self.values(tag).map(|text| parse(&text)).collect()
    }

    fn values(&self, tag: &str) -> impl Iterator<Item = Cow<'a, str>> {
        let tagged = self.words.iter().filter(move |word| word.is_tagged(tag));
        tagged.map(|word| self.command.plain(word))
    }

    /// The interface with this tag; `None` also for one of a kind that is not built yet.
    pub(super) fn interface(&self, tag: &str) -> Option<InterfaceName> {
        self.text(tag)?.parse().ok()
    }

    /// The tagged words in their order, with their tags.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        self.command.tagged()
    }

    /// A value of the line that opens the context around this one.
    pub(super) fn context<T: FromStr<Err: Display>>(&self, tag: &str) -> Result<T, Refusal> {
        let text = self.context.and_then(|context| context.value(tag)).ok_or_else(|| missing(tag))?;
        parse(&text)
    }
}

pub(super) fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|error: T::Err| Refusal::Says(format!("{text:?}: {error}")))
}

/// A value that the grammar guarantees and the line lacks.
fn missing(tag: &str) -> Refusal {
    Refusal::Says(format!(
        "the grammar gives this line no {tag:?}: this is a defect of tsuji, please report it"
    ))
}

/// A hardware address in every spelling of an IX: `0:0:5e:0:53:1`, `00-00-5e-00-53-01`, `0000.5e00.5301`.
pub(super) fn any_mac(text: &str) -> Result<Mac, Refusal> {
    let separator = if text.contains('.') {
        '.'
    } else if text.contains('-') {
        '-'
    } else {
        ':'
    };
    let width = if separator == '.' { 4 } else { 2 };
    let digits: String = text.split(separator).map(|part| format!("{part:0>width$}")).collect();
    let pairs: Vec<&str> =
        (0..digits.len() / 2).filter_map(|pair| digits.get(2 * pair..2 * pair + 2)).collect();
    parse(&pairs.join(":"))
}

/// Claims a single-valued thing for this line.
pub(super) fn claim<T: PartialEq>(
    slot: &mut Option<Sourced<T>>,
    value: Sourced<T>,
    what: impl FnOnce() -> String,
) -> Result<(), Refusal> {
    match slot {
        Some(taken) if taken.value != value.value => Err(Refusal::Claimed { what: what(), by: taken.origin }),
        Some(_) => Ok(()),
        None => {
            *slot = Some(value);
            Ok(())
        }
    }
}

/// An address or a network in every spelling of both dialects: `A`, `A/LEN`, `A/MASK`, `A/0xHEX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network(pub(super) IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((address, mask)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(|address| Self(address.into())).map_err(|_| NO_NETWORK);
        };
        let address: IpAddr = address.parse().map_err(|_| NO_NETWORK)?;
        let network = match mask.parse::<u8>() {
            Ok(length) => IpNet::new(address, length).map_err(|_| NO_NETWORK)?,
            Err(_) => {
                IpNet::with_netmask(address, mask_address(mask).ok_or(NO_NETWORK)?).map_err(|_| NO_NETWORK)?
            }
        };
        Ok(Self(network))
    }
}

const NO_NETWORK: &str = "this is no network: write 192.168.0.0/24 or 2001:db8::/64";

/// The mask in `/255.255.255.0` and `/0xffffff00`.
fn mask_address(mask: &str) -> Option<IpAddr> {
    match mask.strip_prefix("0x") {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok().map(|bits| IpAddr::V4(bits.into())),
        None => mask.parse().ok(),
    }
}

impl Network {
    /// As an IPv4 network.
    pub(super) fn ipv4(self) -> Result<Ipv4Net, Refusal> {
        match self.0 {
            IpNet::V4(network) => Ok(network),
            IpNet::V6(_) => Err(Refusal::Says(format!("{} is not IPv4", self.0))),
        }
    }

    /// As an IPv6 network.
    pub(super) fn ipv6(self) -> Result<Ipv6Net, Refusal> {
        match self.0 {
            IpNet::V6(network) => Ok(network),
            IpNet::V4(_) => Err(Refusal::Says(format!("{} is not IPv6", self.0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read_in_every_spelling() {
        let network = |text: &str| text.parse::<Network>().map(|network| network.0.to_string());
        for text in ["192.168.0.254/24", "192.168.0.254/255.255.255.0", "192.168.0.254/0xffffff00"] {
            assert_eq!(network(text).as_deref(), Ok("192.168.0.254/24"), "{text}");
        }
        assert_eq!(network("10.0.0.1").as_deref(), Ok("10.0.0.1/32"));
        assert_eq!(network("10.0.0.1/255.0.255.0"), Err(NO_NETWORK));
        assert_eq!(network("10.0.0.1/33"), Err(NO_NETWORK));
    }

    #[test]
    fn a_claim_yields_to_none_but_its_equal() {
        let mut slot = Some(Sourced::new(1, LineId(7)));
        assert_eq!(claim(&mut slot, Sourced::new(1, LineId(8)), String::new), Ok(()));
        let refused = claim(&mut slot, Sourced::new(2, LineId(8)), || "the number".to_owned());
        assert_eq!(refused, Err(Refusal::Claimed { what: "the number".to_owned(), by: LineId(7) }));
    }
}
