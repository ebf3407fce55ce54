//! DNS settings, once all are known.
//!
//! An IX answers nobody until it is told to. An RTX answers as soon as anything is said of the
//! DNS, and remembers answers; so those defaults of its become part of the model.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::args::Args;
use crate::model::Model;
use crate::model::dns::{Asked, From, Rule, Server};
use crate::types::{LineId, Sourced};

/// Answers that are remembered where no line says how many (RTX).
pub(super) const CACHED: u32 = 256;

#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Servers of an IX, with their priorities and the domains that they are for.
    servers: Vec<(u8, Option<String>, Sourced<Server>)>,
    /// `dns cache max-records`, `dns cache max entry`.
    pub(super) cached: Option<u32>,
    /// `dns cache enable` (IX).
    pub(super) caches: Option<LineId>,
    /// The first line of an RTX about the DNS.
    asked: Option<LineId>,
    /// `dns service off` (RTX).
    pub(super) is_off: bool,
    /// `dns cache use off` (RTX).
    pub(super) forgets: bool,
    /// `dns server dhcp`: asked after all others (RTX).
    pub(super) learnt: Vec<Sourced<Server>>,
    /// `dns server select`, by number (RTX).
    pub(super) selects: BTreeMap<u32, Sourced<Rule>>,
}

impl Draft {
    /// A server of an IX: a higher priority goes before.
    pub(super) fn server(&mut self, priority: u8, domain: Option<String>, server: Sourced<Server>) {
        self.servers.push((priority, domain, server));
    }

    /// A line of an RTX that is about the DNS.
    pub(super) fn ask(&mut self, args: &Args<'_>) {
        self.asked.get_or_insert(args.line());
    }

    pub(super) fn settle(mut self, model: &mut Model) {
        let dns = &mut model.dns;
        self.servers.sort_by_key(|(priority, ..)| Reverse(*priority));
        dns.rules.extend(std::mem::take(&mut self.selects).into_values());
        for (_, domain, server) in std::mem::take(&mut self.servers) {
            match domain {
                None => dns.servers.push(server),
                Some(domain) => for_domain(&mut dns.rules, Asked::Ending(domain), server),
            }
        }
        dns.servers.append(&mut self.learnt);
        dns.records.sort();
        dns.records.dedup();
        if let Some(line) = self.caches {
            dns.cache = Some(Sourced::new(self.cached.unwrap_or(CACHED), line));
        }
        if let Some(line) = self.asked {
            // Other lines may say so already.
            if !self.is_off {
                dns.ipv4.get_or_insert(Sourced::new((), line));
                dns.ipv6.get_or_insert(Sourced::new((), line));
            }
            if !self.is_off && !self.forgets {
                dns.cache.get_or_insert(Sourced::new(self.cached.unwrap_or(CACHED), line));
            }
        }
    }
}

/// One more server for the names that end so.
fn for_domain(rules: &mut Vec<Sourced<Rule>>, asked: Asked, server: Sourced<Server>) {
    match rules.iter_mut().find(|rule| rule.asked == asked && rule.kind.is_none() && rule.asker.is_none()) {
        Some(rule) => rule.value.servers.push(server.value),
        None => {
            let rule = Rule { kind: None, asked, asker: None, servers: vec![server.value] };
            rules.push(Sourced::new(rule, server.origin));
        }
    }
}

/// A server that the line names.
pub(super) fn at(address: std::net::IpAddr) -> Server {
    Server { from: From::Address(address), edns: false }
}
