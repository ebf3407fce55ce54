//! Protocol workers.
//!
//! A worker whose specification stays the same goes on untouched, whatever else changes.

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::State;

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (&id, spec) in &old.workers {
        if new.workers.get(&id) != Some(spec) {
            let start = Op::StartWorker(id, spec.value.clone());
            draft.push(Phase::StopWorkers, Op::StopWorker(id), start, spec.origin);
        }
    }
    for (&id, spec) in &new.workers {
        if old.workers.get(&id) != Some(spec) {
            let start = Op::StartWorker(id, spec.value.clone());
            draft.push(Phase::StartWorkers, start, Op::StopWorker(id), spec.origin);
        }
    }
}
