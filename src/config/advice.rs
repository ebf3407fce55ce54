//! What will bite: things that a configuration may say, and that nobody wants.

use std::collections::BTreeMap;

use super::names;
use crate::language::lower::{Diagnostic, Severity};
use crate::language::syntax::Rule;
use crate::language::tree::Tree;
use crate::model::Model;
use crate::model::nat::{Outside, Translation};
use crate::types::{Dialect, LineId, Port, Sourced};

/// Warnings about a configuration as a whole, each with the line that it is about.
pub fn advise(tree: &Tree, model: &Model) -> Vec<Diagnostic> {
    let mut advice = names::undefined(tree);
    advice.extend(short_keys(tree));
    for (name, interface) in &model.interfaces {
        let by_own = |it: &&Sourced<Translation>| it.outside == Outside::Interface;
        if let Some(translation) = interface.nat.translations.iter().find(by_own)
            && interface.addr.ipv4.is_none()
        {
            let message = format!("{name} translates addresses and has none: nothing gets through");
            advice.push(warning(translation.origin, message));
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

/// Bytes of the shortest key that is no mere word: who has captured one exchange can try words
/// off-line.
const SHORTEST_KEY: usize = 8;

const RTX_KEY: Rule = Rule::rtx_ike_pre_shared_key;

/// Keys between two gateways that are too short.
fn short_keys(tree: &Tree) -> impl Iterator<Item = Diagnostic> {
    let is_key = |rule| matches!(rule, RTX_KEY | Rule::ix_ike_policy);
    let lines = tree.walk().map(|(_, line)| line).filter(move |line| is_key(line.command.rule));
    lines.filter_map(|line| {
        let secret = line.command.value("secret")?;
        let hexadecimal = secret.strip_prefix("0x").filter(|_| line.command.rule == RTX_KEY);
        let bytes = match hexadecimal {
            Some(digits) if !line.command.has("text") => digits.len().div_ceil(2),
            Some(_) | None => secret.len(),
        };
        let is_short = bytes < SHORTEST_KEY && secret != "*";
        let message = || format!("a key of fewer than {SHORTEST_KEY} bytes is soon guessed: take 20 or more");
        is_short.then(|| warning(line.id, message()))
    })
}

pub(super) fn warning(line: LineId, message: String) -> Diagnostic {
    Diagnostic { line, severity: Severity::Warning, message }
}
