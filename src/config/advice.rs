//! What will bite: things that a configuration may say, and that nobody wants.

use std::collections::BTreeMap;

use super::names;
use crate::language::lower::{Diagnostic, Severity};
use crate::language::tree::Tree;
use crate::model::Model;
use crate::types::{Dialect, LineId, Port};

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

/// A warning for every port that no line ties to a Linux interface, at the line that names it first.
/// The daemon may know better: it is also told of ports when it is started.
pub fn untied(model: &Model) -> Vec<Diagnostic> {
    let mut first: BTreeMap<Port, LineId> = BTreeMap::new();
    for (name, interface) in &model.interfaces {
        if let (Some(port), Some(enabled)) = (name.port(), &interface.link.enabled)
            && !model.ports.contains_key(&port)
            && enabled.value
        {
            let line = first.entry(port).or_insert(enabled.origin);
            *line = enabled.origin.min(*line);
        }
    }
    let message = |port: Port| {
        format!(
            "nothing ties {} ({}) to a Linux interface: its lines wait for that",
            port.in_dialect(Dialect::Ix),
            port.in_dialect(Dialect::Rtx)
        )
    };
    first.into_iter().map(|(port, line)| warning(line, message(port))).collect()
}

pub(super) fn warning(line: LineId, message: String) -> Diagnostic {
    Diagnostic { line, severity: Severity::Warning, message }
}
