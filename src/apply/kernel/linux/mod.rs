//! Linux, by rtnetlink, `/proc/sys` and the program `nft`.
//!
//! Everything of ours bears a mark: routes, rules and addresses the protocol number 116, the firewall
//! its table's name. What bears no mark is never changed, and adding what somebody else has put
//! there already is refused as the kernel refuses it (`File exists`).
//!
//! Taking away is different: what is gone already, with its link or by another hand, counts as
//! taken away. For the kernel removes things by itself, and a plan that removes them too must not
//! fail by that. When a link goes down, the kernel removes all routes through it and its IPv6
//! addresses; neither comes back with the link. With the first address of a subnet it removes the
//! others of that subnet, unless `promote_secondaries` is set for the link.
//!
//! | Module | Speaks |
//! |---|---|
//! | `socket` | netlink itself: requests, batches, dumps |
//! | `link`, `addr`, `neighbour`, `route`, `rule` | their rtnetlink messages |
//! | `lookup` | single routes, by their keys |
//! | `sysctl` | `/proc/sys` |
//! | `nft` | JSON with the program `nft` |
//! | `observe`, `prepare` | all of these, to read back and to look ahead |
//! | `conntrack` | ctnetlink, to read the table of flows |
//! | `watch` | announcements of links |
//! | `packet_log` | the packets that filters log |
//! | `diag`, `login` | TCP sockets, and which of them somebody works by |
//! | `sys_packet` | packet sockets, for the workers |

mod addr;
mod attribute;
mod conntrack;
mod diag;
mod link;
mod login;
mod lookup;
mod neighbour;
mod nft;
mod observe;
mod packet_log;
mod prepare;
mod route;
mod rule;
mod socket;
pub mod sys_packet;
mod sysctl;
mod watch;

use std::collections::BTreeMap;

pub use packet_log::{Logged, PacketLog};
pub use watch::{LinkChange, LinkWatch};

use self::route::Change;
use self::socket::{Refusal, Socket};
use super::{Kernel, KernelError, Observed, Part};
use crate::apply::op::Op;
use crate::status::login::{Connection, Login};
use crate::status::{Flow, Sights};

/// The kernel of this machine, in the network namespace of the thread that called [`LinuxKernel::new`].
///
/// `/proc/sys` and nft know the namespace of the thread that uses them: all threads of a runtime
/// that drives this must be in that namespace.
pub struct LinuxKernel {
    socket: Socket,
}

impl LinuxKernel {
    /// Opens a netlink socket. Changes need the capability `CAP_NET_ADMIN`.
    pub fn new() -> Result<Self, KernelError> {
        let socket = Socket::open().map_err(|error| KernelError::new(format!("netlink socket: {error}")))?;
        Ok(Self { socket })
    }

    /// Whether this kernel has flowtables (the modules `nf_flow_table_inet`, `nft_flow_offload`).
    pub async fn has_flowtables(&self) -> bool {
        nft::flowtable::is_known().await
    }

    /// Packets and bytes of each named counter of the table `inet tsuji`.
    pub async fn read_counters(&mut self) -> Result<BTreeMap<String, (u64, u64)>, KernelError> {
        Ok(nft::list().await?.map(|listing| listing.counters).unwrap_or_default())
    }
}

impl Kernel for LinuxKernel {
    async fn counters(&mut self) -> Result<BTreeMap<String, (u64, u64)>, KernelError> {
        self.read_counters().await
    }

    async fn prepare(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        prepare::prepare(&mut self.socket, ops).await
    }

    async fn apply(&mut self, op: &Op) -> Result<(), KernelError> {
        let socket = &mut self.socket;
        match op {
            Op::AddBridge(name) => link::add_bridge(socket, name)?,
            Op::DeleteBridge(name) | Op::DeleteVlan { link: name } => link::delete(socket, name)?,
            Op::AddVlan { link, parent, id } => link::add_vlan(socket, link, parent, *id)?,
            Op::SetBridge { link, bridge } => link::set_bridge(socket, link, bridge.as_ref())?,
            Op::SetAlias { link, alias } => link::set_alias(socket, link, alias)?,
            Op::SetUp { link, up } => link::set_up(socket, link, *up)?,
            Op::SetMtu { link, mtu } => link::set_mtu(socket, link, *mtu)?,
            Op::SetMac { link, mac } => link::set_mac(socket, link, *mac)?,
            Op::SetNeighbour { neighbour, mac } => neighbour::set(socket, neighbour, *mac)?,
            Op::DeleteNeighbour(neighbour) => neighbour::delete(socket, neighbour)?,
            Op::AddProxy(neighbour) => neighbour::add_proxy(socket, neighbour)?,
            Op::DeleteProxy(neighbour) => neighbour::delete_proxy(socket, neighbour)?,
            Op::AddAddress(address) => addr::add(socket, address)?,
            Op::DeleteAddress(address) => addr::delete(socket, address)?,
            Op::SetRoute { .. } | Op::DeleteRoute { .. } => {
                return self.apply_routes(&[op]).await.map_err(|(_, error)| error);
            }
            Op::AddRule(rule) => rule::add(socket, rule)?,
            Op::DeleteRule(rule) => rule::delete(socket, rule)?,
            Op::SetSysctl { name, value } => sysctl::write(name, value)?,
            Op::SetFirewall(firewall) => nft::replace(firewall.as_deref()).await?,
            Op::StartWorker(..) | Op::StopWorker(_) => return Err(not_for_the_kernel(op)),
        }
        Ok(())
    }

    async fn apply_routes(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        let mut changes: Vec<Change<'_>> = Vec::with_capacity(ops.len());
        for (index, op) in ops.iter().enumerate() {
            match op {
                Op::SetRoute { key, target } => changes.push((key, Some(target))),
                Op::DeleteRoute { key, .. } => changes.push((key, None)),
                other => return Err((index, not_for_the_kernel(other))),
            }
        }
        let at_first = |refusal: Refusal| (0, refusal.into());
        let mut run = route::Run::begin(&mut self.socket, &changes).map_err(at_first)?;
        let mut done = 0;
        for batch in changes.chunks(route::BATCH) {
            run.batch(&mut self.socket, batch).map_err(|(index, error)| (done + index, error))?;
            done += batch.len();
            // Let consoles have a turn between the batches of a large table.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn observe(&mut self) -> Result<Observed, KernelError> {
        observe::observe(&mut self.socket, None).await
    }

    async fn observe_part(&mut self, part: &Part) -> Result<Observed, KernelError> {
        observe::observe(&mut self.socket, Some(part)).await
    }

    async fn sights(&mut self) -> Result<Sights, KernelError> {
        Ok(observe::sights(&mut self.socket)?)
    }

    fn read_sysctl(&mut self, name: &str) -> Result<String, KernelError> {
        sysctl::read(name)
    }

    async fn flows(&mut self, visit: &mut (dyn FnMut(Flow) + Send)) -> Result<(), KernelError> {
        conntrack::each(visit).await
    }

    async fn forget(&mut self, flows: &[Flow]) -> Result<(), KernelError> {
        conntrack::forget(flows).await
    }

    fn logins(&mut self, own: Option<Connection>) -> Vec<Login> {
        login::logins(&mut self.socket, own)
    }
}

fn not_for_the_kernel(op: &Op) -> KernelError {
    KernelError::new(format!("{op}: not an operation of this kind"))
}
