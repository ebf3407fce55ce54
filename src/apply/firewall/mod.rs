//! The table `inet tsuji`: filters and translations of all interfaces, as one value.
//!
//! The kernel takes the table in one transaction, so either all of it is in force or none. The
//! text form is nft's own; `kernel::linux` sends the same as JSON.
//!
//! Each rule is known by its *fingerprint*, a hash of what it says. It stands in the rule's
//! comment, so that reading the table back shows what is in force without having to understand
//! nft's way of printing it.

mod change;
mod hook;
pub mod mark;
mod matching;
mod object;
mod translation;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::change::{Change, Segment};
pub use self::hook::{Hook, Kind, Point};
pub use self::matching::{Family, Match, TcpFlags};
pub use self::object::{Object, protocol_word};
pub use self::translation::{AddressPairs, Addresses, PortChange};
pub use self::verdict::Verdict;
use crate::types::{KernelName, LineId};

/// The name of the one flowtable.
pub const FLOWTABLE: &str = "fast";

/// All chains and counters of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// Chains by name.
    pub chains: BTreeMap<String, Chain>,
    /// The links between which established connections may take the kernel's short way: a
    /// flowtable. Empty: none. A table that is replaced begins with an empty one, so that every
    /// connection is judged anew.
    #[serde(default)]
    pub fast: BTreeSet<KernelName>,
    /// Named counters; one that stays in the next table keeps its value.
    pub counters: BTreeSet<String>,
    /// What rules refer to, by name; what stays in the next table keeps what it has gathered.
    pub objects: BTreeMap<String, Object>,
}

/// A chain: a list of rules, reached from a hook of the kernel or by a jump.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// `None`: reached by a jump only.
    pub hook: Option<Hook>,
    /// In order.
    pub rules: Vec<Rule>,
}

/// One rule: all matches must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// What the packet must be.
    pub matches: Vec<Match>,
    /// The named counter that counts what matches.
    pub counter: Option<String>,
    /// Whether a match is logged (by nflog group 116), with the counter's name in front.
    pub log: bool,
    /// What changes before that.
    pub changes: Vec<Change>,
    /// What happens then.
    pub verdict: Verdict,
    /// The configuration line behind it.
    pub origin: LineId,
}

impl Firewall {
    /// The fingerprints of all rules in order, by chain: what reading the table back must show.
    pub fn fingerprints(&self) -> BTreeMap<String, Vec<String>> {
        let of = |chain: &Chain| chain.rules.iter().map(Rule::fingerprint).collect();
        self.chains.iter().map(|(name, chain)| (name.clone(), of(chain))).collect()
    }
}

impl PartialEq for Rule {
    /// Equality looks at what the rule does, not at who asked.
    fn eq(&self, other: &Self) -> bool {
        let Self { matches, counter, log, changes, verdict, origin: _ } = self;
        (matches, counter, log, changes, verdict)
            == (&other.matches, &other.counter, &other.log, &other.changes, &other.verdict)
    }
}

impl Eq for Rule {}

impl Rule {
    /// A rule that neither counts nor logs nor changes anything.
    pub fn new(matches: Vec<Match>, verdict: Verdict, origin: LineId) -> Self {
        Self { matches, counter: None, log: false, changes: Vec::new(), verdict, origin }
    }

    /// Counts what matches, under a name made of the chain and of what the rule says: it stays
    /// the same across restarts, and when other rules come before it.
    pub fn counted(mut self, chain: &str) -> Self {
        self.counter = Some(format!("{chain}-{}", self.fingerprint().split_off(8)));
        self
    }

    /// A short hash of what the rule does, stable across restarts and releases of Rust.
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.to_string().as_bytes());
        digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Firewall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for counter in &self.counters {
            writeln!(f, "  counter {counter} {{ }}")?;
        }
        for (name, object) in &self.objects {
            writeln!(f, "  {} {name} {{\n    {object}\n  }}", object.kind())?;
        }
        if !self.fast.is_empty() {
            let links: Vec<&str> = self.fast.iter().map(KernelName::as_str).collect();
            let links = links.join(", ");
            writeln!(f, "  flowtable {FLOWTABLE} {{ hook ingress priority 0; devices = {{ {links} }}; }}")?;
        }
        for (name, chain) in &self.chains {
            writeln!(f, "  chain {name} {{")?;
            if let Some(hook) = chain.hook {
                writeln!(f, "    {hook}")?;
            }
            for rule in &chain.rules {
                writeln!(f, "    {rule}")?;
            }
            writeln!(f, "  }}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counter = self.counter.iter().map(|name| format!("counter name {name}"));
        let log = match &self.counter {
            Some(counter) => format!("log prefix \"{counter}\" group 116 snaplen 128"),
            None => "log group 116 snaplen 128".to_owned(),
        };
        let log = self.log.then_some(log);
        let matches = self.matches.iter().map(Match::to_string);
        let parts = matches.chain(counter).chain(log).chain(self.changes.iter().map(Change::to_string));
        f.write_str(&parts.chain([self.verdict.to_string()]).collect::<Vec<_>>().join(" "))
    }
}
