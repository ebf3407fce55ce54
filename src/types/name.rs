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
}

impl InterfaceName {
    /// Its name in a command line: `GigaEthernet0.0` or `lan2`.
    pub fn in_dialect(self, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Port(port), Dialect::Ix) => format!("{}.0", port.in_dialect(dialect)),
            (Self::Port(port), Dialect::Rtx) => port.in_dialect(dialect),
        }
    }

    /// The short name that the kernel gets where the interface is one of our own making.
    pub fn kernel_name(self) -> KernelName {
        match self {
            Self::Port(port) => KernelName(format!("ge{}", port.giga_ethernet_number())),
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

    /// Reads `GigaEthernet0.0` and `lan2`.
    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.strip_suffix(".0") {
            Some(base) if base.to_ascii_lowercase().starts_with("giga") => {
                Ok(Self::Port(base.parse().map_err(|_| NameError(text.to_owned()))?))
            }
            None if text.to_ascii_lowercase().starts_with("lan") => Ok(Self::Port(text.parse()?)),
            _ => Err(NameError(text.to_owned())),
        }
    }
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
    fn names_that_no_port_has_are_refused() {
        for text in
            ["lan0", "lan66", "lan", "GigaEthernet64", "GigaEthernet1", "GigaEthernet1.1x", "eth0", ""]
        {
            assert!(text.parse::<InterfaceName>().is_err(), "{text}");
        }
        for text in ["", "sixteen-letters-", "a/b", "a b", "a:b", ".."] {
            assert!(text.parse::<KernelName>().is_err(), "{text}");
        }
    }
}
