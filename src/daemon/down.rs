//! `tsuji down`: takes out of Linux what is ours, and says what.
//!
//! Everything that bears our mark goes, whoever put it there: addresses, routes, rules, bridges of
//! our making, names on links, the table with the filters. Interfaces of the machine stay as they
//! are, and so do values below `/proc/sys`, which others may have come to rely on.

use std::path::{Path, PathBuf};

use tokio::sync::mpsc::unbounded_channel;

use super::message::{self, SOCKET_NAME};
use super::router::{Store, StoreError};
use crate::apply::kernel::KernelError;
use crate::apply::kernel::linux::LinuxKernel;
use crate::apply::{Applier, CommitError, Plan, State};
use crate::run::worker::Supervisor;

/// What `tsuji down` is asked to do.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where the socket and the journal are.
    #[arg(long, value_name = "DIR", default_value_os_t = message::default_directory())]
    pub directory: PathBuf,
    /// Where the history and the rollback point are.
    #[arg(long, value_name = "DIR", default_value = super::DEFAULT_STATE)]
    pub state: PathBuf,
}

/// Why not everything is out.
#[derive(Debug, thiserror::Error)]
pub enum DownError {
    /// A daemon would put it back.
    #[error("a daemon runs at {}: stop it first", .0.display())]
    Running(PathBuf),
    /// Linux cannot be read.
    #[error("cannot use the kernel: {0}")]
    Kernel(#[from] KernelError),
    /// Linux keeps something; then all of it stays.
    #[error("{0}")]
    Refused(#[from] CommitError),
    /// Files of ours.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes everything of ours out of the network namespace of the calling thread.
///
/// Answers the steps that were done. The next start begins with what was saved.
pub async fn down(options: &Options) -> Result<Plan, DownError> {
    if is_served(&options.directory) {
        return Err(DownError::Running(options.directory.clone()));
    }
    let store = Store::open(None, &options.directory, &options.state)?;
    // No worker runs without its daemon, and none is started.
    let (facts, _) = unbounded_channel();
    let start = Applier::start(LinuxKernel::new()?, Supervisor::new(facts), store.journal().to_owned());
    let (mut applier, _) = start.await?;
    let plan = applier.commit(State::default()).await?;
    store.forget_running()?;
    Ok(plan)
}

fn is_served(directory: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(directory.join(SOCKET_NAME)).is_ok()
}
