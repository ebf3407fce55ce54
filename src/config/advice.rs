//! What will bite: things that a configuration may say, and that nobody wants.

use super::names;
use crate::language::lower::{Diagnostic, Severity};
use crate::language::tree::Tree;
use crate::model::Model;
use crate::types::LineId;

/// Warnings about a configuration as a whole, each with the line that it is about.
pub fn advise(tree: &Tree, model: &Model) -> Vec<Diagnostic> {
    let mut advice = names::undefined(tree);
    for (name, interface) in &model.interfaces {
        if let Some(napt) = &interface.nat.napt
            && interface.addr.ipv4.is_none()
        {
            let message = format!("{name} translates addresses and has none: nothing gets through");
            advice.push(warning(napt.origin, message));
        }
    }
    advice
}

pub(super) fn warning(line: LineId, message: String) -> Diagnostic {
    Diagnostic { line, severity: Severity::Warning, message }
}
