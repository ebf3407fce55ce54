//! A whole configuration text: a file, a paste, the output of `show running-config`.
//!
//! Every line has an outcome, and a line with an error never stops the others. Indentation,
//! blank lines, comments, dump headers and what a pager printed mean nothing. A line that is not
//! understood is tried once more without what pasting adds to lines (see [`mend`]), and joined
//! with those after it if a terminal may have wrapped it (see [`wrap`]).

mod mend;
mod outcome;
mod wrap;

use std::collections::BTreeSet;

use super::entry::{self, Entry, Understood};
use super::{Cursor, Tree, print};
use crate::language::syntax::{LINE_LIMIT, Syntax, SyntaxError, without_comment};
use crate::language::text::{lines, terminal};
use crate::types::{Dialect, LineId};

pub use outcome::{Outcome, Status, notice};

/// What a text says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The dialect that the text is read in.
    pub dialect: Dialect,
    /// The lines that stay.
    pub tree: Tree,
    /// Every line that is neither blank nor a comment, in order.
    pub outcomes: Vec<Outcome>,
}

/// Reads a text in a dialect, or in the one that knows more of its lines.
pub fn read(text: &str, dialect: Option<Dialect>) -> Reading {
    let mut reader = Reader::new(dialect.unwrap_or_else(|| guess(text)));
    for (index, line) in lines::physical(text).enumerate() {
        reader.line(index + 1, line);
    }
    reader.finish()
}

/// A typed line without what pasting added to it (a prompt, a pager, full-width blanks, a note),
/// and what to say of that. `None`: nothing was added, or it is no command without it either.
///
/// Only for a line that is not understood as it stands.
pub fn mended(tree: &Tree, cursor: &Cursor, dialect: Dialect, line: &str) -> Option<(String, String)> {
    let content = terminal::without_pager(line);
    let understand =
        |line: &str| entry::understand(tree, cursor, dialect, line).ok().map(|_| line.to_owned());
    let (typed, said) = mend::mend(dialect, content, understand)?;
    let words = [said.message, said.warning];
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|words| !words.is_empty()).collect();
    (typed != line).then(|| (typed, words.join("; ")))
}

/// How many lines tell the dialect of a text.
const TELLING: usize = 4000;

/// So many lines more that one grammar knows tell it earlier.
const LEAD: usize = 200;

/// The dialect whose grammar knows more of the lines; of words, where those are even; else IX.
fn guess(text: &str) -> Dialect {
    Syntax::prepare();
    let mut guesses = Dialect::ALL.map(|dialect| (dialect, Cursor::default(), Tree::default(), 0));
    let mut words = Dialect::ALL.map(|_| 0);
    let lines = lines::physical(text).map(terminal::without_pager);
    for line in lines.filter(|line| !line.trim().is_empty()).take(TELLING) {
        for ((dialect, cursor, tree, known), words) in guesses.iter_mut().zip(&mut words) {
            let line = terminal::without_sure_prompt(*dialect, line).unwrap_or(line);
            match entry::type_line(tree, cursor, *dialect, line) {
                Ok(entry) => *known += usize::from(entry.dialect() == Some(*dialect)),
                Err(_) => *words += Syntax::of(*dialect).understood(&cursor.modes(*dialect), line),
            }
        }
        let [ix_lines, rtx_lines] = guesses.each_ref().map(|(.., known)| *known);
        if ix_lines.abs_diff(rtx_lines) >= LEAD {
            break;
        }
    }
    let [(ix, _, _, ix_lines), (rtx, _, _, rtx_lines)] = guesses;
    let [ix_words, rtx_words] = words;
    if (rtx_lines, rtx_words) > (ix_lines, ix_words) { rtx } else { ix }
}

/// Reads line by line.
#[derive(Debug)]
struct Reader {
    cursor: Cursor,
    reading: Reading,
    /// The dialect that comes first, below a heading for the lines of the other one.
    section: Dialect,
    /// Lines that may go on in the next one.
    held: wrap::Held,
    /// The outcome of the line of a file in the configuration, while its lines come.
    file: Option<usize>,
}

impl Reader {
    fn new(dialect: Dialect) -> Self {
        let reading = Reading { dialect, tree: Tree::default(), outcomes: Vec::new() };
        Self { cursor: Cursor::default(), section: dialect, reading, held: wrap::Held::default(), file: None }
    }

    /// Takes the next line, without its end.
    fn line(&mut self, number: usize, line: &str) {
        if !self.held.is_empty() && !self.goes_on(line) {
            self.release();
        }
        if self.held.wants(self.reading.dialect, line) && self.cursor.embedded().is_none() {
            self.held.hold(number, line);
        } else if self.held.is_empty() {
            self.take(number, line);
        } else {
            self.held.hold(number, line);
            self.release();
        }
    }

    /// What was read.
    fn finish(mut self) -> Reading {
        self.release();
        if let (Some(at), Some((_, end))) = (self.file, self.cursor.embedded()) {
            self.reading.outcomes[at].warning =
                format!("the text ends before this file does: {end} is missing");
        }
        let Reading { tree, outcomes, .. } = &mut self.reading;
        let unbuilt = tree.lines().iter().filter(|line| line.is_unbuilt());
        let lines = unbuilt.flat_map(|context| context.children.iter().chain([context]));
        let lines: BTreeSet<LineId> = lines.map(|line| line.id).collect();
        let concerned = |outcome: &&mut Outcome| outcome.line.is_some_and(|line| lines.contains(&line));
        outcomes.iter_mut().filter(concerned).for_each(Outcome::wait_for_ppp);
        self.reading
    }

    /// Whether a line may be the rest of those that are held: no command, and no blank line.
    fn goes_on(&self, line: &str) -> bool {
        line.len() <= LINE_LIMIT
            && !line.trim().is_empty()
            && !terminal::is_dump_header(line)
            && terminal::without_pager(line) == line
            && self.understand(line).is_err()
    }

    /// Takes the lines that are held: as one, if a terminal cut it in pieces, else each by itself.
    fn release(&mut self) {
        let pieces = self.held.release();
        let Some(((number, first), rest)) = pieces.split_first() else { return };
        let columns = self.held.columns();
        if let Some(joined) = wrap::join(self.reading.dialect, &pieces, |line| self.understand(line).ok()) {
            let taken = self.reading.outcomes.len();
            self.take(*number, &joined);
            if let Some(outcome) = self.reading.outcomes.get_mut(taken) {
                outcome.text.clone_from(first);
                outcome
                    .warn(&format!("goes on in the next line: a terminal wrapped it at {columns} columns"));
                let whole = outcome.clone();
                let rest = rest.iter().map(|(at, text)| whole.rest(*at, text));
                self.reading.outcomes.extend(rest);
            }
            return;
        }
        self.take(*number, first);
        for (number, piece) in rest {
            let taken = self.reading.outcomes.len();
            self.take(*number, piece);
            if let Some(outcome) = self.reading.outcomes.get_mut(taken) {
                outcome.suspect_wrap(columns);
            }
        }
    }

    /// Takes one whole line.
    fn take(&mut self, number: usize, line: &str) {
        if line.len() > LINE_LIMIT {
            let message = format!("the line is longer than {LINE_LIMIT} bytes");
            self.push(Outcome::begun(number, line, self.reading.dialect).refused(1, message));
            return;
        }
        if self.cursor.embedded().is_some() {
            return self.embedded(number, line);
        }
        let content = terminal::without_pager(line);
        if terminal::is_dump_header(content) {
            return;
        }
        let dialect = self.reading.dialect;
        if content.trim_end() == print::heading(dialect) {
            self.section = dialect.other();
            self.cursor.close();
            return;
        }
        let mut outcome = Outcome::new(number, line, dialect);
        self.cursor.at(number);
        let typed = terminal::without_sure_prompt(dialect, content).unwrap_or(content);
        if typed.len() < content.len() {
            outcome.note(if typed.is_empty() { "a prompt" } else { "read without the prompt" });
        }
        match self.understand(typed) {
            Ok(Understood::Nothing) if outcome.message.is_empty() => {}
            Ok(understood) => self.perform(outcome, understood),
            Err(error) => match mend::mend(dialect, typed, |line| self.understand(line).ok()) {
                Some((understood, said)) => self.perform(outcome.saying(&said), understood),
                None => {
                    entry::leave_if_meant(&mut self.cursor, dialect, typed);
                    let skipped = line.chars().count() - typed.chars().count();
                    self.push(outcome.not_understood(error, skipped));
                }
            },
        }
    }

    /// What a line means, or would mean without a prompt.
    fn understand(&self, line: &str) -> Result<Understood, SyntaxError> {
        let asked = self.reading.dialect;
        let line = terminal::without_sure_prompt(asked, line).unwrap_or(line);
        let in_dialect = |dialect| entry::understand(&self.reading.tree, &self.cursor, dialect, line);
        if self.section == asked || without_comment(asked, line).trim().is_empty() {
            return in_dialect(asked);
        }
        in_dialect(self.section).or_else(|_| in_dialect(asked))
    }

    /// Does what was understood, and notes what became of the line.
    fn perform(&mut self, outcome: Outcome, understood: Understood) {
        let entry = entry::perform(&mut self.reading.tree, &mut self.cursor, understood);
        if let Entry::Kept { command, .. } | Entry::Run(command) = &entry {
            self.held.set_columns(command);
        }
        let leaves = matches!(&entry, Entry::Run(command) if outcome::leaves_context(command));
        let left = leaves && self.cursor.close();
        let kept = if let Entry::Kept { command, .. } = &entry { Some(command) } else { None };
        let context = kept.and_then(|command| self.cursor.context_for(command));
        let outcome = outcome.taken(entry, context, left);
        self.push(outcome);
        self.file = self.cursor.embedded().map(|_| self.reading.outcomes.len() - 1);
    }

    /// A line of a file in the configuration: it is as its first line is.
    fn embedded(&mut self, number: usize, line: &str) {
        let understood = Understood::Embedded(line.to_owned());
        entry::perform(&mut self.reading.tree, &mut self.cursor, understood);
        if let Some(first) = self.file.map(|at| &self.reading.outcomes[at])
            && !line.trim().is_empty()
        {
            let outcome = first.part(number, line);
            self.push(outcome);
        }
    }

    fn push(&mut self, outcome: Outcome) {
        self.reading.outcomes.push(outcome);
    }
}
