//! Why a commit was refused or undone.

use std::fmt;

use super::kernel::KernelError;
use super::op::{Op, Step};
use crate::types::LineId;

/// A commit that did not come about.
///
/// `Display` is one line: the step, the kernel's own words, and what became of the rest. The
/// caller puts the text of the line `origin` in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitError {
    /// How far it came.
    pub phase: Phase,
    /// The step that failed; `None` if no step is at fault.
    pub step: Option<Box<Step>>,
    /// The configuration line behind it, or [`LineId::BUILT_IN`].
    pub origin: LineId,
    /// What the kernel said, or what the kernel has instead.
    pub message: String,
    /// What became of the steps before.
    pub undo: Undo,
}

/// A part of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Looking whether it can work; nothing was changed.
    Prepare,
    /// Carrying out the steps.
    Apply,
    /// Reading back.
    Verify,
}

/// What became of the steps before the one that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// There were none.
    NotNeeded,
    /// All are undone: everything is as before.
    Undone,
    /// An undo failed too, and the rest was left alone: the router is between two states.
    Failed {
        /// The operation that failed.
        op: Box<Op>,
        /// What the kernel said.
        message: String,
    },
}

impl CommitError {
    /// A failure before anything was changed, with no step at fault.
    pub(super) fn unprepared(error: KernelError) -> Self {
        Self {
            phase: Phase::Prepare,
            step: None,
            origin: error.line.unwrap_or(LineId::BUILT_IN),
            message: error.message,
            undo: Undo::NotNeeded,
        }
    }

    /// A failure of one step.
    pub(super) fn of_step(phase: Phase, step: &Step, error: KernelError) -> Self {
        Self {
            phase,
            step: Some(Box::new(step.clone())),
            origin: error.line.unwrap_or(step.origin),
            message: error.message,
            undo: Undo::NotNeeded,
        }
    }
}

impl std::error::Error for CommitError {}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = &self.step {
            write!(f, "{}: ", step.op.headline())?;
        }
        match self.phase {
            Phase::Prepare | Phase::Apply => f.write_str(&self.message)?,
            Phase::Verify => write!(f, "done, but the kernel does not have it: {}", self.message)?,
        }
        match &self.undo {
            Undo::NotNeeded => f.write_str("; nothing was changed"),
            Undo::Undone => f.write_str("; everything is as before"),
            Undo::Failed { op, message } => write!(
                f,
                "; undoing it failed too, at {}: {message}; the router is between two states: commit again",
                op.headline()
            ),
        }
    }
}
