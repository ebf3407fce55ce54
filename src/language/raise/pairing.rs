//! Which port of one appliance takes the place of which port of the other.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::types::{Dialect, NameError, Port};

/// Ports that change their numbers in a translation; all others keep their neutral one
/// (`GigaEthernet1` is `lan1`, `GigaEthernet0` is `lan2`, see [`Port`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing(BTreeMap<Port, Port>);

/// `lan1=GigaEthernet2`, in either order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    ix: Port,
    rtx: Port,
}

/// Why ports cannot be paired so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// It is no pair of names.
    #[error("write a port of each command line, such as lan1=GigaEthernet2")]
    NoPair,
    /// There is no such port.
    #[error(transparent)]
    NoPort(#[from] NameError),
    /// A port can have one counterpart only.
    #[error("{0} is paired twice")]
    Twice(String),
}

impl Pairing {
    /// The pairing for a translation to a dialect.
    ///
    /// A port that loses its usual counterpart to another gets the one that the other leaves.
    ///
    /// # Errors
    ///
    /// A port stands in two pairs.
    pub fn new(pairs: &[Pair], to: Dialect) -> Result<Self, PairError> {
        let mut pairing = Self::default();
        for (index, pair) in pairs.iter().enumerate() {
            for dialect in Dialect::ALL {
                let port = pair.port(dialect);
                if pairs[..index].iter().any(|other| other.port(dialect) == port) {
                    return Err(PairError::Twice(port.in_dialect(dialect)));
                }
            }
            pairing.pair(pair.port(to.other()), pair.port(to));
        }
        Ok(pairing)
    }

    /// The counterpart of a port.
    pub(super) fn of(&self, port: Port) -> Port {
        self.0.get(&port).copied().unwrap_or(port)
    }

    fn pair(&mut self, from: Port, to: Port) {
        let left = self.of(from);
        let loser = self.0.iter().find(|&(_, &taken)| taken == to).map_or(to, |(&loser, _)| loser);
        self.0.insert(loser, left);
        self.0.insert(from, to);
    }
}

impl Pair {
    fn port(&self, dialect: Dialect) -> Port {
        match dialect {
            Dialect::Ix => self.ix,
            Dialect::Rtx => self.rtx,
        }
    }
}

impl FromStr for Pair {
    type Err = PairError;

    fn from_str(text: &str) -> Result<Self, PairError> {
        let is_lan = |name: &str| name.to_ascii_lowercase().starts_with("lan");
        let (one, other) = text.split_once('=').ok_or(PairError::NoPair)?;
        match (is_lan(one), is_lan(other)) {
            (true, false) => Ok(Self { rtx: one.parse()?, ix: other.parse()? }),
            (false, true) => Ok(Self { ix: one.parse()?, rtx: other.parse()? }),
            _ => Err(PairError::NoPair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairing(pairs: &[&str], to: Dialect) -> Result<Pairing, PairError> {
        let pairs: Vec<Pair> = pairs.iter().map(|pair| pair.parse().unwrap()).collect();
        Pairing::new(&pairs, to)
    }

    #[test]
    fn every_port_keeps_one_counterpart() {
        let pairs = ["lan1=GigaEthernet2", "GigaEthernet0=lan3", "lan5=GigaEthernet7"];
        let [to_ix, to_rtx] = Dialect::ALL.map(|to| pairing(&pairs, to).unwrap());
        let names = |pairing: &Pairing, from: &str, to| pairing.of(from.parse().unwrap()).in_dialect(to);
        for (lan, giga) in [("lan1", 2), ("lan3", 0), ("lan2", 1), ("lan5", 7), ("lan8", 4), ("lan4", 3)] {
            let giga = format!("GigaEthernet{giga}");
            assert_eq!(names(&to_ix, lan, Dialect::Ix), giga);
            assert_eq!(names(&to_rtx, &giga, Dialect::Rtx), lan);
        }
    }

    #[test]
    fn what_is_no_pairing_is_refused() {
        for text in ["lan1", "lan1=lan2", "GigaEthernet0=GigaEthernet1", "="] {
            assert_eq!(text.parse::<Pair>(), Err(PairError::NoPair), "{text}");
        }
        for text in ["lan0=GigaEthernet0", "lan1=", "lan1=eth0"] {
            assert!(matches!(text.parse::<Pair>(), Err(PairError::NoPort(_))), "{text}");
        }
        for (pairs, twice) in [
            (["lan1=GigaEthernet2", "lan1=GigaEthernet3"], "lan1"),
            (["lan1=GigaEthernet2", "lan2=GigaEthernet2"], "GigaEthernet2"),
        ] {
            assert_eq!(pairing(&pairs, Dialect::Ix), Err(PairError::Twice(twice.to_owned())));
        }
    }
}
