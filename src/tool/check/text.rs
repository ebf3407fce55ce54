//! The report for people: one block a problem, then one summary line a file.

use std::io::{self, Write};

use super::{Report, Summary};
use crate::language::text::is_wide;
use crate::language::tree::reader::{Outcome, Status};

/// How many of the words that were possible are listed.
const LISTED: usize = 12;

/// How many characters of a long line are shown on each side of the place in question.
const SHOWN: usize = 100;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Err(error) = &report.outcomes {
        return writeln!(out, "{}: error: {error}", report.file);
    }
    if let Some(notice) = &report.notice {
        writeln!(out, "{}: {notice}", report.file)?;
    }
    for outcome in report.lines() {
        write_problems(report.file, outcome, out)?;
    }
    let Summary { ok, inert, planned, error, warnings } = report.summary();
    let dialect = report.dialect.map(|dialect| format!(" ({dialect})")).unwrap_or_default();
    let lines = report.lines().len();
    let (known, fine) = (share(lines - error, lines), share(ok, lines));
    writeln!(
        out,
        "{}{dialect}: {ok} ok, {inert} inert, {planned} planned, {error} error, {warnings} warnings; {known} known, {fine} ok",
        report.file
    )
}

/// A part in per cent, rounded down: only all is 100 %.
fn share(part: usize, all: usize) -> String {
    format!("{} %", (100 * part).checked_div(all).unwrap_or(100))
}

/// Writes what is wrong with a line, and what its author should know.
pub(in crate::tool) fn write_problems(file: &str, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let number = outcome.number;
    if let Status::Error { column, expected } = &outcome.status {
        writeln!(out, "{file}:{number}:{column}: error: {}", outcome.message)?;
        write_line(&outcome.text, *column, out)?;
        if !expected.is_empty() {
            let more = if expected.len() > LISTED { ", …" } else { "" };
            let words = expected.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>();
            writeln!(out, "  expected: {}{more}", words.join(", "))?;
        }
    }
    if !outcome.warning.is_empty() {
        let column = super::first_column(&outcome.text);
        writeln!(out, "{file}:{number}:{column}: warning: {}", outcome.warning)?;
        write_line(&outcome.text, column, out)?;
    }
    Ok(())
}

/// The line, and a caret below the column.
fn write_line(line: &str, column: usize, out: &mut dyn Write) -> io::Result<()> {
    let from = column.saturating_sub(SHOWN);
    let shown: Vec<char> = line.chars().skip(from).take(2 * SHOWN).map(harmless).collect();
    let indent: String =
        shown.iter().take(column - 1 - from.min(column - 1)).map(|&sign| blank(sign)).collect();
    let text: String = shown.into_iter().collect();
    writeln!(out, "  {}\n  {indent}^", text.trim_end())
}

/// A sign that does nothing to a terminal.
fn harmless(sign: char) -> char {
    match sign {
        '\t' => ' ',
        sign if sign.is_control() => '\u{fffd}',
        sign => sign,
    }
}

/// Blanks as wide as the sign.
fn blank(sign: char) -> &'static str {
    if is_wide(sign) { "  " } else { " " }
}
