//! A commit: prepare, journal, apply, verify, or undo.
//!
//! The applier is the only one who writes links, addresses, routes, rules and values of
//! `/proc/sys`, and who starts and stops workers. A commit leads from what stands in the kernel
//! to the target. If a step fails, what was done before is undone in reverse and the error says
//! which line was at fault. If the undo fails as well, the router is *degraded*: the journal
//! stays open, and a later commit that succeeds (of the same state, or another) repairs it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use super::error::{CommitError, Phase, Undo};
use super::journal::Journal;
use super::kernel::{Kernel, KernelError, Observed, Part};
use super::op::{Op, Step};
use super::original::Originals;
use super::plan::{Plan, plan};
use super::scope::Scope;
use super::standing::{self, standing};
use super::state::State;
use super::workers::{WorkerId, WorkerSpec, Workers};
use crate::status::Flow;
use crate::types::{LineId, Sourced};

/// The one who applies.
pub struct Applier<K, W> {
    pub(super) kernel: K,
    pub(super) workers: W,
    pub(super) journal: Journal,
    /// What it had before we set it.
    pub(super) originals: Originals,
    /// What we believe the kernel has.
    pub(super) state: State,
    /// The workers that run.
    pub(super) running: BTreeMap<WorkerId, WorkerSpec>,
    /// Tells this boot of the machine from others.
    pub(super) boot: String,
    pub(super) degraded: bool,
}

impl<K: Kernel, W: Workers> Applier<K, W> {
    /// The state of the last commit that succeeded; after a start, what was found of ours.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether an undo failed, so that the kernel is between two states.
    pub fn is_degraded(&self) -> bool {
        self.degraded
    }

    /// The kernel, for what else it can be asked.
    pub fn kernel(&mut self) -> &mut K {
        &mut self.kernel
    }

    /// What the kernel has.
    pub async fn observe(&mut self) -> Result<Observed, KernelError> {
        self.kernel.observe().await
    }

    /// Shows `visit` every flow that the kernel keeps track of, in no order.
    pub async fn flows(&mut self, visit: &mut (dyn FnMut(Flow) + Send)) -> Result<(), KernelError> {
        self.kernel.flows(visit).await
    }

    /// Has the kernel forget these flows.
    pub async fn forget(&mut self, flows: &[Flow]) -> Result<(), KernelError> {
        self.kernel.forget(flows).await
    }

    /// The steps that would repair what others changed since the last commit; nothing is done.
    pub async fn drift(&mut self) -> Result<Plan, KernelError> {
        let now = self.standing(&self.state.clone(), &Scope::Everything).await?;
        Ok(plan(&now, &self.state))
    }

    /// The plan of a commit, after asking the kernel whether it could work; changes nothing.
    pub async fn check(&mut self, target: &State) -> Result<Plan, CommitError> {
        let target = self.with_originals(target).await.map_err(CommitError::unprepared)?;
        self.planned(&target).await.map(|planned| planned.plan)
    }

    /// Leads the kernel and the workers to `target`, or leaves everything as it was.
    ///
    /// Answers what was done. A target that stands already is an empty plan, and becomes the
    /// state nevertheless: its lines may be others.
    pub async fn commit(&mut self, target: State) -> Result<Plan, CommitError> {
        let wanted = self.with_originals(&target).await.map_err(CommitError::unprepared)?;
        let Planned { plan, before, scope } = self.planned(&wanted).await?;
        if !plan.is_empty() {
            let kept = self.originals.keep(&plan.steps, &before, &wanted);
            kept.map_err(|error| CommitError::unprepared(journal_error(&error)))?;
            let opened = self.journal.open(&self.boot, &plan.steps);
            opened.map_err(|error| CommitError::unprepared(journal_error(&error)))?;
            if let Err((reached, mut error)) = self.carry_out(&plan.steps, &wanted, &scope).await {
                error.undo = self.undo(&plan.steps, 0..reached, &before, &scope).await;
                return Err(error);
            }
            // All is done and verified. A journal that cannot be closed is undone by a restart,
            // and the commit that follows it leads here again.
            if let Err(error) = self.journal.close() {
                tracing::warn!(%error, "the journal of a commit that succeeded could not be closed");
            }
        }
        drop(wanted);
        // What is not forgotten is only asked for once more.
        note(self.originals.forget(&target));
        self.degraded = false;
        self.state = target;
        Ok(plan)
    }

    /// A target, and what it does not name any more as it was before we set it.
    async fn with_originals<'a>(&mut self, target: &'a State) -> Result<Cow<'a, State>, KernelError> {
        if self.originals.are_named_by(target) {
            return Ok(Cow::Borrowed(target));
        }
        let links = self.kernel.observe_part(&Part::default()).await?.links;
        Ok(self.originals.complete(target, &self.state, &links.into_keys().collect()))
    }

    /// The plan to a target, found possible, and what stands before it.
    async fn planned(&mut self, target: &State) -> Result<Planned, CommitError> {
        let (before, scope) = self.look(target).await.map_err(CommitError::unprepared)?;
        let mut plan = plan(&before, &scope.of(target));
        plan.steps.iter_mut().for_each(keep_closed);
        // Workers have nothing to prepare, so the kernel is not asked about theirs.
        let steps: Vec<&Step> = plan.steps.iter().filter(|step| !step.op.is_worker()).collect();
        let ops: Vec<&Op> = steps.iter().map(|step| &step.op).collect();
        if let Err((number, error)) = self.kernel.prepare(&ops).await {
            return Err(match steps.get(number) {
                Some(step) => CommitError::of_step(Phase::Prepare, step, error),
                None => CommitError::unprepared(error),
            });
        }
        Ok(Planned { plan, before, scope })
    }

    /// Reads what stands where the target may change it.
    async fn look(&mut self, target: &State) -> Result<(State, Scope), KernelError> {
        let mut scope = Scope::Everything;
        if !self.degraded {
            scope = Scope::between(&self.state, target);
        }
        let mut before = self.standing(target, &scope).await?;
        // Whoever changed links or addresses has changed routes with them.
        let is_as_known = before.links == self.state.links && before.addresses == self.state.addresses;
        if scope != Scope::Everything && !is_as_known {
            scope = Scope::Everything;
            before = self.standing(target, &scope).await?;
        }
        Ok((before, scope))
    }

    /// Reads what stands in a scope, seen from the state before and the state wanted.
    async fn standing(&mut self, target: &State, scope: &Scope) -> Result<State, KernelError> {
        let observed = match scope {
            Scope::Everything => self.kernel.observe().await?,
            Scope::Part(part) => self.kernel.observe_part(part).await?,
        };
        let mut sysctls = BTreeMap::new();
        for name in target.sysctls.keys() {
            // One that cannot be read is refused when it is to be written, which names its line.
            if let Ok(value) = self.kernel.read_sysctl(name) {
                sysctls.insert(name.clone(), value);
            }
        }
        let mut state = standing(&observed, &sysctls, &self.state, target);
        state.workers = self.running.iter().map(|(&id, spec)| (id, self.origin_of(id, spec))).collect();
        Ok(state)
    }

    /// What a worker does, with the line that asked for it.
    fn origin_of(&self, id: WorkerId, spec: &WorkerSpec) -> Sourced<WorkerSpec> {
        let origin = self.state.workers.get(&id).map_or(LineId::BUILT_IN, |worker| worker.origin);
        Sourced::new(spec.clone(), origin)
    }

    /// Does all steps and verifies them. On failure: how many were done.
    async fn carry_out(
        &mut self,
        steps: &[Step],
        target: &State,
        scope: &Scope,
    ) -> Result<(), (usize, CommitError)> {
        for batch in batches(steps.len(), |number| &steps[number].op) {
            let failed = |number: usize, error| {
                (number, CommitError::of_step(Phase::Apply, &steps[number.min(batch.end - 1)], error))
            };
            let noted = self.journal.begin(batch.clone());
            noted.map_err(|error| failed(batch.start, journal_error(&error)))?;
            let ops: Vec<&Op> = steps[batch.clone()].iter().map(|step| &step.op).collect();
            self.run(&ops).await.map_err(|(done, error)| failed(batch.start + done, error))?;
            let noted = self.journal.done(batch.clone());
            noted.map_err(|error| failed(batch.end, journal_error(&error)))?;
        }
        self.verify(target, scope).await.map_err(|error| (steps.len(), error))
    }

    /// Whether the kernel now has what was asked for.
    async fn verify(&mut self, target: &State, scope: &Scope) -> Result<(), CommitError> {
        let now = self
            .standing(target, scope)
            .await
            .map_err(|error| CommitError { phase: Phase::Verify, ..CommitError::unprepared(error) })?;
        match plan(&now, &scope.of(target)).steps.first() {
            None => Ok(()),
            Some(step) => {
                let message = KernelError::new("something else on this machine may have changed it");
                Err(CommitError::of_step(Phase::Verify, step, message))
            }
        }
    }

    /// Undoes the steps of `range`, last first, and makes sure that `before` stands again.
    async fn undo(&mut self, steps: &[Step], range: Range<usize>, before: &State, scope: &Scope) -> Undo {
        if let Err((number, error)) = self.take_back(steps, range).await {
            return self.give_up(&steps[number].undo, error);
        }
        match self.restore(before, scope).await {
            Ok(()) => Undo::Undone,
            Err((op, error)) => self.give_up(&op, error),
        }
    }

    /// Carries out the undos of the steps of `range`, last first.
    async fn take_back(&mut self, steps: &[Step], range: Range<usize>) -> Result<(), (usize, KernelError)> {
        for batch in batches(range.len(), |place| &steps[range.end - 1 - place].undo) {
            let (first, last) = (range.end - batch.end, range.end - batch.start);
            // A journal that cannot be written must not keep the undo from being done.
            note(self.journal.undo(first..last));
            let ops: Vec<&Op> = steps[first..last].iter().rev().map(|step| &step.undo).collect();
            self.run(&ops).await.map_err(|(done, error)| (last - 1 - done.min(last - 1 - first), error))?;
            note(self.journal.undone(first..last));
        }
        Ok(())
    }

    /// Linux takes more away than it was told to, now and then: sees to it that nothing is missing.
    async fn restore(&mut self, before: &State, scope: &Scope) -> Result<(), (Op, KernelError)> {
        let look = |error| (Op::SetFirewall(before.firewall.clone()), error);
        let now = self.standing(before, scope).await.map_err(look)?;
        let missing = plan(&now, before);
        for step in &missing.steps {
            self.run(&[&step.op]).await.map_err(|(_, error)| (step.op.clone(), error))?;
        }
        note(self.journal.close());
        Ok(())
    }

    fn give_up(&mut self, op: &Op, error: KernelError) -> Undo {
        self.degraded = true;
        tracing::error!(op = %op.headline(), %error, "an undo failed: the router is between two states");
        Undo::Failed { op: Box::new(op.clone()), message: error.message }
    }

    /// Does one operation, or a run of routes. On failure: how many were done.
    pub(super) async fn run(&mut self, ops: &[&Op]) -> Result<(), (usize, KernelError)> {
        match ops {
            [Op::StartWorker(id, spec)] => {
                self.workers.start(*id, spec).await.map_err(|error| (0, error))?;
                self.running.insert(*id, spec.clone());
                Ok(())
            }
            [Op::StopWorker(id)] => {
                self.workers.stop(*id).await.map_err(|error| (0, error))?;
                self.running.remove(id);
                Ok(())
            }
            [op] if !op.is_route() => self.kernel.apply(op).await.map_err(|error| (0, error)),
            routes => self.kernel.apply_routes(routes).await,
        }
    }
}

/// What a commit would do, and where it looked.
struct Planned {
    plan: Plan,
    /// What stands, as far as it is in scope.
    before: State,
    scope: Scope,
}

/// Cuts a list of operations so that a run of routes stays together and all else is alone.
pub(super) fn batches<'a>(count: usize, op: impl Fn(usize) -> &'a Op) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    for number in 0..count {
        match batches.last_mut() {
            Some(last) if op(number).is_route() && op(last.start).is_route() => last.end = number + 1,
            _ => batches.push(number..number + 1),
        }
    }
    batches
}

/// A table that nobody knows cannot be brought back. Rather the new one stays than none at all.
fn keep_closed(step: &mut Step) {
    let unknown =
        |op: &Op| matches!(op, Op::SetFirewall(Some(table)) if **table == standing::unknown_table());
    if unknown(&step.undo) {
        step.undo = step.op.clone();
    }
}

fn journal_error(error: &io::Error) -> KernelError {
    KernelError::new(format!("the journal cannot be written: {error}"))
}

/// The undo goes on without its journal; a restart would then try some of it again.
fn note(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the journal cannot be written");
    }
}
