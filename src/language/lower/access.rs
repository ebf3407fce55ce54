//! Who may use a service of the router.

use super::args::{Args, Network};
use super::{Draft, Refusal};
use crate::model::access::{Client, Clients, Hosts, Service};
use crate::types::Sourced;

/// `sshd host …`, `dns host …`: the words that all services of an RTX have in common.
pub(super) fn clients(draft: &mut Draft, args: &Args<'_>) -> Result<Option<Sourced<Clients>>, Refusal> {
    let clients = match args.text("who").as_deref() {
        Some("any") => Clients::Any,
        Some("lan") => Clients::Lan,
        Some(_) => Clients::Only(Vec::new()),
        None => {
            let mut only = Vec::new();
            for text in args.all::<String>("client")? {
                match client(&text) {
                    Some(client) => only.push(client),
                    None => draft.beyond(args, format!("hosts on {text}")),
                }
            }
            Clients::Only(only)
        }
    };
    Ok(Some(args.sourced(clients)))
}

fn client(text: &str) -> Option<Client> {
    if let Some((first, last)) = text.split_once('-') {
        return Some(Client::Hosts(Hosts::Range(first.parse().ok()?, last.parse().ok()?)));
    }
    match text.parse::<Network>() {
        Ok(network) => Some(Client::Hosts(Hosts::Network(network.0))),
        Err(_) => text.parse().ok().map(Client::Interface),
    }
}

/// `sshd service on|off`: over IPv4 and over IPv6.
pub(super) fn switch(service: &mut Service, args: &Args<'_>) {
    let state = args.is_on().then(|| args.sourced(()));
    (service.ipv4, service.ipv6) = (state, state);
}

/// `ssh-server ip|ipv6 enable`.
pub(super) fn enable(service: &mut Service, args: &Args<'_>) {
    let state = Some(args.sourced(()));
    match args.text("family").as_deref() {
        Some("ipv6") => service.ipv6 = state,
        _ => service.ipv4 = state,
    }
}
