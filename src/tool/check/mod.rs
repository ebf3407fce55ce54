//! `tsuji check`: what would become of every line of a configuration file.
//!
//! A file is read line by line, understood like a paste, and lowered to a model that is thrown
//! away: so a name that nothing defines and two lines that contradict each other come out too.

mod input;
mod json;
mod text;

pub(super) use text::write_problems;

use std::collections::HashMap;
use std::io::{self, Write};

use crate::config::advice;
use crate::language::lower::{self, Severity};
use crate::language::tree::reader::{self, Outcome, Reading, Status};
use crate::types::{Dialect, LineId};

/// What to check, and how to tell.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Paths; `-` is standard input.
    pub files: Vec<String>,
    /// The dialect of all files; `None`: each file's own.
    pub dialect: Option<Dialect>,
    /// One JSON object a file instead of text.
    pub json: bool,
}

/// Checks every file in turn. `true`: all could be read and no line has an error.
///
/// # Errors
///
/// Only those of writing the report.
pub fn run(options: &CheckOptions, out: &mut dyn Write) -> io::Result<bool> {
    let mut fine = true;
    for file in &options.files {
        let report = Report::of(file, options.dialect);
        fine &= report.is_fine();
        if options.json {
            json::write(&report, out)?
        } else {
            text::write(&report, out)?
        }
        out.flush()?;
    }
    Ok(fine)
}

/// What became of one file.
#[derive(Debug)]
struct Report<'a> {
    file: &'a str,
    /// The dialect asked for, or found.
    dialect: Option<Dialect>,
    /// What there is to say of the file as a whole; its first line says it too.
    notice: Option<String>,
    /// Its lines, or why it could not be read.
    outcomes: Result<Vec<Outcome>, io::Error>,
}

/// How many lines ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
struct Summary {
    ok: usize,
    inert: usize,
    planned: usize,
    error: usize,
    warnings: usize,
}

impl<'a> Report<'a> {
    fn of(file: &'a str, dialect: Option<Dialect>) -> Self {
        match reading_of(file, dialect, true) {
            Ok((reading, notice)) => {
                Self { file, dialect: Some(reading.dialect), notice, outcomes: Ok(reading.outcomes) }
            }
            Err(error) => Self { file, dialect, notice: None, outcomes: Err(error) },
        }
    }

    fn lines(&self) -> &[Outcome] {
        self.outcomes.as_deref().unwrap_or_default()
    }

    fn is_fine(&self) -> bool {
        self.outcomes.is_ok() && self.summary().error == 0
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for line in self.lines() {
            *match line.status {
                Status::Ok => &mut summary.ok,
                Status::Inert(_) => &mut summary.inert,
                Status::Planned(_) => &mut summary.planned,
                Status::Error { .. } => &mut summary.error,
            } += 1;
            summary.warnings += usize::from(!line.warning.is_empty());
        }
        summary
    }
}

/// Reads a file, or standard input for `-`, in a dialect or in its own, and judges all lines. What
/// there is to say of the file as a whole comes with it; its first line says it too. What is not
/// to be used here needs no ports.
pub(super) fn reading_of(
    file: &str,
    dialect: Option<Dialect>,
    to_be_used: bool,
) -> io::Result<(Reading, Option<String>)> {
    let decoded = input::read(file)?;
    let mut reading = judged(reader::read(&decoded.text, dialect), to_be_used);
    let notice = decoded.notice();
    if let (Some(first), Some(notice)) = (reading.outcomes.first_mut(), &notice) {
        first.note(notice);
    }
    Ok((reading, notice))
}

/// Adds what shows only when all lines are seen together.
fn judged(mut reading: Reading, to_be_used: bool) -> Reading {
    let (model, mut diagnostics) = lower::lower(&reading.tree);
    diagnostics.extend(advice::advise(&reading.tree, &model));
    if to_be_used {
        diagnostics.extend(advice::untied(&model));
    }
    let numbers: HashMap<LineId, usize> =
        reading.tree.walk().filter_map(|(_, line)| Some((line.id, line.number?))).collect();
    for diagnostic in diagnostics {
        let number = numbers.get(&diagnostic.line);
        let at = number
            .and_then(|number| reading.outcomes.binary_search_by_key(number, |outcome| outcome.number).ok());
        let Some(outcome) = at.map(|at| &mut reading.outcomes[at]) else { continue };
        match diagnostic.severity {
            Severity::Error => {
                outcome.status = Status::Error { column: first_column(&outcome.text), expected: Vec::new() };
                outcome.message = diagnostic.message;
            }
            // What follows from the missing secret need not be said.
            Severity::Warning if outcome.is_masked() => {}
            Severity::Warning => outcome.warn(&diagnostic.message),
        }
    }
    reading
}

/// The column of the first word.
fn first_column(line: &str) -> usize {
    line.chars().take_while(|sign| sign.is_whitespace()).count() + 1
}

#[cfg(test)]
mod tests;
