//! Users of RTX, gathered from their lines.

use std::collections::BTreeMap;

use super::Problems;
use super::args::Args;
use crate::model::Model;
use crate::model::user::{Password, User};
use crate::types::{LineId, Role, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    logins: BTreeMap<String, (LineId, Option<Sourced<Password>>)>,
    /// By name; `None` stands for all who have no line of their own.
    attributes: BTreeMap<Option<String>, Attributes>,
    warnings: Vec<(LineId, String)>,
}

/// What `user attribute` says of a user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes {
    pub(super) rise: Rise,
    /// `connection=off` lets nobody in.
    pub(super) may_connect: bool,
    pub(super) line: LineId,
}

/// How a user becomes administrator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rise {
    /// `administrator=off`
    Never,
    /// `administrator=on`, `=1`
    #[default]
    ByPassword,
    /// `administrator=2`
    Always,
}

impl Draft {
    /// `login user`.
    pub(super) fn login(&mut self, args: &Args<'_>, name: String, password: Option<Sourced<Password>>) {
        self.logins.insert(name, (args.line(), password));
    }

    /// `user attribute`.
    pub(super) fn attributes(&mut self, name: Option<String>, attributes: Attributes) {
        self.attributes.insert(name, attributes);
    }

    /// Something to tell of this line.
    pub(super) fn warn(&mut self, args: &Args<'_>, message: impl Into<String>) {
        self.warnings.push((args.line(), message.into()));
    }

    pub(super) fn settle(mut self, model: &mut Model, problems: &mut Problems) {
        for (name, (line, password)) in std::mem::take(&mut self.logins) {
            let user = self.user(&name, line, password);
            if let Some(other) = model.users.by_name.get(&name)
                && other.value != user
            {
                problems.warn(line, format!("another line gives the user {name}: that one counts"));
                continue;
            }
            model.users.by_name.insert(name, Sourced::new(user, line));
        }
        for (line, message) in self.warnings {
            problems.warn(line, message);
        }
    }

    fn user(&self, name: &str, line: LineId, password: Option<Sourced<Password>>) -> User {
        let given = self.attributes.get(&Some(name.to_owned())).or_else(|| self.attributes.get(&None));
        let attributes =
            given.copied().unwrap_or(Attributes { rise: Rise::default(), may_connect: true, line });
        let role = match attributes.rise {
            Rise::Never | Rise::ByPassword => Role::Operator,
            Rise::Always => Role::Administrator,
        };
        User {
            role: attributes.may_connect.then_some(Sourced::new(role, attributes.line)),
            may_rise: attributes.rise == Rise::ByPassword,
            password,
        }
    }
}
