//! When two lines are the same line, and which lines a `no` removes.

use std::borrow::Cow;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::language::command::Command;
use crate::language::syntax::Removal;
use crate::types::{Dialect, InterfaceName};

/// What makes a line the line that it is: two lines with equal identities replace each other.
///
/// It is the setting and the words that tell its lines apart. A setting without such words is
/// single-valued; in an ordered list every word is part of the identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity(String);

impl Identity {
    pub(super) fn of(command: &Command) -> Self {
        let mut text = format!("{} {}", command.dialect, command.info().setting);
        for word in command.identity() {
            // No word of a line holds a line end.
            text.push('\n');
            text.push_str(&canonical(&word.text));
        }
        Self(text)
    }
}

/// Whether the second line takes the place of the first.
pub(super) fn same(one: &Command, other: &Command) -> bool {
    Identity::of(one) == Identity::of(other)
}

/// Whether `no …` takes this line away.
///
/// The words typed must lead the line's words. Yamaha ignores the values after those that name a
/// line, so there a complete line also removes the one of the same identity.
pub(super) fn removes(removal: &Removal, line: &Command) -> bool {
    if removal.dialect != line.dialect || !removal.rules.contains(&line.rule) {
        return false;
    }
    let same_word = |typed: &str, word: &str| typed == word || canonical(typed) == canonical(word);
    let leads = removal.words.len() <= line.words.len()
        && removal.words.iter().zip(line.words.iter()).all(|(typed, word)| same_word(typed, &word.text));
    let named = || removal.command.as_ref().is_some_and(|command| same(command, line));
    leads || (removal.dialect == Dialect::Rtx && named())
}

/// One spelling for what can be written in several: `lan2` and `LAN2`, `10.0.0.0/8` and
/// `10.0.0.0/255.0.0.0`, `default` and `0.0.0.0/0`.
fn canonical(text: &str) -> Cow<'_, str> {
    if matches!(text, "0.0.0.0/0" | "::/0" | "0.0.0.0/0.0.0.0") {
        return Cow::Borrowed("default");
    }
    let may_be_name = text.starts_with(|sign: char| sign.is_ascii_alphabetic());
    if let Some(Ok(name)) = may_be_name.then(|| text.parse::<InterfaceName>()) {
        return Cow::Owned(name.to_string());
    }
    if let Some(network) = network(text) {
        return Cow::Owned(network.to_string());
    }
    Cow::Borrowed(text)
}

fn network(text: &str) -> Option<IpNet> {
    let (address, mask) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    match mask.parse::<u8>() {
        Ok(length) => IpNet::new(address, length).ok(),
        Err(_) => IpNet::with_netmask(address, mask.parse().ok()?).ok(),
    }
}
