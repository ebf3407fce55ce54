//! How often the lines of filters matched: the kernel's counters, by the lines behind their rules.

use std::collections::BTreeMap;

use super::Router;
use crate::apply::firewall::{Chain, Firewall};
use crate::apply::kernel::{Kernel, KernelError};
use crate::apply::workers::Workers;
use crate::status::{FilterStatus, Hits};
use crate::types::{InterfaceName, LineId};

/// Packets and bytes of counters, by name.
type Counters = BTreeMap<String, (u64, u64)>;

impl<K: Kernel, W: Workers> Router<K, W> {
    /// The filters of all interfaces, with their hits.
    pub(super) async fn filters(&mut self) -> Result<Vec<FilterStatus>, KernelError> {
        let counters = self.applier.kernel().counters().await?;
        let running = self.running();
        let Some(firewall) = &self.applier.state().firewall else { return Ok(Vec::new()) };
        let of = |interface: &InterfaceName| filters_of(*interface, firewall, &counters);
        Ok(running.model.interfaces.keys().flat_map(of).collect())
    }
}

fn filters_of(interface: InterfaceName, firewall: &Firewall, counters: &Counters) -> Vec<FilterStatus> {
    let mut filters = Vec::new();
    for (is_ipv6, version) in [(false, ""), (true, "6")] {
        for (is_inbound, direction) in [(true, "in"), (false, "out")] {
            let name = format!("{}-{direction}{version}", interface.kernel_name());
            let Some(chain) = firewall.chains.get(&name) else { continue };
            let followed = firewall.chains.get(&format!("{name}-dynamic"));
            let rest = hits(counters, &format!("{name}-rest"));
            let lines = lines(std::iter::once(chain).chain(followed), counters);
            filters.push(FilterStatus { interface, is_ipv6, is_inbound, lines, rest });
        }
    }
    filters
}

/// The hits of each line: several rules may stand for one, and equal rules share a counter.
fn lines<'a>(chains: impl Iterator<Item = &'a Chain>, counters: &Counters) -> Vec<(LineId, Hits)> {
    let mut lines: Vec<(LineId, Hits)> = Vec::new();
    let mut place: BTreeMap<LineId, usize> = BTreeMap::new();
    let counted = chains.flat_map(|chain| &chain.rules).filter_map(|rule| {
        let counter = rule.counter.as_ref().filter(|name| !name.ends_with("-rest"))?;
        Some((rule.origin, counter))
    });
    for (line, counter) in counted {
        let at = *place.entry(line).or_insert_with(|| {
            lines.push((line, Hits::default()));
            lines.len() - 1
        });
        lines[at].1 += hits(counters, counter);
    }
    lines
}

fn hits(counters: &Counters, name: &str) -> Hits {
    let (packets, bytes) = counters.get(name).copied().unwrap_or_default();
    Hits { packets, bytes }
}
