//! A plan as text: the commands of `ip` and `nft` that would do the same.

use std::fmt;

use similar::{ChangeTag, TextDiff};

use super::Plan;
use super::firewall::OLD;
use crate::apply::firewall::Firewall;
use crate::apply::op::Op;
use crate::types::NFT_TABLE;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match (&step.undo, &step.op) {
                (Op::SetFirewall(Some(old)), Op::SetFirewall(Some(new))) => changes(old, new, f)?,
                (_, op) => writeln!(f, "{}", op.to_string().trim_end())?,
            }
        }
        Ok(())
    }
}

/// One table against another: only the rules that come and go.
fn changes(old: &Firewall, new: &Firewall, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "nft replace table inet {NFT_TABLE}")?;
    let (old, new) = (rules(old), rules(new));
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    for change in TextDiff::from_slices(&old, &new).iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {}
            ChangeTag::Delete => writeln!(f, "  - {}", change.value())?,
            ChangeTag::Insert => writeln!(f, "  + {}", change.value())?,
        }
    }
    Ok(())
}

/// One line a rule, its chain in front. While two tables stand side by side, those of the old one
/// that the new one lacks come first in their chain, under their former names.
fn rules(table: &Firewall) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut former_lines: Vec<String> = Vec::new();
    for old in [false, true] {
        for (name, chain) in &table.chains {
            let former = name.strip_prefix(OLD);
            if former.is_some() != old {
                continue;
            }
            for rule in &chain.rules {
                let line = format!("{}: {}", former.unwrap_or(name), rule.to_string().replace(OLD, ""));
                match old {
                    false => lines.push(line),
                    true if !lines.contains(&line) => former_lines.push(line),
                    true => {}
                }
            }
        }
    }
    lines.splice(0..0, former_lines);
    // Rules of one chain belong together; the sort is stable, so they keep their order.
    lines.sort_by(|one, other| chain_of(one).cmp(chain_of(other)));
    lines
}

fn chain_of(line: &str) -> &str {
    line.split(": ").next().unwrap_or(line)
}
