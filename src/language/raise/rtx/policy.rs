//! `ip forward filter`: policies of IPv4 packets, by router.

use super::filter::{FilterNumbers, define};
use super::{Numbers, Page};
use crate::model::filter::{Action, Packets, Rule};
use crate::model::policy::{Choice, Dropped, Hop, Policies, Policy, Way};
use crate::types::{InterfaceName, LineId, Sourced};

/// The policy of a place; `None` is that for our own packets. Equal ones share their number.
pub(super) fn raise(
    page: &mut Page<'_>,
    filters: &mut FilterNumbers,
    transfers: &mut Numbers,
    place: Option<InterfaceName>,
    policies: &Policies,
) {
    let Policies { ipv4, ipv6 } = policies;
    if let Some(policy) = ipv6 {
        let origin = policy.choices.first().map_or(LineId::BUILT_IN, |choice| choice.origin);
        page.lose(origin, "an RTX has no transfer filters for IPv6");
    }
    let Some(policy) = ipv4 else { return };
    let lines = entries(page, filters, policy);
    let (Some((origin, _)), text) = (lines.first(), joined(&lines)) else { return };
    let origin = *origin;
    let number = transfers.of(&text, |number| {
        lines.iter().zip(1..).all(|((origin, words), order)| {
            page.line(*origin, format_args!("ip forward filter {number} {order} {words}"))
        })
    });
    let Some(number) = number else { return };
    match place {
        Some(interface) => {
            let interface = page.interface(interface);
            page.line(origin, format_args!("ip {interface} forward filter {number}"))
        }
        None => page.line(origin, format_args!("ip local forward filter {number}")),
    };
}

fn joined(lines: &[(LineId, String)]) -> String {
    lines.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("\n")
}

/// Every choice as the words after its order.
fn entries(page: &mut Page<'_>, filters: &mut FilterNumbers, policy: &Policy) -> Vec<(LineId, String)> {
    let mut lines = Vec::new();
    for choice in &policy.choices {
        match entry(page, filters, choice) {
            Ok(words) => lines.push((choice.origin, words)),
            Err(reason) => page.lose(choice.origin, reason),
        }
    }
    lines
}

fn entry(
    page: &mut Page<'_>,
    filters: &mut FilterNumbers,
    choice: &Sourced<Choice>,
) -> Result<String, String> {
    let Choice { rules, dropped, way, monitor } = &choice.value;
    let hops = match way {
        Way::Hops(hops) => hops,
        Way::Routes => return Err("a transfer filter leaves nothing to the routes".to_owned()),
        Way::LastResort(_) => return Err("a transfer filter comes before all routes".to_owned()),
    };
    let router = match hops.as_slice() {
        [Hop::Router(router)] => router,
        [Hop::Interface(interface)] => {
            return Err(format!("a transfer filter leads to a router, wanted is {interface}"));
        }
        [Hop::Router(router), ..] => {
            page.lose(choice.origin, "a transfer filter has one gateway: the first is taken");
            router
        }
        _ => return Err("a transfer filter leads to a router".to_owned()),
    };
    let rejects = |rule: &Rule| rule.action == Action::Drop;
    if *dropped == Dropped::Passed && rules.iter().flatten().any(|rule| rejects(rule)) {
        return Err("what a filter of an RTX rejects is dropped, not left to the routes".to_owned());
    }
    let numbers: Vec<String> = match rules {
        Some(rules) => rules
            .iter()
            .filter_map(|rule| define(page, "ip", filters, rule))
            .map(|it| it.to_string())
            .collect(),
        None => {
            let all = Rule { action: Action::Pass, log: false, packets: Packets::default() };
            let number = define(page, "ip", filters, &Sourced::new(all, choice.origin));
            number.into_iter().map(|it| it.to_string()).collect()
        }
    };
    if numbers.is_empty() {
        return Err("its filters match no packet".to_owned());
    }
    let keepalive = monitor.map(|number| format!(" keepalive {number}")).unwrap_or_default();
    Ok(format!("gateway {router} filter {}{keepalive}", numbers.join(" ")))
}
