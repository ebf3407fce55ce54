//! The files of the daemon.
//!
//! | File | Lives | Holds |
//! |---|---|---|
//! | `--config` (default: state `startup.conf`) | for ever | what `write memory` saved |
//! | state `config1.conf` to `config4.conf` | for ever | what `save 1` to `save 4` saved |
//! | state `default` | for ever | which of these the next start takes |
//! | state `rollback-point.conf` | until confirmed | what ran before an unconfirmed commit |
//! | state `history/NNN.conf` | for ever | what was committed |
//! | directory `running.conf` | until a clean stop | what runs, for a start after a crash |
//! | directory `leases.json` | until a clean stop | what was lent to us, for the same |
//! | directory `journal` | during a commit | how far it got |
//!
//! The state directory is on disk, the directory of the socket in memory: after a power failure
//! the router is what was saved, or what ran before an unconfirmed commit.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{History, HistoryError, Kept, Number, Record, Shelf, Stamp, file, startup};
use crate::language::tree::Tree;
use crate::language::tree::reader::Reading;
use crate::status::Lease;
use crate::types::{Dialect, InterfaceName};

/// A file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The history.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Nothing is kept under this number.
    #[error("no configuration is saved under the number {0}")]
    NotSaved(Number),
}

/// A change of the saved configurations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rearrange {
    /// What runs is kept under a number.
    Save {
        /// The number.
        number: Number,
        /// What is said of it; may be empty.
        comment: String,
    },
    /// One is kept under another number too.
    Copy {
        /// Which one.
        from: Number,
        /// The other number.
        to: Number,
    },
    /// One is forgotten.
    Delete(Number),
    /// The next start takes this one.
    SetDefault(Number),
}

/// Where the files are.
#[derive(Clone, Debug)]
pub struct Store {
    shelf: Shelf,
    rollback_point: PathBuf,
    running: PathBuf,
    leases: PathBuf,
    journal: PathBuf,
    history: History,
}

/// A configuration to start with.
#[derive(Debug)]
pub struct Boot {
    /// For people: what it is and where it was found.
    pub source: String,
    /// What it says; `None` on a fresh machine.
    pub reading: Option<Reading>,
    /// Whether it is the startup configuration.
    pub is_startup: bool,
}

impl Store {
    /// Files in `directory` (memory) and `state` (disk), both made if missing.
    pub fn open(startup: Option<PathBuf>, directory: &Path, state: &Path) -> Result<Self, StoreError> {
        for path in [directory, state] {
            std::fs::create_dir_all(path).map_err(|source| at(path, source))?;
        }
        Ok(Self {
            shelf: Shelf::new(startup.unwrap_or_else(|| state.join("startup.conf")), state),
            rollback_point: state.join("rollback-point.conf"),
            running: directory.join("running.conf"),
            leases: directory.join("leases.json"),
            journal: directory.join("journal"),
            history: History::new(state.join("history")),
        })
    }

    /// Where a commit notes how far it got.
    pub fn journal(&self) -> &Path {
        &self.journal
    }

    /// What to start with: the rollback point, what ran before a crash, or what was saved.
    pub fn boot(&self) -> Result<Boot, StoreError> {
        let startup = self.startup();
        let sources = [
            (&self.rollback_point, "what ran before an unconfirmed commit"),
            (&self.running, "what ran when the daemon ended"),
            (&startup, "the startup configuration"),
        ];
        for (path, what) in sources {
            if let Some(reading) = read(path)? {
                let source = format!("{what} ({})", path.display());
                return Ok(Boot { source, reading: Some(reading), is_startup: path == &startup });
            }
        }
        Ok(Boot { source: "nothing: a fresh start".to_owned(), reading: None, is_startup: true })
    }

    /// The startup configuration as it stands in its file; empty if there is none.
    pub fn startup_text(&self) -> Result<String, StoreError> {
        Ok(self.saved_text(self.default_number())?.unwrap_or_default())
    }

    /// Makes a tree the startup configuration. A file with lines that nobody understood is kept
    /// beside it, with `.before` after its name.
    pub fn save(&self, tree: &Tree, dialect: Dialect, keep_old: bool) -> Result<(), StoreError> {
        let startup = self.startup();
        if keep_old {
            let mut before = startup.clone().into_os_string();
            before.push(".before");
            std::fs::rename(&startup, &before).map_err(|source| at(&startup, source))?;
        }
        startup::write(&startup, tree, dialect).map_err(|source| at(&startup, source))
    }

    /// The number of the startup configuration.
    pub fn default_number(&self) -> Number {
        self.shelf.default_number()
    }

    /// A saved configuration as it stands in its file; `None` if there is none.
    pub fn saved_text(&self, number: Number) -> Result<Option<String>, StoreError> {
        self.shelf.text(number).map_err(|source| self.of(number, source))
    }

    /// All saved configurations.
    pub fn saved(&self) -> Result<Vec<Kept>, StoreError> {
        self.shelf.list().map_err(|source| self.of(self.default_number(), source))
    }

    /// Changes what is saved.
    pub fn rearrange(&self, change: &Rearrange, tree: &Tree, dialect: Dialect) -> Result<(), StoreError> {
        let (number, done) = match change {
            Rearrange::Save { number, comment } => {
                (*number, self.shelf.write(*number, tree, dialect, comment))
            }
            Rearrange::Copy { from, to } => (*from, self.shelf.copy(*from, *to)),
            Rearrange::Delete(number) => (*number, self.shelf.delete(*number)),
            Rearrange::SetDefault(number) => (*number, self.shelf.set_default(*number)),
        };
        done.map_err(|source| self.of(number, source))
    }

    fn startup(&self) -> PathBuf {
        self.shelf.path(self.default_number())
    }

    fn of(&self, number: Number, source: io::Error) -> StoreError {
        match source.kind() {
            io::ErrorKind::NotFound => StoreError::NotSaved(number),
            _ => at(&self.shelf.path(number), source),
        }
    }

    /// Notes what runs.
    pub fn note_running(&self, tree: &Tree, dialect: Dialect) -> Result<(), StoreError> {
        startup::write(&self.running, tree, dialect).map_err(|source| at(&self.running, source))
    }

    /// A clean stop: the next start begins with what was saved.
    pub fn forget_running(&self) -> Result<(), StoreError> {
        remove(&self.leases)?;
        remove(&self.running)
    }

    /// Notes what was lent to us.
    pub fn note_leases(&self, leases: &BTreeMap<InterfaceName, Lease>) -> Result<(), StoreError> {
        // As pairs: the keys of an object in JSON are text only.
        let pairs: Vec<_> = leases.iter().collect();
        let text = serde_json::to_string(&pairs).map_err(|error| at(&self.leases, error.into()))?;
        file::write(&self.leases, &text).map_err(|source| at(&self.leases, source))
    }

    /// What was lent to a daemon that died; nothing where that cannot be read.
    pub fn leases(&self) -> BTreeMap<InterfaceName, Lease> {
        let text = std::fs::read(&self.leases).unwrap_or_default();
        let pairs: Vec<(InterfaceName, Lease)> = serde_json::from_slice(&text).unwrap_or_default();
        pairs.into_iter().collect()
    }

    /// Notes what to start with while a commit waits to be confirmed.
    pub fn set_rollback_point(&self, tree: &Tree, dialect: Dialect) -> Result<(), StoreError> {
        startup::write(&self.rollback_point, tree, dialect).map_err(|source| at(&self.rollback_point, source))
    }

    /// The commit is confirmed, or undone.
    pub fn clear_rollback_point(&self) -> Result<(), StoreError> {
        remove(&self.rollback_point)
    }

    /// Whether the history ends with this configuration.
    pub fn is_newest(&self, tree: &Tree) -> bool {
        self.history.back(0).is_ok_and(|(_, newest)| newest == *tree)
    }

    /// Adds what was committed to the history.
    pub fn remember(&self, tree: &Tree, dialect: Dialect, stamp: &Stamp) -> Result<(), StoreError> {
        self.history.add(tree, dialect, stamp)?;
        Ok(())
    }

    /// Everything in the history, the newest first.
    pub fn records(&self) -> Result<Vec<Record>, StoreError> {
        Ok(self.history.records()?)
    }

    /// What was committed this many commits ago.
    pub fn earlier(&self, back: usize) -> Result<Tree, StoreError> {
        Ok(self.history.back(back)?.1)
    }
}

fn read(path: &Path) -> Result<Option<Reading>, StoreError> {
    startup::read(path).map_err(|source| at(path, source))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn at(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), source }
}
