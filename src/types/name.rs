//! What an interface is called: in either command line, and in the kernel.
//!
//! A physical port has one neutral number, so that both dialects speak of the same port:
//! `GigaEthernet1` is `lan1` (the LAN side of every model), `GigaEthernet0` is `lan2` (the WAN
//! side), and from there on `GigaEthernetN` is `lan(N+1)`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Dialect;

/// A physical port, by NEC's number (from 0, at most [`Port::MAX`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Port(u8);

impl Port {
    /// The highest number of a port.
    pub const MAX: u8 = 63;

    /// `GigaEthernetNUMBER`.
    pub fn giga_ethernet(number: u8) -> Result<Self, NameError> {
        if number > Self::MAX {
            return Err(NameError(format!("GigaEthernet{number}")));
        }
        Ok(Self(number))
    }

    /// `lanNUMBER`, which Yamaha counts from 1.
    pub fn lan(number: u8) -> Result<Self, NameError> {
        match number {
            1 => Ok(Self(1)),
            2 => Ok(Self(0)),
            3.. if number - 1 <= Self::MAX => Ok(Self(number - 1)),
            _ => Err(NameError(format!("lan{number}"))),
        }
    }

    /// The number in `GigaEthernetN`.
    pub fn giga_ethernet_number(self) -> u8 {
        self.0
    }

    /// The number in `lanN`.
    pub fn lan_number(self) -> u8 {
        match self.0 {
            0 => 2,
            1 => 1,
            number => number + 1,
        }
    }

    /// Its name in a command line: `GigaEthernet0` or `lan2`.
    pub fn in_dialect(self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Ix => format!("GigaEthernet{}", self.giga_ethernet_number()),
            Dialect::Rtx => format!("lan{}", self.lan_number()),
        }
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_dialect(Dialect::Ix))
    }
}

impl From<Port> for String {
    fn from(port: Port) -> Self {
        port.to_string()
    }
}

impl TryFrom<String> for Port {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl FromStr for Port {
    type Err = NameError;

    /// Reads `GigaEthernet0` and `lan2`, in any case of letters.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let refuse = || NameError(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let number = |digits: &str| digits.parse::<u8>().map_err(|_| refuse());
        if let Some(digits) = lower.strip_prefix("gigaethernet") {
            return Self::giga_ethernet(number(digits)?).map_err(|_| refuse());
        }
        if let Some(digits) = lower.strip_prefix("lan") {
            return Self::lan(number(digits)?).map_err(|_| refuse());
        }
        Err(refuse())
    }
}

/// A text that names no interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no interface is called {0:?}: use names as GigaEthernet0.0 or lan1")]
pub struct NameError(pub String);

/// An interface of the router, as the model knows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InterfaceName {
    /// The base interface of a port: `GigaEthernet0.0`, `lan2`.
    Port(Port),
    /// An interface on top of a port, by its number from 1: `GigaEthernet0.1`, `lan2/1`.
    Sub(Port, u16),
    /// The interface of a bridge, by the bridge's number: `BVI1`, `bridge1`.
    Bridge(u8),
    /// An interface without a port, by NEC's number from 0: `Loopback0.0`, `loopback1`.
    Loopback(u8),
    /// The interface that drops all: `Null0.0`, `null`.
    Null,
}

impl InterfaceName {
    /// Its name in a command line: `GigaEthernet0.0` or `lan2`.
    pub fn in_dialect(self, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Port(port), Dialect::Ix) => format!("{}.0", port.in_dialect(dialect)),
            (Self::Port(port), Dialect::Rtx) => port.in_dialect(dialect),
            (Self::Sub(port, number), Dialect::Ix) => format!("{}.{number}", port.in_dialect(dialect)),
            (Self::Sub(port, number), Dialect::Rtx) => format!("{}/{number}", port.in_dialect(dialect)),
            (Self::Bridge(number), Dialect::Ix) => format!("BVI{number}"),
            (Self::Bridge(number), Dialect::Rtx) => format!("bridge{number}"),
            (Self::Loopback(number), Dialect::Ix) => format!("Loopback{number}.0"),
            (Self::Loopback(number), Dialect::Rtx) => format!("loopback{}", u16::from(number) + 1),
            (Self::Null, Dialect::Ix) => "Null0.0".to_owned(),
            (Self::Null, Dialect::Rtx) => "null".to_owned(),
        }
    }

    /// The short name that the kernel gets where the interface is one of our own making.
    ///
    /// Loopback interfaces are addresses of the kernel's own, and so is the one that drops all.
    pub fn kernel_name(self) -> KernelName {
        KernelName(match self {
            Self::Port(port) => format!("ge{}", port.giga_ethernet_number()),
            Self::Sub(port, number) => format!("ge{}.{number}", port.giga_ethernet_number()),
            Self::Bridge(number) => format!("bvi{number}"),
            Self::Loopback(_) | Self::Null => "lo".to_owned(),
        })
    }

    /// The port below, if there is one.
    pub fn port(self) -> Option<Port> {
        match self {
            Self::Port(port) | Self::Sub(port, _) => Some(port),
            Self::Bridge(_) | Self::Loopback(_) | Self::Null => None,
        }
    }
}

impl fmt::Debug for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_dialect(Dialect::Ix))
    }
}

impl FromStr for InterfaceName {
    type Err = NameError;

    /// Reads the names of both command lines, in any case of letters.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let refuse = || NameError(text.to_owned());
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("gigaethernet") {
            let (port, number) = lower.split_once('.').ok_or_else(refuse)?;
            return Self::on_port(port, number, 0).ok_or_else(refuse);
        }
        if lower.starts_with("lan") {
            return match lower.split_once('/') {
                Some((port, number)) => Self::on_port(port, number, 1).ok_or_else(refuse),
                None => Ok(Self::Port(lower.parse().map_err(|_| refuse())?)),
            };
        }
        Self::without_port(&lower).ok_or_else(refuse)
    }
}

impl InterfaceName {
    /// The highest number of an interface on top of a port.
    pub const SUB_MAX: u16 = 9999;

    /// An interface by the name of its port and its number, which is at least `first`.
    fn on_port(port: &str, number: &str, first: u16) -> Option<Self> {
        let port = port.parse().ok()?;
        match plain_number(number)? {
            number if number < first => None,
            0 => Some(Self::Port(port)),
            number => (number <= Self::SUB_MAX).then_some(Self::Sub(port, number)),
        }
    }

    fn without_port(lower: &str) -> Option<Self> {
        let byte = |digits: &str| u8::try_from(plain_number(digits)?).ok();
        if let Some(number) = lower.strip_prefix("bvi").or_else(|| lower.strip_prefix("bridge")) {
            return Some(Self::Bridge(byte(number)?));
        }
        if let Some(number) = lower.strip_prefix("loopback") {
            return match number.strip_suffix(".0") {
                Some(number) => Some(Self::Loopback(byte(number)?)),
                None => u8::try_from(plain_number(number)?.checked_sub(1)?).ok().map(Self::Loopback),
            };
        }
        let number = lower.strip_prefix("null")?;
        (number.is_empty() || byte(number.strip_suffix(".0")?).is_some()).then_some(Self::Null)
    }
}

/// A number without sign or leading zeros, so that a name has one spelling.
fn plain_number(digits: &str) -> Option<u16> {
    let number: u16 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// The name of a link in the kernel: 1 to 15 bytes, no `/`, no blank.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KernelName(String);

impl KernelName {
    /// The text, as the kernel takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KernelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KernelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KernelName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = (1..=15).contains(&text.len())
            && text != "."
            && text != ".."
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/' && byte != b':');
        if fits { Ok(Self(text.to_owned())) } else { Err(NameError(text.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialects_count_every_port_once() {
        for number in 0..=Port::MAX {
            let port = Port::giga_ethernet(number).unwrap();
            assert_eq!(Port::lan(port.lan_number()), Ok(port));
            for dialect in Dialect::ALL {
                assert_eq!(port.in_dialect(dialect).parse(), Ok(port));
                let name = InterfaceName::Port(port);
                assert_eq!(name.in_dialect(dialect).parse(), Ok(name));
            }
        }
    }

    #[test]
    fn both_dialects_name_every_interface() {
        let port = Port::giga_ethernet(1).unwrap();
        for (name, ix, rtx, kernel) in [
            (InterfaceName::Sub(port, 10), "GigaEthernet1.10", "lan1/10", "ge1.10"),
            (InterfaceName::Bridge(1), "BVI1", "bridge1", "bvi1"),
            (InterfaceName::Loopback(0), "Loopback0.0", "loopback1", "lo"),
            (InterfaceName::Loopback(255), "Loopback255.0", "loopback256", "lo"),
            (InterfaceName::Null, "Null0.0", "null", "lo"),
        ] {
            assert_eq!([name.in_dialect(Dialect::Ix), name.in_dialect(Dialect::Rtx)], [ix, rtx]);
            assert_eq!([ix.parse(), ix.to_ascii_lowercase().parse()], [Ok(name), Ok(name)]);
            assert_eq!(name.kernel_name().as_str(), kernel);
        }
        assert_eq!("LAN1/10".parse(), Ok(InterfaceName::Sub(port, 10)));
        assert_eq!("loopback1".parse(), Ok(InterfaceName::Loopback(0)));
    }

    #[test]
    fn names_that_no_interface_has_are_refused() {
        for text in [
            "lan0",
            "lan66",
            "lan",
            "lan1/0",
            "lan1/01",
            "lan1/+1",
            "GigaEthernet64",
            "GigaEthernet1",
            "GigaEthernet1.1x",
            "GigaEthernet1.10000",
            "BVI",
            "BVI256",
            "loopback0",
            "Loopback0.1",
            "Null0.1",
            "eth0",
            "",
        ] {
            assert!(text.parse::<InterfaceName>().is_err(), "{text}");
        }
        for text in ["", "sixteen-letters-", "a/b", "a b", "a:b", ".."] {
            assert!(text.parse::<KernelName>().is_err(), "{text}");
        }
    }
}
