//! Saved configurations under numbers: CONFIG 0 to 4 of an RTX.
//!
//! Number 0 is the startup file, the others are `configN.conf` in the state directory. A file
//! `default` names the number that the next start takes, and that `save` alone writes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::file;
use crate::language::text;
use crate::language::tree::{Masking, Tree};
use crate::types::{Dialect, Timestamp};

/// The number of a saved configuration, 0 to 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(u8);

/// A saved configuration, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub number: Number,
    /// Whether the next start takes it.
    pub is_default: bool,
    /// When it was written.
    pub when: Timestamp,
    /// How long it is, in bytes.
    pub size: u64,
    /// What was said of it; may be empty.
    pub comment: String,
}

/// Where the saved configurations are.
#[derive(Clone, Debug)]
pub struct Shelf {
    zero: PathBuf,
    directory: PathBuf,
}

/// What begins the line with the comment, after the sign of comments.
const COMMENT: &str = "comment: ";

impl Number {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=4).map(Self)
    }
}

impl FromStr for Number {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::all().find(|number| number.to_string() == text).ok_or(())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Shelf {
    /// A shelf whose number 0 is the file `zero`.
    pub fn new(zero: PathBuf, directory: &Path) -> Self {
        Self { zero, directory: directory.to_owned() }
    }

    /// The file of a number, which may be missing.
    pub fn path(&self, number: Number) -> PathBuf {
        match number {
            Number(0) => self.zero.clone(),
            Number(number) => self.directory.join(format!("config{number}.conf")),
        }
    }

    /// The number that the next start takes: 0 unless another was chosen, and is there.
    pub fn default_number(&self) -> Number {
        let chosen = std::fs::read_to_string(self.default_file()).ok();
        let chosen = chosen.and_then(|text| text.trim().parse().ok());
        chosen.filter(|&number| self.path(number).exists()).unwrap_or_default()
    }

    /// Has the next start take this configuration.
    ///
    /// # Errors
    ///
    /// The system's; `NotFound` if nothing is kept under the number.
    pub fn set_default(&self, number: Number) -> io::Result<()> {
        std::fs::metadata(self.path(number))?;
        file::write(&self.default_file(), &format!("{number}\n"))
    }

    /// A configuration as it stands in its file; `None` if nothing is kept under the number.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn text(&self, number: Number) -> io::Result<Option<String>> {
        match std::fs::read(self.path(number)) {
            Ok(bytes) => Ok(Some(text::decode(&bytes).text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a configuration in one step, with a comment on top if there is one.
    ///
    /// # Errors
    ///
    /// The system's; the old configuration is then still there.
    pub fn write(&self, number: Number, tree: &Tree, dialect: Dialect, comment: &str) -> io::Result<()> {
        let sign = match dialect {
            Dialect::Ix => '!',
            Dialect::Rtx => '#',
        };
        let heading = if comment.is_empty() { String::new() } else { format!("{sign} {COMMENT}{comment}\n") };
        file::write(&self.path(number), &(heading + &tree.print(dialect, Masking::No)))
    }

    /// Keeps a configuration under another number too.
    ///
    /// # Errors
    ///
    /// The system's; `NotFound` if nothing is kept under `from`.
    pub fn copy(&self, from: Number, to: Number) -> io::Result<()> {
        let text = self.text(from)?.ok_or(io::ErrorKind::NotFound)?;
        file::write(&self.path(to), &text)
    }

    /// Keeps a configuration no longer.
    ///
    /// # Errors
    ///
    /// The system's; `NotFound` if nothing is kept under the number.
    pub fn delete(&self, number: Number) -> io::Result<()> {
        std::fs::remove_file(self.path(number))
    }

    /// All that is kept, by number.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn list(&self) -> io::Result<Vec<Kept>> {
        let default = self.default_number();
        let mut list = Vec::new();
        for number in Number::all() {
            let Some(text) = self.text(number)? else { continue };
            let file = std::fs::metadata(self.path(number))?;
            let first = text.lines().next().unwrap_or_default().trim_start_matches(['!', '#', ' ']);
            list.push(Kept {
                number,
                is_default: number == default,
                when: file.modified()?.into(),
                size: file.len(),
                comment: first.strip_prefix(COMMENT).unwrap_or_default().to_owned(),
            });
        }
        Ok(list)
    }

    fn default_file(&self) -> PathBuf {
        self.directory.join("default")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tree::reader;

    #[test]
    fn configurations_are_kept_copied_and_forgotten() {
        let directory = std::env::temp_dir().join(format!("tsuji-shelf-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let shelf = Shelf::new(directory.join("startup.conf"), &directory);
        let [zero, .., four] = Number::all().collect::<Vec<_>>()[..] else { panic!() };
        let tree = reader::read("hostname a\n", None).tree;
        assert_eq!((shelf.list().unwrap(), shelf.text(zero).unwrap()), (Vec::new(), None));
        shelf.write(four, &tree, Dialect::Ix, "before the move").unwrap();
        assert_eq!(shelf.text(four).unwrap().unwrap(), "! comment: before the move\nhostname a\n!\n");
        shelf.copy(four, zero).unwrap();
        shelf.set_default(four).unwrap();
        let kept = |kept: &Kept| (kept.number, kept.is_default, kept.comment.clone());
        let comment = "before the move".to_owned();
        let list: Vec<_> = shelf.list().unwrap().iter().map(kept).collect();
        assert_eq!(list, [(zero, false, comment.clone()), (four, true, comment)]);
        shelf.delete(four).unwrap();
        assert_eq!(shelf.default_number(), zero);
        let missing = [shelf.delete(four), shelf.copy(four, zero), shelf.set_default(four)];
        assert!(
            missing.iter().all(|done| matches!(done, Err(error) if error.kind() == io::ErrorKind::NotFound))
        );
        assert!("5".parse::<Number>().is_err() && "01".parse::<Number>().is_err());
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
