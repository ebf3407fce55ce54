//! Monitors: who asks which hosts, and what has failed.

use std::net::IpAddr;

use super::Draft;
use super::policy::{Uplinks, interface_of};
use crate::apply::firewall::mark::OURS;
use crate::apply::workers::{AskedHost, MonitorSpec, WorkerId, WorkerSpec};
use crate::model::monitor::{Condition, Fails, Monitor, Probe, Source, Target};
use crate::types::{InterfaceName, KernelName, Sourced};

/// Has the hosts of every monitor asked. Questions that leave by an interface bear its mark, so
/// that they are led by its own table, whatever the main one says meanwhile.
pub(super) fn resolve(uplinks: &Uplinks, draft: &mut Draft<'_>) {
    for (&number, monitor) in &draft.model.monitors {
        let mut hosts = Vec::new();
        for condition in &monitor.conditions {
            let (probe, fails_alive) = match &condition.value {
                Condition::Silent(probe) => (probe, false),
                Condition::Answers(probe) => (probe, true),
                Condition::Down(_) | Condition::Up(_) => continue,
            };
            match host(number, probe, fails_alive, uplinks, draft) {
                Ok(host) => hosts.push(host),
                Err(reason) => draft.hold(condition.origin, reason),
            }
        }
        if !hosts.is_empty() {
            let spec = spec(number, monitor, hosts);
            draft.state.workers.insert(WorkerId::Monitor(number), Sourced::new(spec, monitor.origin));
        }
    }
}

fn spec(number: u32, monitor: &Monitor, hosts: Vec<AskedHost>) -> WorkerSpec {
    WorkerSpec::Monitor(MonitorSpec {
        name: monitor.name(number),
        hosts,
        by_all: monitor.fails == Fails::ByAll,
        timing: monitor.timing,
        delay: monitor.delay,
        length: monitor.length,
        log: monitor.log,
    })
}

fn host(
    number: u32,
    probe: &Probe,
    fails_alive: bool,
    uplinks: &Uplinks,
    draft: &Draft<'_>,
) -> Result<AskedHost, String> {
    let address = match &probe.target {
        Target::Host(address) => *address,
        Target::Dhcp(interface) => {
            let lease = draft.facts.leases.get(interface);
            let router = lease.and_then(|lease| lease.routers.first());
            (*router.ok_or_else(|| format!("{interface}: no router of a DHCP server yet"))?).into()
        }
    };
    let interface = asked_by(number, probe, draft);
    let link = match interface {
        Some(interface) => Some(draft.tie(interface)?.link.clone()),
        None => None,
    };
    let mark = interface.and_then(|interface| uplinks.number(interface)).map(|number| OURS | number);
    let source = match &probe.source {
        None => None,
        Some(Source::Address(source)) => Some(*source),
        Some(Source::Interface(interface)) => Some(own_address(*interface, address, draft)?),
    };
    Ok(AskedHost { address, link, mark, source, fails_alive })
}

/// The interface by which a host is asked: the one that is named, or that of the gateway which
/// depends on the answer.
pub(super) fn asked_by(number: u32, probe: &Probe, draft: &Draft<'_>) -> Option<InterfaceName> {
    let host = match probe.target {
        Target::Host(host) if probe.by_gateway => host,
        Target::Host(_) | Target::Dhcp(_) => return probe.interface,
    };
    let routes = draft.model.routes.iter().filter(|route| route.prefix.contains(&host));
    let gateways = routes.flat_map(|route| route.gateways.iter().map(move |gateway| (route, gateway)));
    let dependent = gateways.filter(|(_, gateway)| gateway.keepalive == Some(number));
    let (_, gateway) = dependent.max_by_key(|(route, _)| route.prefix.prefix_len())?;
    interface_of(&gateway.next_hop, draft).or(probe.interface)
}

/// The first address of an interface, of the family of `peer`.
fn own_address(interface: InterfaceName, peer: IpAddr, draft: &Draft<'_>) -> Result<IpAddr, String> {
    let link: &KernelName = &draft.tie(interface)?.link;
    let addresses = draft.state.addresses.keys().filter(|address| address.link == *link);
    let mut addresses = addresses.map(|address| address.network.addr());
    let own = addresses.find(|address| address.is_ipv4() == peer.is_ipv4());
    own.ok_or_else(|| format!("{interface} has no address to ask from"))
}

impl Draft<'_> {
    /// Whether what a monitor watches has failed, as far as is known.
    pub(super) fn has_failed(&self, number: u32) -> bool {
        let monitor = self.model.monitors.get(&number);
        let links = monitor.into_iter().flat_map(|monitor| &monitor.conditions);
        let by_link = links.into_iter().any(|condition| match &condition.value {
            Condition::Down(interface) => self.tie_up(*interface).is_err(),
            Condition::Up(interface) => self.tie_up(*interface).is_ok(),
            Condition::Silent(_) | Condition::Answers(_) => false,
        });
        by_link || self.facts.failed.contains(&number)
    }
}
