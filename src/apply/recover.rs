//! The start of an applier: what an earlier process left half done is undone first.
//!
//! A journal that was not closed says which steps were done, and which perhaps. They are undone
//! in reverse; what is already so is passed over, because nobody knows how far the kernel came.
//! After that, the first commit leads from whatever stands to the state that is wanted, and takes
//! away what is left of ours. See [`super::standing`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::commit::{Applier, batches};
use super::journal::{Journal, Open};
use super::kernel::{Kernel, KernelError, Observed};
use super::op::Op;
use super::original::Originals;
use super::standing::standing;
use super::state::{RouteTarget, State, link_of_sysctl};
use super::workers::Workers;

/// What was found at the start and done about it. `Display` is for the log: one line, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// How many steps of an unfinished commit were undone, those already so included.
    pub undone: usize,
    /// The operation at which the earlier process ended: done perhaps, and undone now.
    pub half_done: Option<Op>,
    /// The undo that failed, and why. The applier is degraded until a commit succeeds.
    pub failed: Option<(Op, KernelError)>,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.undone == 0 && self.failed.is_none() {
            return Ok(());
        }
        let steps = if self.undone == 1 { "step" } else { "steps" };
        write!(f, "an unfinished commit was found: {} {steps} undone", self.undone)?;
        if let Some(op) = &self.half_done {
            write!(f, "; it had ended at: {}", op.headline())?;
        }
        if let Some((op, error)) = &self.failed {
            write!(f, "; undoing stopped at {}: {error}", op.headline())?;
        }
        Ok(())
    }
}

impl<K: Kernel, W: Workers> Applier<K, W> {
    /// Takes over the kernel and undoes what the journal in this file says is half done.
    ///
    /// Its directory must exist. An error here means that the kernel or the journal cannot be
    /// read at all.
    pub async fn start(mut kernel: K, workers: W, journal: PathBuf) -> Result<(Self, Recovery), KernelError> {
        // Where the kernel does not tell, every boot looks the same, and a journal counts.
        let boot = kernel.read_sysctl("kernel.random.boot_id").unwrap_or_default();
        let originals = Originals::load(journal.with_extension("originals"), &boot);
        let journal = Journal::at(journal);
        let open = journal.left_open().map_err(|error| KernelError::new(format!("journal: {error}")))?;
        let mut applier = Self {
            kernel,
            workers,
            journal,
            originals,
            state: State::default(),
            running: BTreeMap::new(),
            boot,
            degraded: false,
        };
        let recovery = match open {
            Some(open) if open.boot == applier.boot => applier.recover(&open).await?,
            Some(_) | None => Recovery::default(),
        };
        applier.degraded = recovery.failed.is_some();
        let observed = applier.kernel.observe().await?;
        applier.state = standing(&observed, &BTreeMap::new(), &State::default(), &State::default());
        Ok((applier, recovery))
    }

    async fn recover(&mut self, open: &Open) -> Result<Recovery, KernelError> {
        let journal_error = |error| KernelError::new(format!("journal: {error}"));
        self.journal.resume().map_err(journal_error)?;
        let steps = &open.steps;
        let half_done = steps.get(open.uncertain.clone()).and_then(|steps| steps.first());
        let mut recovery =
            Recovery { half_done: half_done.map(|step| step.op.clone()), ..Recovery::default() };
        let end = open.uncertain.end;
        for batch in batches(end, |place| &steps[end - 1 - place].undo) {
            let (first, last) = (end - batch.end, end - batch.start);
            let observed = self.kernel.observe().await?;
            let undos: Vec<&Op> = steps[first..last].iter().rev().map(|step| &step.undo).collect();
            let missing: Vec<&Op> = undos.into_iter().filter(|op| !is_so(op, &observed)).collect();
            if !missing.is_empty()
                && let Err((number, error)) = self.run(&missing).await
            {
                recovery.failed = missing.get(number).map(|op| ((*op).clone(), error));
                return Ok(recovery);
            }
            recovery.undone += last - first;
            self.journal.undone(first..last).map_err(journal_error)?;
        }
        self.journal.close().map_err(journal_error)?;
        Ok(recovery)
    }
}

/// Whether the kernel has already what an operation would bring about.
fn is_so(op: &Op, observed: &Observed) -> bool {
    match op {
        Op::AddBridge(name) => observed.links.get(name).is_some_and(|link| link.is_bridge),
        Op::DeleteBridge(name) => !observed.links.contains_key(name),
        Op::SetBridge { link, bridge } => {
            observed.links.get(link).map_or(bridge.is_none(), |link| link.bridge == *bridge)
        }
        Op::SetAlias { link, alias } => {
            observed.links.get(link).map_or(alias.is_empty(), |link| link.alias == *alias)
        }
        Op::AddVlan { link, parent, id } => {
            observed.links.get(link).is_some_and(|has| has.vlan.as_ref() == Some(&(parent.clone(), *id)))
        }
        Op::DeleteVlan { link } => !observed.links.contains_key(link),
        Op::SetMtu { link, mtu } => observed.links.get(link).is_none_or(|has| has.mtu == *mtu),
        Op::SetMac { link, mac } => observed.links.get(link).is_none_or(|has| has.mac == mac.0),
        Op::SetNeighbour { neighbour, mac } => observed.neighbours.get(neighbour) == Some(mac),
        Op::DeleteNeighbour(neighbour) => !observed.neighbours.contains_key(neighbour),
        Op::AddProxy(neighbour) => observed.proxies.contains(neighbour),
        Op::DeleteProxy(neighbour) => !observed.proxies.contains(neighbour),
        Op::SetUp { link, up } => observed.links.get(link).map_or(!up, |link| link.up == *up),
        Op::AddAddress(address) => observed.addresses.contains_key(address),
        Op::DeleteAddress(address) => !observed.addresses.contains_key(address),
        Op::SetRoute { key, target } => observed.routes.get(key).is_some_and(|has| leads_to(has, target)),
        Op::DeleteRoute { key, .. } => !observed.routes.contains_key(key),
        Op::AddRule(rule) => observed.rules.contains(rule),
        Op::DeleteRule(rule) => !observed.rules.contains(rule),
        // Written again, it does no harm; a link's own values are gone with the link.
        Op::SetSysctl { name, .. } => {
            link_of_sysctl(name).is_some_and(|link| !observed.links.contains_key(&link))
        }
        Op::SetFirewall(table) => table.as_ref().map(|table| table.fingerprints()) == observed.firewall,
        // The process that ran them is gone, and they with it; the first commit starts them.
        Op::StartWorker(..) | Op::StopWorker(_) => true,
    }
}

fn leads_to(has: &RouteTarget, asked: &RouteTarget) -> bool {
    match (has, asked) {
        (RouteTarget::Via { gateway, .. }, RouteTarget::Via { gateway: asked, link: None }) => {
            gateway == asked
        }
        (has, asked) => has == asked,
    }
}
