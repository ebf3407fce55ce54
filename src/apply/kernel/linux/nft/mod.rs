//! The table `inet tsuji`, by the program `nft` and its JSON (libnftables-json(5)).
//!
//! One transaction leads from the table that is there to the one that is wanted: of each chain it
//! replaces the stretch of rules that differs. Rules and counters that stay keep their values. Each
//! rule's comment is `FINGERPRINT line ORIGIN`: the fingerprint, to compare what is in force with
//! what was asked for; the number of the configuration line, for people who read `nft list`.

mod blame;
pub(super) mod flowtable;
mod listing;
mod object;
mod program;
mod statement;
mod transaction;
mod translation;

use std::collections::BTreeSet;

use nftables::schema::{Chain, Counter, NfListObject, Table};
use nftables::types::{NfChainPolicy, NfChainType, NfFamily, NfHook};

pub(super) use self::listing::list;
use self::listing::{ListedChain, ListedRule, Listing};
use self::program::Mode;
use self::transaction::Transaction;
use crate::apply::firewall::{Firewall, Hook, Kind, Point, Rule, Verdict};
use crate::apply::kernel::KernelError;
use crate::types::NFT_TABLE;

/// Puts a table in place of what is there; `None` removes it.
pub(super) async fn replace(firewall: Option<&Firewall>) -> Result<(), KernelError> {
    submit(firewall, Mode::Commit).await
}

/// Asks nft and the kernel whether they would take a table.
pub(super) async fn check(firewall: Option<&Firewall>) -> Result<(), KernelError> {
    submit(firewall, Mode::Check).await
}

async fn submit(firewall: Option<&Firewall>, mode: Mode) -> Result<(), KernelError> {
    let before = list().await?;
    let listed = before.as_ref().map(|listing| listing.objects.clone()).unwrap_or_default();
    let timeouts = match firewall {
        Some(firewall) => object::add_timeouts(firewall, &listed, mode).await?,
        None => Vec::new(),
    };
    let answer = program::run(&transaction(firewall, before.as_ref(), mode)?, mode).await;
    if mode == Mode::Commit {
        let unused = firewall.map(|firewall| object::unused_timeouts(firewall, &listed)).unwrap_or_default();
        object::remove_timeouts(if answer.is_ok() { &unused } else { &timeouts }).await;
    }
    let Err(refusal) = answer else { return Ok(()) };
    match firewall {
        Some(firewall) => Err(blame::blame(firewall, before.as_ref(), refusal).await),
        None => Err(refusal),
    }
}

fn transaction(
    firewall: Option<&Firewall>,
    before: Option<&Listing>,
    mode: Mode,
) -> Result<Transaction, KernelError> {
    let mut batch = Transaction::default();
    match (firewall, before) {
        (None, None) => {}
        (None, Some(_)) => batch.delete(table()),
        (Some(firewall), before) => fill(&mut batch, firewall, before.unwrap_or(&Listing::default()), mode)?,
    }
    Ok(batch)
}

/// The changes from what is there. What a rule or a chain refers to is made before it, and
/// removed after it.
fn fill(
    batch: &mut Transaction,
    firewall: &Firewall,
    before: &Listing,
    mode: Mode,
) -> Result<(), KernelError> {
    batch.add(table());
    let stays = |name: &str, listed: &ListedChain| {
        let wanted = firewall.chains.get(name);
        wanted.is_some_and(|wanted| wanted.hook.map(|hook| hook.point().word()) == listed.hook)
    };
    let nothing = ListedChain::default();
    let mut edits = Vec::new();
    for (name, wanted) in &firewall.chains {
        let listed = before.chains.get(name).filter(|listed| stays(name, listed)).unwrap_or(&nothing);
        edits.push((name, Edit::between(&listed.rules, &wanted.rules)));
    }
    let gone: Vec<_> = before.chains.iter().filter(|(name, listed)| !stays(name, listed)).collect();

    for (name, edit) in &edits {
        edit.gone.iter().for_each(|rule| batch.delete_rule(name, rule.handle));
    }
    gone.iter().for_each(|(name, _)| batch.flush_chain(name));
    gone.iter().for_each(|(name, _)| batch.delete(chain(name, None)));
    if before.flowtable {
        batch.delete(flowtable::object(&BTreeSet::new()));
    }
    if !firewall.fast.is_empty() {
        batch.add(flowtable::object(&firewall.fast));
    }
    let counters_before: BTreeSet<String> = before.counters.keys().cloned().collect();
    counters_before.difference(&firewall.counters).for_each(|name| batch.delete(counter(name)));
    firewall.counters.difference(&counters_before).for_each(|name| batch.add(counter(name)));
    object::replace(batch, firewall, &before.objects);
    for (name, new) in &firewall.chains {
        batch.add(chain(name, new.hook));
    }
    for (name, edit) in edits {
        for rule in edit.new {
            batch.rule(name, rule, edit.in_front_of, mode).map_err(|error| blame::by(rule, &error))?;
        }
    }
    Ok(())
}

/// What changes in the rules of a chain: one stretch of them.
struct Edit<'a> {
    gone: &'a [ListedRule],
    new: &'a [Rule],
    /// The rule that the new ones stand in front of; `None`: they are the last.
    in_front_of: Option<u64>,
}

impl<'a> Edit<'a> {
    fn between(before: &'a [ListedRule], after: &'a [Rule]) -> Self {
        // The flowtable goes in any case, so that no connection passes by the new rules; with it
        // goes the rule that fills it.
        let stays = |rule: &Rule| (rule.verdict != Verdict::Offload).then(|| rule.fingerprint());
        let fingerprints: Vec<Option<String>> = match before {
            [] => Vec::new(),
            _ => after.iter().map(stays).collect(),
        };
        let same = |(rule, fingerprint): &(&ListedRule, &Option<String>)| {
            fingerprint.as_ref() == Some(&rule.fingerprint)
        };
        let first = before.iter().zip(&fingerprints).take_while(same).count();
        let last =
            before[first..].iter().rev().zip(fingerprints.iter().skip(first).rev()).take_while(same).count();
        let end = before.len() - last;
        Self {
            gone: &before[first..end],
            new: &after[first..after.len() - last],
            in_front_of: before.get(end).map(|rule| rule.handle),
        }
    }
}

fn table() -> NfListObject<'static> {
    NfListObject::Table(Table { family: NfFamily::INet, name: NFT_TABLE.into(), handle: None })
}

fn counter(name: &str) -> NfListObject<'static> {
    NfListObject::Counter(Counter {
        family: NfFamily::INet,
        table: NFT_TABLE.into(),
        name: name.to_owned().into(),
        handle: None,
        packets: Some(0),
        bytes: Some(0),
    })
}

fn chain(name: &str, hook: Option<Hook>) -> NfListObject<'static> {
    let mut chain = Chain {
        family: NfFamily::INet,
        table: NFT_TABLE.into(),
        name: name.to_owned().into(),
        ..Chain::default()
    };
    if let Some(hook) = hook {
        chain._type = Some(match hook.kind() {
            Kind::Filter => NfChainType::Filter,
            Kind::Nat => NfChainType::NAT,
            Kind::Route => NfChainType::Route,
        });
        chain.hook = Some(match hook.point() {
            Point::Prerouting => NfHook::Prerouting,
            Point::Input => NfHook::Input,
            Point::Forward => NfHook::Forward,
            Point::Output => NfHook::Output,
            Point::Postrouting => NfHook::Postrouting,
        });
        chain.prio = Some(hook.priority());
        chain.policy = Some(NfChainPolicy::Accept);
    }
    NfListObject::Chain(chain)
}
