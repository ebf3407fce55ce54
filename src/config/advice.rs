//! What will bite: things that a configuration may say, and that nobody wants.

use crate::language::lower::{Diagnostic, Severity};
use crate::model::Model;

/// Warnings about a model as a whole, each with the line that it is about.
pub fn advise(model: &Model) -> Vec<Diagnostic> {
    let mut advice = Vec::new();
    for (name, interface) in &model.interfaces {
        if let Some(napt) = &interface.nat.napt
            && interface.addr.ipv4.is_none()
        {
            advice.push(Diagnostic {
                line: napt.origin,
                severity: Severity::Warning,
                message: format!("{name} translates addresses and has none: nothing gets through"),
            });
        }
    }
    advice
}
