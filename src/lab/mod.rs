//! A small internet in network namespaces, with a router of ours in it, for trying and testing.
//!
//! [`run`] is called twice. The first call makes the namespaces ([`isolation`]) and starts this
//! program again in them, as their first process: when that one ends, however it ends, the kernel
//! removes everything. The second call builds the hosts ([`topology`]): each is a thread of its
//! own with a network of its own ([`host`]), so that anything done on that thread, a socket or a
//! program, is done on that host. The router is no thread's work but the real daemon in the
//! router's network ([`router`]). Then a [`script`] or the user says what happens.
#![expect(
    clippy::disallowed_methods,
    reason = "the lab starts programs, and waits for real ones by the real clock"
)]

mod builtin;
mod capture;
mod host;
mod http;
mod isolation;
mod router;
mod script;
mod stage;
mod topology;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use script::Script;
use stage::Lab;

/// What `tsuji lab` is asked to do.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// The router's configuration; without one and without a script: an example.
    pub config: Option<PathBuf>,
    /// Run this script instead of giving the console (may be given several times).
    #[arg(long, value_name = "FILE")]
    pub script: Vec<PathBuf>,
    /// Record what every interface carries, one file each.
    #[arg(long, value_name = "DIR")]
    pub pcap: Option<PathBuf>,
    /// Give the console when the scripts are over, or when one has failed.
    #[arg(long)]
    pub keep: bool,
    /// We are in our own namespaces already.
    #[arg(long, hide = true)]
    inside: bool,
}

/// Why the lab could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The machine does not let us have a world of our own.
    #[error("no lab on this machine: {probe}: {source} ({hint})")]
    Isolation {
        /// What was tried.
        probe: &'static str,
        /// What the kernel said.
        source: io::Error,
        /// What may help.
        hint: &'static str,
    },
    /// A program is missing or cannot be started.
    #[error("cannot run {program}: {source} (.ci/setup installs what the lab needs)")]
    Program {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A step of wiring failed.
    #[error("{host}: {doing}: {words}")]
    Wiring {
        /// Where.
        host: String,
        /// What was tried.
        doing: String,
        /// What was answered.
        words: String,
    },
    /// The thread of a host is gone.
    #[error("{0}: the host does not answer (it has failed)")]
    Host(String),
    /// The router's daemon does not start.
    #[error("router: {0}")]
    Router(String),
    /// A file of the user's.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A script that is not written as scripts are.
    #[error(transparent)]
    Script(#[from] script::ScriptError),
    /// Our own output is gone.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

/// Builds the lab, and runs the scripts or gives the console.
///
/// The caller must not have started a thread yet: only then may a user without privileges make
/// namespaces. The status is 1 if an expectation of a script failed.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<ExitCode, LabError> {
    // Read before anything is built: a mistake in a script is told at once.
    let scripts = options.script.iter().map(|path| Script::read(path)).collect::<Result<Vec<_>, _>>()?;
    if !options.inside {
        return isolation::start_again_inside(options);
    }
    isolation::settle()?;
    let mut lab = Lab::start(options)?;
    let complaints = lab.router.complaints()?;
    out.write_all(complaints.as_bytes())?;
    let mut status = ExitCode::SUCCESS;
    for script in &scripts {
        if !script::perform(script, &mut lab, out)? {
            status = ExitCode::FAILURE;
            break;
        }
    }
    if scripts.is_empty() || options.keep {
        writeln!(out, "{}", topology::PICTURE)?;
        lab.console()?;
    }
    Ok(status)
}
