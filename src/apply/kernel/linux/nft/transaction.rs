//! A list of commands that nft carries out as one, or not at all.

use nftables::schema::{NfCmd, NfListObject};
use serde::Serialize;
use serde_json::{Value, json};

use super::program::Mode;
use super::statement::{self, Part};
use crate::apply::firewall::Rule;
use crate::apply::kernel::KernelError;
use crate::types::NFT_TABLE;

/// What nft reads from its standard input.
#[derive(Debug, Default, Serialize)]
pub(super) struct Transaction {
    nftables: Vec<Command>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Command {
    /// One that the JSON types know.
    Known(Box<NfCmd<'static>>),
    /// A rule at the end of its chain, which may have statements that they do not know.
    Add { add: AddRule },
    /// The same in front of another rule.
    Insert { insert: AddRule },
    /// One that they do not know.
    Other(Value),
}

#[derive(Debug, Serialize)]
struct AddRule {
    rule: RuleObject,
}

#[derive(Debug, Serialize)]
struct RuleObject {
    family: &'static str,
    table: &'static str,
    chain: String,
    /// The rule that it stands in front of.
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<u64>,
    expr: Vec<Part>,
    comment: String,
}

impl Transaction {
    pub(super) fn is_empty(&self) -> bool {
        self.nftables.is_empty()
    }

    pub(super) fn add(&mut self, object: NfListObject<'static>) {
        self.command(NfCmd::Add(object));
    }

    pub(super) fn delete(&mut self, object: NfListObject<'static>) {
        self.command(NfCmd::Delete(object));
    }

    pub(super) fn command(&mut self, command: NfCmd<'static>) {
        self.nftables.push(Command::Known(Box::new(command)));
    }

    pub(super) fn other(&mut self, command: Value) {
        self.nftables.push(Command::Other(command));
    }

    /// Adds a rule at the end of a chain or in front of another, with its fingerprint and its line.
    pub(super) fn rule(
        &mut self,
        chain: &str,
        rule: &Rule,
        in_front_of: Option<u64>,
        mode: Mode,
    ) -> Result<(), KernelError> {
        let rule = RuleObject {
            family: "inet",
            table: NFT_TABLE,
            chain: chain.to_owned(),
            handle: in_front_of,
            expr: statement::all(rule, mode)?,
            comment: format!("{} line {}", rule.fingerprint(), rule.origin),
        };
        let rule = AddRule { rule };
        self.nftables.push(match in_front_of {
            None => Command::Add { add: rule },
            Some(_) => Command::Insert { insert: rule },
        });
        Ok(())
    }

    /// Removes a rule by the kernel's number.
    pub(super) fn delete_rule(&mut self, chain: &str, handle: u64) {
        let rule = json!({ "family": "inet", "table": NFT_TABLE, "chain": chain, "handle": handle });
        self.other(json!({ "delete": { "rule": rule } }));
    }

    /// Removes all rules of a chain.
    pub(super) fn flush_chain(&mut self, chain: &str) {
        self.other(json!({ "flush": { "chain": { "family": "inet", "table": NFT_TABLE, "name": chain } } }));
    }
}
