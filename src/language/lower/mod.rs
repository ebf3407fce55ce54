//! From the lines of a tree to the model of a router.
//!
//! Every command of the grammar has an arm in `ix/` or `rtx/`: a few lines that read the values
//! of one line and put them into the model of the [`Draft`], or claim a thing that another line
//! may claim too. What one line cannot know by itself, such as the rules behind a list's name, is
//! settled when all lines are in. All problems come out at once, each with its line.

mod access;
mod addr;
mod args;
mod dhcp;
mod dns;
mod filter;
mod ix;
mod link;
mod log;
mod monitor;
mod nat;
mod policy;
mod route;
mod rtx;
mod system;
mod time;
mod user;

use args::{Args, Refusal};
use filter::Family;

use super::syntax::{Rule, Syntax};
use super::tree::{Line, Tree};
use crate::model::{Interface, Model};
use crate::types::{Dialect, InterfaceName, LineId};

/// A problem with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The line.
    pub line: LineId,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to do.
    pub message: String,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration cannot be committed.
    Error,
    /// It can, but may not do what was meant.
    Warning,
}

/// Makes the model that a tree asks for, and names every problem on the way.
///
/// Lines without meaning on Linux have no part in it, nor have most of those that are not built;
/// neither have the lines in a context that has none.
pub fn lower(tree: &Tree) -> (Model, Vec<Diagnostic>) {
    let Lowered { model, diagnostics, .. } = lower_all(tree);
    (model, diagnostics)
}

/// All that comes of a tree.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// What it asks for.
    pub model: Model,
    /// Every problem on the way.
    pub diagnostics: Vec<Diagnostic>,
    /// Lines that are fine and have no part in the model: text for people, and definitions that
    /// nothing uses.
    pub idle: Vec<LineId>,
    /// What lines say beyond what the model has room for, in words. All of it is planned.
    pub beyond: Vec<(LineId, String)>,
}

/// As [`lower`], and names the lines that say nothing to the model.
pub fn lower_all(tree: &Tree) -> Lowered {
    let mut draft = Draft::default();
    let mut problems = Problems::default();
    let has_part = |context: &Line| lowers(context.command.rule) && !context.is_unbuilt();
    let lines = tree.walk().filter(|(context, line)| context.is_none_or(has_part) && !line.is_unbuilt());
    for (context, line) in lines {
        let args = Args::new(line, context);
        if let Some(arm) = arm(line.command.rule)
            && let Err(refusal) = arm(&mut draft, &args)
        {
            problems.refuse(line.id, refusal);
        }
    }
    let beyond = std::mem::take(&mut draft.beyond);
    let (model, idle) = draft.settle(&mut problems);
    Lowered { model, diagnostics: problems.in_words(tree), idle, beyond }
}

/// Whether this command has a part in the model. Lines of features that are not built may have:
/// then they are understood, and only lack their effect.
pub fn lowers(rule: Rule) -> bool {
    arm(rule).is_some()
}

/// Whether lowering knows this command: it has an arm, or needs none because it is inert, planned
/// or no configuration.
pub fn knows(rule: Rule) -> bool {
    lowers(rule)
        || Dialect::ALL.into_iter().any(|dialect| {
            let info = Syntax::of(dialect).rule(rule);
            info.inert.is_some() || info.planned.is_some() || info.operational
        })
}

/// Lowers one line.
type Arm = fn(&mut Draft, &Args<'_>) -> Result<(), Refusal>;

fn arm(rule: Rule) -> Option<Arm> {
    ix::arm(rule).or_else(|| rtx::arm(rule))
}

/// The model in the making. What one line says by itself goes straight into the model; each area
/// keeps what has to wait for other lines.
#[derive(Debug, Default)]
struct Draft {
    model: Model,
    idle: Vec<LineId>,
    beyond: Vec<(LineId, String)>,
    dhcp: dhcp::Draft,
    dns: dns::Draft,
    time: time::Draft,
    link: link::Draft,
    addr: addr::Draft,
    route: route::Draft,
    filter: filter::Draft,
    ipv6_filter: filter::Draft,
    nat: nat::Draft,
    policy: policy::Draft,
    monitor: monitor::Draft,
    user: user::Draft,
    log: log::Draft,
}

impl Draft {
    /// An interface of the model, which is in it from now on.
    fn interface(&mut self, name: InterfaceName) -> &mut Interface {
        self.model.interfaces.entry(name).or_default()
    }

    /// Says that a line of what is planned asks for more than the model can hold.
    fn beyond(&mut self, args: &Args<'_>, what: impl Into<String>) {
        self.beyond.push((args.line(), format!("not built yet: {}", what.into())));
    }

    fn settle(self, problems: &mut Problems) -> (Model, Vec<LineId>) {
        let Self {
            mut model,
            mut idle,
            beyond: _,
            dhcp,
            dns,
            time,
            link,
            addr,
            route,
            mut filter,
            mut ipv6_filter,
            nat,
            policy,
            monitor,
            user,
            log,
        } = self;
        idle.extend(policy.unused());
        idle.extend(monitor.unused());
        policy.settle([&mut filter, &mut ipv6_filter], &mut model, problems);
        monitor.settle(&mut model);
        route.settle([&mut filter, &mut ipv6_filter], &mut model, problems);
        idle.extend(filter.unused());
        idle.extend(ipv6_filter.unused());
        idle.extend(nat.unused());
        link.settle(&mut model);
        addr.settle(&mut model, problems);
        // It asks for the router's addresses, and for access lists before filters take them.
        nat.settle(&mut model, &filter, problems);
        filter.settle(Family::Ipv4, &mut model, problems);
        ipv6_filter.settle(Family::Ipv6, &mut model, problems);
        user.settle(&mut model, problems);
        log.settle(&mut model, problems);
        time.settle(&mut model);
        dns.settle(&mut model);
        idle.extend(dhcp.unused());
        dhcp.settle(&mut model, problems);
        (model, idle)
    }
}

/// Problems found so far, in the order found.
#[derive(Debug, Default)]
struct Problems(Vec<(LineId, Severity, Refusal)>);

impl Problems {
    /// An error of this line.
    fn refuse(&mut self, line: LineId, refusal: Refusal) {
        self.0.push((line, Severity::Error, refusal));
    }

    /// A warning for this line.
    fn warn(&mut self, line: LineId, message: String) {
        self.0.push((line, Severity::Warning, Refusal::Says(message)));
    }

    /// The problems as messages, which may quote other lines of the tree.
    fn in_words(self, tree: &Tree) -> Vec<Diagnostic> {
        let words = |refusal: Refusal| match refusal {
            Refusal::Says(message) => message,
            Refusal::Claimed { what, by } => match tree.line(by) {
                Some(other) => format!("{what} is set otherwise by {other}: remove one of the two lines"),
                None => format!("{what} is set twice"),
            },
        };
        let problems = self.0.into_iter();
        problems
            .map(|(line, severity, refusal)| Diagnostic { line, severity, message: words(refusal) })
            .collect()
    }
}
