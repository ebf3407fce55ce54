//! `route-map`, `ip policy route-map`, `ip local policy route-map`, and the same for IPv6.
//!
//! A policy becomes a route map named after the interface, each of its choices an entry, and the
//! rules of a choice an access list.

use super::Page;
use super::filter::raise_rule;
use crate::model::policy::{Choice, Dropped, Hop, Policies, Policy, Way};
use crate::types::{LineId, Sourced};

/// The access lists and route maps of a place; `base` is part of their names.
pub(super) fn raise_maps(page: &mut Page<'_>, base: &str, policies: &Policies) {
    for (family, map, policy) in maps(base, policies) {
        for (index, choice) in policy.choices.iter().enumerate() {
            for rule in choice.rules.iter().flatten() {
                raise_rule(page, family, &list(&map, index), rule);
            }
        }
    }
    for (family, map, policy) in maps(base, policies) {
        for (index, choice) in policy.choices.iter().enumerate() {
            raise_entry(page, family, &map, index, choice);
        }
        page.leave();
    }
}

/// The lines that have a place use them: `start` is `ip policy` or `ip local policy`, by family.
pub(super) fn raise_uses(page: &mut Page<'_>, base: &str, local: &str, policies: &Policies) {
    for (family, map, policy) in maps(base, policies) {
        let origin = policy.choices.first().map_or(LineId::BUILT_IN, |choice| choice.origin);
        page.line(origin, format_args!("{family} {local}policy route-map {map}"));
    }
}

fn maps<'a>(base: &str, policies: &'a Policies) -> Vec<(&'static str, String, &'a Policy)> {
    let families = [("ip", "", &policies.ipv4), ("ipv6", "6", &policies.ipv6)];
    let families = families.into_iter();
    families
        .filter_map(|(family, six, policy)| Some((family, format!("{base}-by{six}"), policy.as_ref()?)))
        .collect()
}

fn list(map: &str, index: usize) -> String {
    format!("{map}-{}", index + 1)
}

fn raise_entry(page: &mut Page<'_>, family: &str, map: &str, index: usize, choice: &Sourced<Choice>) {
    let Choice { rules, dropped, way, monitor } = &choice.value;
    let origin = choice.origin;
    let action = if *way == Way::Routes { "deny" } else { "permit" };
    page.enter(origin, format_args!("route-map {map} {action} {}", 10 * (index + 1)));
    if rules.is_some() {
        let list = list(map, index);
        page.line(origin, format_args!("match {family} address access-list {list}"));
    }
    if *dropped == Dropped::Gone {
        page.lose(origin, "what a list of an IX denies is not dropped by its route map");
    }
    if let Some(monitor) = monitor {
        page.lose(origin, format!("an entry of a route map does not depend on a host, wanted is {monitor}"));
    }
    let default = if matches!(way, Way::LastResort(_)) { "default " } else { "" };
    let (routers, interfaces): (Vec<&Hop>, Vec<&Hop>) =
        way.hops().iter().partition(|hop| matches!(hop, Hop::Router(_)));
    let words = |hops: &[&Hop]| {
        let words = hops.iter().map(|hop| match hop {
            Hop::Router(router) => router.to_string(),
            Hop::Interface(interface) => page.interface(*interface),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let (routers, interfaces) = (words(&routers), words(&interfaces));
    if !routers.is_empty() {
        page.line(origin, format_args!("set {family} {default}next-hop {routers}"));
    }
    if !interfaces.is_empty() {
        page.line(origin, format_args!("set {default}interface {interfaces}"));
    }
}
