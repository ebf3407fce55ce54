//! The part of two states that a commit has to look at: where they differ.
//!
//! A commit of one route among a hundred thousand asks the kernel about that one. Links, addresses
//! and all else of which there are few are always read, so a link that others have shut down is
//! noticed; with it the kernel has taken routes away, and then everything is read. So it is where
//! a plan changes links or addresses itself, and where there is nothing to change: such a commit
//! is for what others changed.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use super::kernel::Part;
use super::state::{RouteKey, State};

/// So many routes are asked for one by one; for more, reading all of them is faster.
const ONE_BY_ONE: usize = 256;

/// What a commit looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that is ours.
    Everything,
    /// All but the other routes, and perhaps the table.
    Part(Part),
}

impl Scope {
    /// What the way from `old` to `new` touches.
    pub(super) fn between(old: &State, new: &State) -> Self {
        if old.links != new.links || old.addresses != new.addresses {
            return Self::Everything;
        }
        let mut routes = BTreeSet::new();
        for key in different(&old.routes, &new.routes) {
            if routes.len() == ONE_BY_ONE {
                return Self::Everything;
            }
            routes.insert(key.clone());
        }
        let part = Part { routes, firewall: old.firewall != new.firewall };
        let is_empty = part.routes.is_empty() && !part.firewall;
        if is_empty && old == new { Self::Everything } else { Self::Part(part) }
    }

    /// What of a state is in sight.
    pub(super) fn of<'a>(&self, state: &'a State) -> Cow<'a, State> {
        let Self::Part(part) = self else { return Cow::Borrowed(state) };
        let State { links, addresses, neighbours, proxies, routes, rules, sysctls, firewall, workers } =
            state;
        let seen = |key: &RouteKey| Some((key.clone(), routes.get(key)?.clone()));
        Cow::Owned(State {
            links: links.clone(),
            addresses: addresses.clone(),
            neighbours: neighbours.clone(),
            proxies: proxies.clone(),
            routes: part.routes.iter().filter_map(seen).collect(),
            rules: rules.clone(),
            sysctls: sysctls.clone(),
            firewall: firewall.clone().filter(|_| part.firewall),
            workers: workers.clone(),
        })
    }
}

/// The keys that two maps do not have with the same value, in order.
fn different<'a, K: Ord, V: PartialEq>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = &'a K> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    iter::from_fn(move || {
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some((key, _)), Some((other, _))) => key.cmp(other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            match order {
                Ordering::Less => return old.next().map(|(key, _)| key),
                Ordering::Greater => return new.next().map(|(key, _)| key),
                Ordering::Equal => {
                    if let (Some((key, value)), Some((_, other))) = (old.next(), new.next())
                        && value != other
                    {
                        return Some(key);
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::state::{Address, MAIN_TABLE, RouteTarget};
    use crate::types::{LineId, Sourced};

    fn key(prefix: &str) -> RouteKey {
        RouteKey { prefix: prefix.parse().unwrap(), priority: 1, table: MAIN_TABLE }
    }

    fn state(routes: &[(&str, &str)]) -> State {
        let via = |gateway: &str| RouteTarget::Via { gateway: gateway.parse().unwrap(), link: None };
        let route = |&(prefix, to): &(&str, &str)| (key(prefix), Sourced::new(via(to), LineId(1)));
        State { routes: routes.iter().map(route).collect(), ..State::default() }
    }

    fn part(routes: &[&str]) -> Scope {
        Scope::Part(Part { routes: routes.iter().map(|prefix| key(prefix)).collect(), firewall: false })
    }

    #[test]
    fn routes_that_differ_are_in_sight() {
        let old = state(&[
            ("10.1.0.0/16", "192.0.2.1"),
            ("10.2.0.0/16", "192.0.2.1"),
            ("10.3.0.0/16", "192.0.2.1"),
        ]);
        let new = state(&[
            ("10.0.0.0/16", "192.0.2.1"),
            ("10.2.0.0/16", "192.0.2.2"),
            ("10.3.0.0/16", "192.0.2.1"),
        ]);
        let scope = Scope::between(&old, &new);
        assert_eq!(scope, part(&["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"]));
        assert_eq!(*scope.of(&old), state(&[("10.1.0.0/16", "192.0.2.1"), ("10.2.0.0/16", "192.0.2.1")]));
        assert_eq!(
            Scope::between(&old, &State::default()),
            part(&["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"])
        );
    }

    #[test]
    fn all_is_looked_at_where_the_kernel_may_have_done_more() {
        let old = state(&[("10.1.0.0/16", "192.0.2.1")]);
        assert_eq!(
            Scope::between(&old, &old),
            Scope::Everything,
            "nothing to do: others may have changed something"
        );
        let mut moved = old.clone();
        let address = Address { link: "eth0".parse().unwrap(), network: "192.0.2.9/24".parse().unwrap() };
        moved.addresses.insert(address, Sourced::new((), LineId(2)));
        assert_eq!(Scope::between(&old, &moved), Scope::Everything);

        let many: Vec<String> =
            (0..=ONE_BY_ONE).map(|number| format!("10.{}.{}.0/24", number / 256, number % 256)).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|prefix| (prefix.as_str(), "192.0.2.1")).collect();
        assert_eq!(Scope::between(&State::default(), &state(&many)), Scope::Everything);
        assert_ne!(Scope::between(&State::default(), &state(&many[1..])), Scope::Everything);
    }
}
