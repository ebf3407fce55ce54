//! Timeouts and sets: what rules refer to by name.
//!
//! nft's JSON reader (1.0.6) makes timeouts without their times and cannot remove them, so these
//! come and go by nft's own language: before the rules that name them, and after. Nothing is done
//! by one that no rule names.

use std::collections::BTreeSet;

use serde_json::json;

use super::program::{self, Mode};
use super::transaction::Transaction;
use crate::apply::firewall::{Firewall, Object, protocol_word};
use crate::apply::kernel::KernelError;
use crate::types::NFT_TABLE;

/// The kind of timeouts.
pub(super) const TIMEOUT: &str = "ct timeout";

/// The kind of helpers.
pub(super) const HELPER: &str = "ct helper";
/// The kind of sets.
pub(super) const SET: &str = "set";

/// The kinds and names of objects in the kernel.
pub(super) type Listed = BTreeSet<(String, String)>;

/// Makes, or tries to make, the timeouts of a table that are not there. Answers their names.
pub(super) async fn add_timeouts<'a>(
    firewall: &'a Firewall,
    before: &Listed,
    mode: Mode,
) -> Result<Vec<&'a str>, KernelError> {
    let new = missing(firewall, before).filter(|(_, object)| matches!(object, Object::Timeout { .. }));
    let new: Vec<(&str, &Object)> = new.collect();
    if !new.is_empty() {
        let objects = new.iter().map(|(name, object)| {
            let kind = object.kind();
            format!("  {kind} {name} {{\n    {object}\n  }}\n")
        });
        let text = format!("table inet {NFT_TABLE} {{\n{}}}\n", objects.collect::<String>());
        program::run_text(&text, mode).await?;
    }
    Ok(new.into_iter().map(|(name, _)| name).collect())
}

/// Removes timeouts that no rule names any more.
pub(super) async fn remove_timeouts(names: &[&str]) {
    let text: String =
        names.iter().map(|name| format!("delete {TIMEOUT} inet {NFT_TABLE} {name}\n")).collect();
    if !names.is_empty()
        && let Err(error) = program::run_text(&text, Mode::Commit).await
    {
        tracing::warn!(%error, "timeouts that nothing uses stay in the table");
    }
}

/// The timeouts in the kernel that a table does not know.
pub(super) fn unused_timeouts<'a>(firewall: &Firewall, before: &'a Listed) -> Vec<&'a str> {
    let unused = before.iter().filter(|(kind, name)| kind == TIMEOUT && !firewall.objects.contains_key(name));
    unused.map(|(_, name)| name.as_str()).collect()
}

/// Objects are known by their names, which tell what they hold: one of a name that is there stays.
pub(super) fn replace(batch: &mut Transaction, firewall: &Firewall, before: &Listed) {
    let wanted =
        |kind: &str, name: &str| firewall.objects.get(name).is_some_and(|object| object.kind() == kind);
    for (kind, name) in before.iter().filter(|(kind, name)| kind != TIMEOUT && !wanted(kind, name)) {
        batch.other(json!({ "delete": { kind: { "family": "inet", "table": NFT_TABLE, "name": name } } }));
    }
    for (name, object) in missing(firewall, before) {
        match object {
            Object::Timeout { .. } => {}
            Object::Helper { application, protocol } => batch.other(json!({ "add": { "ct helper": {
                "family": "inet", "table": NFT_TABLE, "name": name,
                "type": application, "protocol": protocol_word(*protocol),
            } } })),
            // Older releases cannot be told in JSON that it is dynamic, but see it from the rule.
            Object::Hosts => batch.other(json!({ "add": { "set": {
                "family": "inet", "table": NFT_TABLE, "name": name, "type": "ipv4_addr", "size": 65_535,
            } } })),
        }
    }
}

fn missing<'a>(firewall: &'a Firewall, before: &Listed) -> impl Iterator<Item = (&'a str, &'a Object)> {
    let is_new = |name: &str, object: &Object| !before.contains(&(object.kind().to_owned(), name.to_owned()));
    let all = firewall.objects.iter().map(|(name, object)| (name.as_str(), object));
    all.filter(move |(name, object)| is_new(name, object))
}
