//! What IPCP agrees on (RFC 1332, RFC 1877): the addresses of both ends, and name servers.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::super::Entropy;
use super::config::{IpcpConfig, LocalAddress};
use super::control::{Negotiator, Verdict};
use super::lcp::{Judgement, verdict};
use super::reason::Reason;
use crate::net::wire::ppp::ipcp::{IpcpOption, Server};

/// IPv4 as it was agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ipv4Link {
    /// Our address.
    pub local: Option<Ipv4Addr>,
    /// The peer's address.
    pub remote: Option<Ipv4Addr>,
    /// DNS servers that the peer told us, the first one first.
    pub dns: Vec<Ipv4Addr>,
    /// NetBIOS name servers that the peer told us.
    pub nbns: Vec<Ipv4Addr>,
}

/// The proposals of both ends.
pub(super) struct Ipcp {
    config: IpcpConfig,
    /// Our address as we propose it.
    local: Option<Ipv4Addr>,
    /// The servers that we ask for, unspecified until the peer named them.
    servers: BTreeMap<Server, Ipv4Addr>,
    remote: Option<Ipv4Addr>,
    /// What the peer insisted on and must not have.
    insisted: Option<Ipv4Addr>,
}

impl Ipcp {
    pub(super) fn new(config: IpcpConfig) -> Self {
        Self { config, local: None, servers: BTreeMap::new(), remote: None, insisted: None }
    }

    pub(super) fn link(&self) -> Ipv4Link {
        let told = |wanted: [Server; 2]| {
            let server = |server| self.servers.get(&server).copied();
            let mut told: Vec<_> =
                wanted.into_iter().filter_map(server).filter(|told| is_host(*told)).collect();
            told.dedup();
            told
        };
        Ipv4Link {
            local: self.local,
            remote: self.remote,
            dns: told([Server::PrimaryDns, Server::SecondaryDns]),
            nbns: told([Server::PrimaryNbns, Server::SecondaryNbns]),
        }
    }

    fn judge_option(&self, option: &IpcpOption) -> Judgement<IpcpOption> {
        match option {
            IpcpOption::IpAddress(wanted) => match self.config.remote {
                Some(assigned) if *wanted == assigned => Judgement::Good,
                Some(assigned) => Judgement::Change(IpcpOption::IpAddress(assigned)),
                None if is_host(*wanted) && Some(*wanted) != self.local => Judgement::Good,
                None => Judgement::Refuse,
            },
            IpcpOption::Server(server, asked) => match self.provided(*server) {
                Some(provided) if provided == *asked => Judgement::Good,
                Some(provided) => Judgement::Change(IpcpOption::Server(*server, provided)),
                None => Judgement::Refuse,
            },
            // Header compression of Van Jacobson among them: it saves nothing on today's lines.
            IpcpOption::Unknown { .. } => Judgement::Refuse,
        }
    }

    fn provided(&self, server: Server) -> Option<Ipv4Addr> {
        let (servers, at) = match server {
            Server::PrimaryDns => (&self.config.dns, 0),
            Server::SecondaryDns => (&self.config.dns, 1),
            Server::PrimaryNbns => (&self.config.nbns, 0),
            Server::SecondaryNbns => (&self.config.nbns, 1),
        };
        servers.get(at).copied()
    }
}

impl Negotiator for Ipcp {
    type Item = IpcpOption;
    const NAME: &'static str = "ipcp";

    fn begin(&mut self, _entropy: &mut dyn Entropy) {
        self.local = match self.config.local {
            LocalAddress::Request => Some(Ipv4Addr::UNSPECIFIED),
            LocalAddress::Fixed(address) => Some(address),
            LocalAddress::Unnumbered => None,
        };
        let dns = [Server::PrimaryDns, Server::SecondaryDns].map(|server| (server, self.config.request_dns));
        let nbns =
            [Server::PrimaryNbns, Server::SecondaryNbns].map(|server| (server, self.config.request_nbns));
        let asked = dns.into_iter().chain(nbns).filter(|(_, asked)| *asked);
        self.servers = asked.map(|(server, _)| (server, Ipv4Addr::UNSPECIFIED)).collect();
        self.remote = self.config.remote;
        self.insisted = None;
    }

    fn request(&self) -> Vec<IpcpOption> {
        let servers = self.servers.iter().map(|(server, address)| IpcpOption::Server(*server, *address));
        self.local.map(IpcpOption::IpAddress).into_iter().chain(servers).collect()
    }

    fn naked(&mut self, options: &[IpcpOption], _entropy: &mut dyn Entropy) -> Result<(), Reason> {
        for option in options {
            match option {
                IpcpOption::IpAddress(given) => {
                    if self.config.local == LocalAddress::Request && is_host(*given) {
                        self.local = Some(*given);
                    }
                }
                IpcpOption::Server(server, told) => {
                    if let Some(known) = self.servers.get_mut(server) {
                        *known = *told;
                    }
                }
                IpcpOption::Unknown { .. } => {}
            }
        }
        Ok(())
    }

    fn rejected(&mut self, options: &[IpcpOption]) -> Result<(), Reason> {
        for option in options {
            match option {
                IpcpOption::IpAddress(_) if self.config.local == LocalAddress::Request => {
                    return Err(Reason::NoAddress);
                }
                IpcpOption::Server(server, _) => drop(self.servers.remove(server)),
                // A fixed address is ours, whether the peer wants to hear of it or not.
                IpcpOption::IpAddress(_) => self.local = None,
                IpcpOption::Unknown { .. } => {}
            }
        }
        Ok(())
    }

    fn judge(
        &mut self,
        options: &[IpcpOption],
        may_nak: bool,
        _entropy: &mut dyn Entropy,
    ) -> Result<Verdict<IpcpOption>, Reason> {
        let judgements = options.iter().map(|option| self.judge_option(option)).collect();
        let verdict = verdict(options, judgements, may_nak);
        for option in options {
            if let IpcpOption::IpAddress(wanted) = option {
                match verdict {
                    Verdict::Ack => self.remote = Some(*wanted),
                    Verdict::Nak(_) | Verdict::Reject(_) => self.insisted = Some(*wanted),
                }
            }
        }
        Ok(verdict)
    }

    fn agreed(&self) -> Result<(), Reason> {
        match self.local {
            Some(Ipv4Addr::UNSPECIFIED) => Err(Reason::NoAddress),
            _ => Ok(()),
        }
    }

    fn disagreement(&self) -> Reason {
        match self.insisted {
            Some(address) => Reason::WrongAddress { address },
            None => Reason::NoAgreement { about: "addresses".to_owned() },
        }
    }
}

/// Whether a host can have the address.
fn is_host(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    !(first == 0 || first >= 224 || address.is_loopback())
}
