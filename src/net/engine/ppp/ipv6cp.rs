//! What IPV6CP agrees on (RFC 5072 section 4): an interface identifier for each end.

use serde::{Deserialize, Serialize};

use super::super::Entropy;
use super::config::Ipv6cpConfig;
use super::control::{Negotiator, Verdict};
use super::lcp::{Judgement, verdict};
use super::reason::Reason;
use crate::net::wire::ppp::ipv6cp::Ipv6cpOption;

/// The lower half of a link-local address.
pub type Identifier = [u8; 8];

const NONE: Identifier = [0; 8];

/// IPv6 as it was agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ipv6Link {
    /// The lower half of our link-local address.
    pub local: Identifier,
    /// That of the peer's, if it said one.
    pub remote: Option<Identifier>,
}

/// The proposals of both ends.
pub(super) struct Ipv6cp {
    config: Ipv6cpConfig,
    local: Identifier,
    is_rejected: bool,
    remote: Option<Identifier>,
}

impl Ipv6cp {
    pub(super) fn new(config: Ipv6cpConfig) -> Self {
        Self { config, local: NONE, is_rejected: false, remote: None }
    }

    pub(super) fn link(&self) -> Ipv6Link {
        Ipv6Link { local: self.local, remote: self.remote }
    }

    fn judge_option(&self, option: &Ipv6cpOption, entropy: &mut dyn Entropy) -> Judgement<Ipv6cpOption> {
        match option {
            Ipv6cpOption::InterfaceIdentifier(identifier) if [NONE, self.local].contains(identifier) => {
                Judgement::Change(Ipv6cpOption::InterfaceIdentifier(self.other_identifier(entropy)))
            }
            Ipv6cpOption::InterfaceIdentifier(_) => Judgement::Good,
            Ipv6cpOption::Unknown { .. } => Judgement::Refuse,
        }
    }

    /// One that is not ours.
    fn other_identifier(&self, entropy: &mut dyn Entropy) -> Identifier {
        let mut identifier = random_identifier(entropy);
        if identifier == self.local {
            identifier[7] ^= 1;
        }
        identifier
    }
}

impl Negotiator for Ipv6cp {
    type Item = Ipv6cpOption;
    const NAME: &'static str = "ipv6cp";

    fn begin(&mut self, entropy: &mut dyn Entropy) {
        self.local =
            self.config.identifier.filter(|id| *id != NONE).unwrap_or_else(|| random_identifier(entropy));
        self.is_rejected = false;
        self.remote = None;
    }

    fn request(&self) -> Vec<Ipv6cpOption> {
        let option = Ipv6cpOption::InterfaceIdentifier(self.local);
        if self.is_rejected { Vec::new() } else { vec![option] }
    }

    fn naked(&mut self, options: &[Ipv6cpOption], entropy: &mut dyn Entropy) -> Result<(), Reason> {
        for option in options {
            if let Ipv6cpOption::InterfaceIdentifier(suggested) = option {
                let is_usable = *suggested != NONE && Some(*suggested) != self.remote;
                self.local = if is_usable { *suggested } else { random_identifier(entropy) };
            }
        }
        Ok(())
    }

    fn rejected(&mut self, options: &[Ipv6cpOption]) -> Result<(), Reason> {
        self.is_rejected |= !options.is_empty();
        Ok(())
    }

    fn judge(
        &mut self,
        options: &[Ipv6cpOption],
        may_nak: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<Verdict<Ipv6cpOption>, Reason> {
        let judgements = options.iter().map(|option| self.judge_option(option, entropy)).collect();
        let verdict = verdict(options, judgements, may_nak);
        if verdict == Verdict::Ack {
            self.remote = options.iter().find_map(|option| match option {
                Ipv6cpOption::InterfaceIdentifier(identifier) => Some(*identifier),
                Ipv6cpOption::Unknown { .. } => None,
            });
        }
        Ok(verdict)
    }

    fn agreed(&self) -> Result<(), Reason> {
        Ok(())
    }

    fn disagreement(&self) -> Reason {
        Reason::NoAgreement { about: "interface identifiers".to_owned() }
    }
}

/// Random, so that it tells nobody which machine this is. The bit of universal addresses is clear.
fn random_identifier(entropy: &mut dyn Entropy) -> Identifier {
    let mut identifier = NONE;
    entropy.fill(&mut identifier);
    identifier[0] &= !2;
    identifier[7] |= 1;
    identifier
}
