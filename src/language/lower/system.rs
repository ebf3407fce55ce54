//! The router's own settings.

use super::Problems;
use super::args::{Args, Refusal, claim};
use crate::model::Model;
use crate::model::system::{Console, System};

#[derive(Debug, Default)]
pub(super) struct Draft {
    system: System,
}

impl Draft {
    pub(super) fn hostname(&mut self, args: &Args<'_>, name: String) -> Result<(), Refusal> {
        claim(&mut self.system.hostname, args.sourced(name), || "the router's name".to_owned())
    }

    pub(super) fn console(&mut self) -> &mut Console {
        &mut self.system.console
    }

    pub(super) fn settle(self, model: &mut Model, _problems: &mut Problems) {
        model.system = self.system;
    }
}
