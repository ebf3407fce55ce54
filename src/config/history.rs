//! Committed configurations to go back to: one plain text file each, with who, when and why on top.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::file;
use crate::language::tree::reader;
use crate::language::tree::{Masking, Tree};
use crate::types::{Dialect, Timestamp, Zone};

/// How many configurations are kept.
const KEPT: usize = 50;

/// Who committed, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The user's name.
    pub who: String,
    /// When.
    pub when: Timestamp,
    /// What the user said of it; may be empty.
    pub comment: String,
}

/// One configuration of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, which counts up and names the file.
    pub number: u32,
    /// Who, when and why.
    pub stamp: Stamp,
}

/// A directory of committed configurations, `NNN.conf`.
#[derive(Clone, Debug)]
pub struct History {
    directory: PathBuf,
}

/// Why the history does not answer.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file system refuses.
    #[error("the history in {path}: {source}", path = path.display())]
    Io {
        /// What was read or written.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// There is no configuration that far back.
    #[error("the history goes back {kept} commits, not {asked}")]
    TooFar {
        /// How far the user wants to go back.
        asked: usize,
        /// How far it is possible.
        kept: usize,
    },
}

impl History {
    /// The history in a directory, which is made with the first record.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Keeps a configuration, and forgets the oldest ones beyond the limit.
    ///
    /// # Errors
    ///
    /// [`HistoryError::Io`]; the history is then as before.
    pub fn add(&self, tree: &Tree, dialect: Dialect, stamp: &Stamp) -> Result<u32, HistoryError> {
        fs::create_dir_all(&self.directory).map_err(|source| at(&self.directory, source))?;
        let mut files = self.files()?;
        let number = files.last_key_value().map_or(1, |(number, _)| number + 1);
        let path = self.directory.join(format!("{number:03}.conf"));
        let text = header(dialect, stamp) + &tree.print(dialect, Masking::No);
        file::write(&path, &text).map_err(|source| at(&path, source))?;
        files.insert(number, path);
        while files.len() > KEPT
            && let Some((_, path)) = files.pop_first()
        {
            fs::remove_file(&path).map_err(|source| at(&path, source))?;
        }
        Ok(number)
    }

    /// All records, the newest first.
    ///
    /// # Errors
    ///
    /// [`HistoryError::Io`].
    pub fn records(&self) -> Result<Vec<Record>, HistoryError> {
        let files = self.files()?;
        let record = |(&number, path): (&u32, &PathBuf)| {
            let text = read_text(path)?;
            Ok(Record { number, stamp: stamp(&text).1 })
        };
        files.iter().rev().map(record).collect()
    }

    /// The configuration that many commits ago; 0 is the newest.
    ///
    /// # Errors
    ///
    /// [`HistoryError::TooFar`], [`HistoryError::Io`].
    pub fn back(&self, commits: usize) -> Result<(Record, Tree), HistoryError> {
        let files = self.files()?;
        let too_far = HistoryError::TooFar { asked: commits, kept: files.len().saturating_sub(1) };
        let (&number, path) = files.iter().rev().nth(commits).ok_or(too_far)?;
        let text = read_text(path)?;
        let (dialect, stamp) = stamp(&text);
        Ok((Record { number, stamp }, reader::read(&text, dialect).tree))
    }

    /// The files by their numbers.
    fn files(&self) -> Result<BTreeMap<u32, PathBuf>, HistoryError> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries.map_err(|source| at(&self.directory, source))?,
        };
        let mut files = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(|source| at(&self.directory, source))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let Some(number) = name.and_then(|name| name.strip_suffix(".conf")?.parse().ok()) {
                files.insert(number, path);
            }
        }
        Ok(files)
    }
}

fn at(path: &Path, source: io::Error) -> HistoryError {
    HistoryError::Io { path: path.to_owned(), source }
}

fn read_text(path: &Path) -> Result<String, HistoryError> {
    let bytes = fs::read(path).map_err(|source| at(path, source))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The comment lines on top of a file: `! who: alice`.
fn header(dialect: Dialect, stamp: &Stamp) -> String {
    let sign = comment_sign(dialect);
    let Stamp { who, when, comment } = stamp;
    let (who, comment) = (one_line(who), one_line(comment));
    let date = when.civil(Zone::default());
    format!(
        "{sign} dialect: {dialect}\n{sign} who: {who}\n{sign} when: {} ({date} UTC)\n{sign} comment: {comment}\n",
        when.0
    )
}

/// What the lines on top of a file say. A file that somebody edited may say less.
fn stamp(text: &str) -> (Option<Dialect>, Stamp) {
    let field = |name: &str| {
        let lines = text.lines().map_while(|line| line.strip_prefix(['!', '#']));
        let mut fields = lines.filter_map(|line| line.trim().split_once(':'));
        fields.find(|(field, _)| *field == name).map_or("", |(_, value)| value.trim())
    };
    let seconds = field("when").split(' ').next().and_then(|seconds| seconds.parse().ok());
    let stamp = Stamp {
        who: field("who").to_owned(),
        when: Timestamp(seconds.unwrap_or_default()),
        comment: field("comment").to_owned(),
    };
    (field("dialect").parse().ok(), stamp)
}

fn comment_sign(dialect: Dialect) -> char {
    match dialect {
        Dialect::Ix => '!',
        Dialect::Rtx => '#',
    }
}

/// A text without line ends, so that it stays in its comment.
fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_history_gives_back_what_was_committed() {
        let directory = std::env::temp_dir().join(format!("tsuji-history-{}", std::process::id()));
        let history = History::new(directory.clone());
        assert_eq!(history.records().unwrap(), []);
        let tree = |name: &str| reader::read(&format!("hostname {name}\n"), Some(Dialect::Ix)).tree;
        let stamp = |when| Stamp {
            who: "alice".to_owned(),
            when: Timestamp(when),
            comment: "before:\nthe move".to_owned(),
        };
        for number in 1..=KEPT + 2 {
            let added = history.add(&tree(&format!("r{number}")), Dialect::Ix, &stamp(number as u64));
            assert_eq!(added.unwrap() as usize, number);
        }
        let records = history.records().unwrap();
        assert_eq!(records.len(), KEPT);
        let newest = Stamp { comment: "before: the move".to_owned(), ..stamp(KEPT as u64 + 2) };
        assert_eq!(records[0], Record { number: KEPT as u32 + 2, stamp: newest });
        assert_eq!(history.back(1).unwrap().1, tree(&format!("r{}", KEPT + 1)));
        assert!(
            matches!(history.back(KEPT), Err(HistoryError::TooFar { asked: KEPT, kept }) if kept == KEPT - 1)
        );
        let mode = fs::metadata(directory.join("052.conf")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(&directory).unwrap();
    }
}
