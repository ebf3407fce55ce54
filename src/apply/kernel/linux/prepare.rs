//! What can be known to fail before anything is changed.

use std::collections::BTreeSet;

use super::socket::Socket;
use super::{link, nft, sysctl};
use crate::apply::kernel::KernelError;
use crate::apply::op::Op;
use crate::apply::state::{Address, Neighbour};
use crate::types::KernelName;

/// What a kernel without the module says when it is asked for tagged frames.
const NO_VLANS: &str =
    "this kernel has no tagged frames (802.1Q): load the module 8021q, or boot a kernel that has it";

/// Refuses a plan that names a link or a value of `/proc/sys` that there will not be, or a table
/// that nft does not take. On refusal: the index of the operation, and why.
pub(super) async fn prepare(socket: &mut Socket, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
    let links = link::all(socket).map_err(|refusal| (0, refusal.into()))?;
    let mut there: BTreeSet<KernelName> = links.into_values().map(|(name, _)| name).collect();
    let mut made = BTreeSet::new();
    for (index, op) in ops.iter().enumerate() {
        if let Some(missing) = needed(op).into_iter().find(|link| !there.contains(link)) {
            let missing = format!("{missing}: {}", std::io::Error::from(nix::errno::Errno::ENODEV));
            return Err((index, KernelError::new(missing)));
        }
        let refuse = |error| (index, error);
        match op {
            Op::AddBridge(bridge) => {
                there.insert(bridge.clone());
                made.insert(bridge.as_str());
            }
            Op::AddVlan { link, .. } => {
                if !link::knows_vlans(socket).map_err(|refusal| refuse(refusal.into()))? {
                    return Err((index, KernelError::new(NO_VLANS)));
                }
                there.insert(link.clone());
                made.insert(link.as_str());
            }
            Op::DeleteBridge(link) | Op::DeleteVlan { link } => {
                there.remove(link);
            }
            // A bridge of the plan has no values yet.
            Op::SetSysctl { name, .. } if !sysctl::parts(name).any(|part| made.contains(part.as_str())) => {
                sysctl::read(name).map_err(refuse)?;
            }
            Op::SetFirewall(firewall) => nft::check(firewall.as_deref()).await.map_err(refuse)?,
            _ => {}
        }
    }
    Ok(())
}

/// The links that an operation cannot do without.
fn needed(op: &Op) -> Vec<&KernelName> {
    match op {
        Op::SetBridge { link, bridge } => [Some(link), bridge.as_ref()].into_iter().flatten().collect(),
        Op::SetAlias { link, .. }
        | Op::SetUp { link, .. }
        | Op::SetMtu { link, .. }
        | Op::SetMac { link, .. }
        | Op::AddVlan { parent: link, .. }
        | Op::SetNeighbour { neighbour: Neighbour { link, .. }, .. }
        | Op::AddProxy(Neighbour { link, .. })
        | Op::AddAddress(Address { link, .. }) => vec![link],
        Op::SetRoute { target, .. } => target.links(),
        Op::AddBridge(_)
        | Op::DeleteBridge(_)
        | Op::DeleteVlan { .. }
        | Op::DeleteAddress(_)
        | Op::DeleteNeighbour(_)
        | Op::DeleteProxy(_)
        | Op::DeleteRoute { .. }
        | Op::AddRule(_)
        | Op::DeleteRule(_)
        | Op::SetSysctl { .. }
        | Op::SetFirewall(_)
        | Op::StartWorker(..)
        | Op::StopWorker(_) => vec![],
    }
}
