//! The lockout guard: a commit that touches what carries a login goes on trial by itself, and is
//! kept only when somebody who was touched is seen to be still there.
//!
//! A line that confirms may have been on its way before anybody saw what the commit did: pasted,
//! or typed ahead. So it counts only when the other end of its connection has received something
//! that was said after the commit. Who came in anew, or sits at the machine, is there for sure.

use std::time::Duration;

use super::Router;
use super::running::{Pending, Running};
use crate::apply::State;
use crate::apply::guard::{Touch, touches};
use crate::apply::kernel::Kernel;
use crate::apply::workers::Workers;
use crate::language::tree::{LineText, Tree};
use crate::status::login::{Connection, Login};

/// How long a commit that may cut off a login waits to be confirmed.
pub(super) const TIME: Duration = Duration::from_secs(120);

/// Whether a commit takes itself back unless it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// `commit`: if it touches what carries a login.
    IfRisky,
    /// `commit confirmed`: after so many minutes.
    Minutes(u32),
    /// `commit now`: no.
    Never,
}

/// A login that a commit may cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The login's connection.
    pub connection: Connection,
    /// What carries it, and would change.
    pub what: String,
    /// The line behind the change.
    pub line: Option<LineText>,
}

/// A login that was touched, and how much had been said to it when the commit was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The login's connection.
    pub connection: Connection,
    /// Bytes written to it until then; `None` where it was gone already.
    pub written: Option<u64>,
}

impl<K: Kernel, W: Workers> Router<K, W> {
    /// The logins that the way to `target` touches.
    pub(super) fn risks(
        &mut self,
        running: &Running,
        tree: &Tree,
        target: &State,
        own: Option<Connection>,
    ) -> Vec<Risk> {
        let logins = self.applier.kernel().logins(own);
        let risk = |login: &Login| {
            let Touch { what, origin } = touches(self.applier.state(), target, login)?;
            let line = tree.line(origin).or_else(|| running.tree.line(origin));
            Some(Risk { connection: login.connection, what, line })
        };
        logins.iter().filter_map(risk).collect()
    }

    /// What is to be seen of each touched login before a commit on trial may be kept.
    pub(super) fn witnesses(&mut self, risks: &[Risk], own: Option<Connection>) -> Vec<Witness> {
        let logins = if risks.is_empty() { Vec::new() } else { self.applier.kernel().logins(own) };
        let witness = |risk: &Risk| {
            let connection = risk.connection;
            let login = logins.iter().find(|login| login.connection == connection);
            Witness { connection, written: login.map(|login| login.written) }
        };
        risks.iter().map(witness).collect()
    }

    /// Whether the one who confirms is seen to be there.
    pub(super) fn is_heard(&mut self, pending: &Pending, own: Option<Connection>) -> bool {
        let Some(own) = own else { return true };
        let Some(witness) = pending.witnesses.iter().find(|witness| witness.connection == own) else {
            return true;
        };
        let logins = self.applier.kernel().logins(Some(own));
        let login = logins.iter().find(|login| login.connection == own);
        login.zip(witness.written).is_some_and(|(login, written)| login.received > written)
    }
}
