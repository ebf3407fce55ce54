//! The report as JSON Lines: one compact object a file.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::{Report, Summary};
use crate::language::tree::reader::{Outcome, Status};
use crate::types::Dialect;

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    dialect: Option<Dialect>,
    #[serde(serialize_with = "lines")]
    lines: &'a [Outcome],
    summary: Summary,
}

#[derive(Serialize)]
struct Line<'a> {
    line: usize,
    column: Option<usize>,
    text: &'a str,
    dialect: Dialect,
    status: &'static str,
    reason: Option<&'static str>,
    message: &'a str,
    warning: &'a str,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let file = File {
        file: report.file,
        error: report.outcomes.as_ref().err().map(ToString::to_string),
        dialect: report.dialect,
        lines: report.lines(),
        summary: report.summary(),
    };
    serde_json::to_writer(&mut *out, &file)?;
    writeln!(out)
}

fn lines<S: Serializer>(outcomes: &[Outcome], serializer: S) -> Result<S::Ok, S::Error> {
    let mut lines = serializer.serialize_seq(Some(outcomes.len()))?;
    for outcome in outcomes {
        lines.serialize_element(&line(outcome))?;
    }
    lines.end()
}

fn line(outcome: &Outcome) -> Line<'_> {
    let (status, reason, column) = match outcome.status {
        Status::Ok => ("ok", None, None),
        Status::Inert(reason) => ("inert", Some(reason), None),
        Status::Planned(feature) => ("planned", Some(feature), None),
        Status::Error { column, .. } => ("error", None, Some(column)),
    };
    Line {
        line: outcome.number,
        column,
        text: &outcome.text,
        dialect: outcome.dialect,
        status,
        reason,
        message: &outcome.message,
        warning: &outcome.warning,
    }
}
