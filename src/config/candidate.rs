//! What a session edits, until it is committed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::tree::Tree;

/// How often the running configuration has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The running configuration moved under a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the running configuration has changed since you began to edit (revision {base}, now {running}): \
     take the changes in with \"update\", look with \"compare\", then commit again"
)]
pub struct Stale {
    /// The revision that the candidate was copied from.
    pub base: Revision,
    /// The revision that runs.
    pub running: Revision,
}

/// A copy of the running configuration with a session's edits.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The lines as the session wants them.
    pub tree: Tree,
    base: Tree,
    base_revision: Revision,
}

impl Candidate {
    /// A fresh copy without edits.
    pub fn new(running: &Tree, revision: Revision) -> Self {
        Self { tree: running.clone(), base: running.clone(), base_revision: revision }
    }

    /// Whether it differs from what it was copied from.
    pub fn is_edited(&self) -> bool {
        self.tree != self.base
    }

    /// The revision that it was copied from.
    pub fn base_revision(&self) -> Revision {
        self.base_revision
    }

    /// Whether it may be committed over the running revision.
    ///
    /// # Errors
    ///
    /// [`Stale`] if another session committed in the meantime.
    pub fn check_base(&self, running: Revision) -> Result<(), Stale> {
        if running == self.base_revision { Ok(()) } else { Err(Stale { base: self.base_revision, running }) }
    }

    /// Makes the same edits to a newer running configuration. Where both changed a line, the
    /// candidate's wins; `compare` shows it.
    pub fn update(&mut self, running: &Tree, revision: Revision) {
        self.tree = running.with_edits(&self.base, &self.tree);
        self.base = running.clone();
        self.base_revision = revision;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tree::reader;
    use crate::types::Dialect;

    fn tree(text: &str) -> Tree {
        reader::read(text, Some(Dialect::Ix)).tree
    }

    #[test]
    fn a_candidate_over_an_older_revision_is_stale_until_updated() {
        let running = tree("hostname a\n");
        let mut candidate = Candidate::new(&running, Revision(3));
        assert!(!candidate.is_edited());
        assert_eq!(candidate.check_base(Revision(3)), Ok(()));
        let stale = Stale { base: Revision(3), running: Revision(4) };
        assert_eq!(candidate.check_base(Revision(4)), Err(stale));
        candidate.update(&running, Revision(4));
        assert_eq!(candidate.check_base(Revision(4)), Ok(()));
    }

    #[test]
    fn an_update_keeps_the_edits_of_both_sides() {
        let base = tree(
            "hostname a\nip route 10.0.0.0/8 192.0.2.1\ninterface GigaEthernet1.0\n  ip address 10.0.0.1/24\n",
        );
        let mut candidate = Candidate::new(&base, Revision(1));
        candidate.tree = base.with_edits(
            &base,
            &tree("hostname b\ninterface GigaEthernet1.0\n  ip address 10.0.0.2/24\n  no shutdown\n"),
        );
        let theirs = "hostname a\nip route 10.0.0.0/8 192.0.2.1\nip route default 192.0.2.1\n\
                      interface GigaEthernet1.0\n  ip address 10.0.0.1/24\n";
        candidate.update(&tree(theirs), Revision(2));
        let both = "hostname b\nip route default 192.0.2.1\n\
                    interface GigaEthernet1.0\n  ip address 10.0.0.2/24\n  no shutdown\n";
        assert_eq!(candidate.tree, tree(both));
    }
}
