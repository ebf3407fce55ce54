//! What makes a host a router.

use super::Draft;
use crate::types::Sourced;

/// Set as soon as an interface of the configuration is tied, and never before: a box without
/// one is left as it is.
const VALUES: [(&str, &str); 3] = [
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv6.conf.all.forwarding", "1"),
    // Else Linux takes all addresses of a network away with the first of them.
    ("net.ipv4.conf.all.promote_secondaries", "1"),
];

pub(super) fn resolve(draft: &mut Draft<'_>) {
    let Some(origin) = draft.ties.values().map(|tie| tie.origin).min() else { return };
    for (name, value) in VALUES {
        draft.state.sysctls.insert(name.to_owned(), Sourced::new(value.to_owned(), origin));
    }
}
