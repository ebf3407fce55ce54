//! The options of a server's message, by number (RFC 2132).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use dhcproto::v4::OptionCode;
use ipnet::Ipv4Net;

use super::super::{Malformed, printable, tail};
use super::{OPTIONS, ReplyKind, malformed};

/// The options of a message: where each first stands, and all its parts joined (RFC 3396).
pub(super) struct Options(BTreeMap<OptionCode, (usize, Vec<u8>)>);

impl Options {
    /// Reads the options, and those that overflowed into `file` and `sname` (option 52).
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        const SNAME: std::ops::Range<usize> = 44..108;
        const FILE: std::ops::Range<usize> = 108..236;
        let mut options = Self(BTreeMap::new());
        options.collect(tail(bytes, OPTIONS), OPTIONS)?;
        let overload = match options.0.get(&OptionCode::OptionOverload) {
            None => 0,
            Some((_, value)) if matches!(value[..], [1..=3]) => value.first().copied().unwrap_or(0),
            Some((at, _)) => return Err(malformed(*at, "option overload is not 1, 2 or 3")),
        };
        for (bit, area) in [(1, FILE), (2, SNAME)] {
            if overload & bit != 0 {
                let at = area.start;
                options.collect(bytes.get(area).unwrap_or_default(), at)?;
            }
        }
        Ok(options)
    }

    /// Reads one area, which begins at byte `start` of the message.
    fn collect(&mut self, area: &[u8], start: usize) -> Result<(), Malformed> {
        const PAD: u8 = 0;
        const END: u8 = 255;
        let mut rest = area;
        while let [code, after @ ..] = rest {
            let at = start + area.len() - rest.len();
            match *code {
                END => break,
                PAD => rest = after,
                code => {
                    let cut = || malformed(at, "option is cut short");
                    let (length, after) = after.split_first().ok_or_else(cut)?;
                    let (value, after) = after.split_at_checked(usize::from(*length)).ok_or_else(cut)?;
                    let (_, joined) = self.0.entry(code.into()).or_insert_with(|| (at, Vec::new()));
                    joined.extend_from_slice(value);
                    rest = after;
                }
            }
        }
        Ok(())
    }

    /// Option 53.
    pub(super) fn kind(&self) -> Result<ReplyKind, Malformed> {
        let (at, value) = self
            .0
            .get(&OptionCode::MessageType)
            .ok_or_else(|| malformed(OPTIONS, "message type is missing"))?;
        match value[..] {
            [2] => Ok(ReplyKind::Offer),
            [5] => Ok(ReplyKind::Ack),
            [6] => Ok(ReplyKind::Nak),
            _ => Err(malformed(*at, "message type is not a server's")),
        }
    }

    /// An option that holds one address.
    pub(super) fn address(
        &self,
        code: OptionCode,
        problem: &'static str,
    ) -> Result<Option<Ipv4Addr>, Malformed> {
        Ok(self.number(code, problem)?.map(Ipv4Addr::from))
    }

    /// An option that holds a number of 32 bits.
    pub(super) fn number(&self, code: OptionCode, problem: &'static str) -> Result<Option<u32>, Malformed> {
        let Some((at, value)) = self.0.get(&code) else { return Ok(None) };
        let bytes = value.as_slice().try_into().map_err(|_| malformed(*at, problem))?;
        Ok(Some(u32::from_be_bytes(bytes)))
    }

    /// An option that holds one address or several; none if it is missing.
    pub(super) fn addresses(
        &self,
        code: OptionCode,
        problem: &'static str,
    ) -> Result<Vec<Ipv4Addr>, Malformed> {
        let Some((at, value)) = self.0.get(&code) else { return Ok(Vec::new()) };
        match value.as_chunks::<4>() {
            (addresses, []) if !addresses.is_empty() => {
                Ok(addresses.iter().map(|bytes| Ipv4Addr::from(*bytes)).collect())
            }
            _ => Err(malformed(*at, problem)),
        }
    }

    /// A text of the peer, safe to print. Some servers end it with a zero byte.
    pub(super) fn text(&self, code: OptionCode) -> Option<String> {
        let (_, value) = self.0.get(&code)?;
        Some(printable(value)).filter(|text| !text.is_empty())
    }

    /// Option 121 (RFC 3442): prefix length, as many bytes of the network as that needs, router.
    pub(super) fn routes(&self) -> Result<Option<Vec<(Ipv4Net, Ipv4Addr)>>, Malformed> {
        let Some((at, value)) = self.0.get(&OptionCode::ClasslessStaticRoute) else { return Ok(None) };
        let refuse = || malformed(*at, "classless routes are cut short or have a prefix over 32");
        let mut routes = Vec::new();
        let mut rest = value.as_slice();
        while let [length, after @ ..] = rest {
            let significant = usize::from(length.div_ceil(8));
            let (network, after) = after.split_at_checked(significant).ok_or_else(refuse)?;
            let (router, after) = after.split_first_chunk::<4>().ok_or_else(refuse)?;
            let mut octets = [0; 4];
            for (octet, byte) in octets.iter_mut().zip(network) {
                *octet = *byte;
            }
            let network = Ipv4Net::new(Ipv4Addr::from(octets), *length).map_err(|_| refuse())?;
            routes.push((network.trunc(), Ipv4Addr::from(*router)));
            rest = after;
        }
        if routes.is_empty() { Err(refuse()) } else { Ok(Some(routes)) }
    }
}
