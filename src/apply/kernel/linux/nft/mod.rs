//! The table `inet tsuji`, by the program `nft` and its JSON (libnftables-json(5)).
//!
//! A new table is put in place by one transaction: its rules are flushed, chains and counters
//! that are gone are deleted, what is new is added. Counters that stay keep their values. Each
//! rule's comment is `FINGERPRINT line ORIGIN`: the fingerprint, to compare what is in force with
//! what was asked for; the number of the configuration line, for people who read `nft list`.

mod blame;
pub(super) mod flowtable;
mod object;
mod program;
mod statement;
mod transaction;
mod translation;

use std::collections::{BTreeMap, BTreeSet};

use nftables::schema::{Chain, Counter, FlushObject, NfCmd, NfListObject, Table};
use nftables::types::{NfChainPolicy, NfChainType, NfFamily, NfHook};
use serde_json::Value;

use self::program::Mode;
use self::transaction::Transaction;
use crate::apply::firewall::{Firewall, Hook, Kind, Point};
use crate::apply::kernel::KernelError;
use crate::types::NFT_TABLE;

/// What nft shows of our table.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The chains by name.
    pub(super) chains: BTreeMap<String, ListedChain>,
    /// Whether it has a flowtable.
    flowtable: bool,
    /// Packets and bytes of each named counter.
    pub(super) counters: BTreeMap<String, (u64, u64)>,
    /// Objects that rules refer to, by kind and name.
    objects: object::Listed,
}

/// What nft shows of a chain.
#[derive(Debug, Default)]
pub(super) struct ListedChain {
    /// Where the kernel enters it, in the kernel's words (`postrouting`).
    hook: Option<String>,
    /// The fingerprints of its rules, in order; empty for one that is not of our making.
    pub(super) fingerprints: Vec<String>,
}

/// Reads the table back; `None` where there is none, or no `nft` that could have made one.
///
/// Only what is needed is looked at: nft prints more than the JSON types know, and releases differ.
pub(super) async fn list() -> Result<Option<Listing>, KernelError> {
    let Some(text) = program::list_table().await? else { return Ok(None) };
    let unreadable = |what: &str| KernelError::new(format!("nft list: {what}"));
    let document: Value = serde_json::from_str(&text).map_err(|error| unreadable(&error.to_string()))?;
    let objects = document["nftables"].as_array().ok_or_else(|| unreadable("no array \"nftables\""))?;

    let mut listing = Listing::default();
    for (kind, object) in objects.iter().filter_map(Value::as_object).flatten() {
        let text = |key: &str| object[key].as_str().map(str::to_owned);
        match (kind.as_str(), text("name"), text("chain")) {
            ("chain", Some(name), _) => listing.chains.entry(name).or_default().hook = text("hook"),
            ("flowtable", Some(_), _) => listing.flowtable = true,
            ("counter", Some(name), _) => {
                let number = |key: &str| object[key].as_u64().unwrap_or_default();
                listing.counters.insert(name, (number("packets"), number("bytes")));
            }
            ("ct timeout" | "set", Some(name), _) => {
                listing.objects.insert((kind.clone(), name));
            }
            ("rule", _, Some(chain)) => {
                let comment = text("comment").unwrap_or_default();
                let fingerprint = comment.split(' ').next().unwrap_or_default().to_owned();
                listing.chains.entry(chain).or_default().fingerprints.push(fingerprint);
            }
            _ => {}
        }
    }
    Ok(Some(listing))
}

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

fn fill(
    batch: &mut Transaction,
    firewall: &Firewall,
    before: &Listing,
    mode: Mode,
) -> Result<(), KernelError> {
    batch.add(table());
    batch.command(NfCmd::Flush(FlushObject::Table(Table {
        family: NfFamily::INet,
        name: NFT_TABLE.into(),
        handle: None,
    })));
    if before.flowtable {
        batch.delete(flowtable::object(&BTreeSet::new()));
    }
    if !firewall.fast.is_empty() {
        batch.add(flowtable::object(&firewall.fast));
    }
    for (name, listed) in &before.chains {
        let stays = firewall
            .chains
            .get(name)
            .is_some_and(|chain| chain.hook.map(|hook| hook.point().word()) == listed.hook.as_deref());
        if !stays {
            batch.delete(chain(name, None));
        }
    }
    let counters_before: BTreeSet<String> = before.counters.keys().cloned().collect();
    for name in counters_before.difference(&firewall.counters) {
        batch.delete(counter(name));
    }
    for name in firewall.counters.difference(&counters_before) {
        batch.add(counter(name));
    }
    object::replace(batch, firewall, &before.objects);
    for (name, new) in &firewall.chains {
        batch.add(chain(name, new.hook));
    }
    for (name, chain) in &firewall.chains {
        for rule in &chain.rules {
            batch.rule(name, rule, mode).map_err(|error| blame::by(rule, &error))?;
        }
    }
    Ok(())
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
