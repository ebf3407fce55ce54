//! The long-lived half of tsuji: it owns the running configuration, the workers and all timers.
//!
//! Consoles come and go on a Unix socket ([`message`], [`client`]); what they typed is judged
//! here, in a [`session`] each, so a terminal that dies takes nothing with it. One [`router`] task
//! changes things; [`show`] prints what it sees.

pub mod access;
pub mod client;
pub mod down;
pub mod listen;
mod login;
pub mod message;
pub mod router;
pub mod session;
pub mod show;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use self::listen::Listener;
use self::router::{Event, Handle, Router, Store, StoreError, Tie};
use crate::apply::Applier;
use crate::apply::kernel::KernelError;
use crate::apply::kernel::linux::{LinkChange, LinkWatch, LinuxKernel, PacketLog};
use crate::run::log::Log;
use crate::run::packet_log;
use crate::run::worker::Supervisor;

/// The directory of what outlives a reboot unless a flag names another.
pub const DEFAULT_STATE: &str = "/var/lib/tsuji";

/// What `tsuji daemon` is asked to do.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The startup configuration [default: startup.conf in the state directory].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Tie a port of the router to a network interface of the machine, as GigaEthernet0=enp1s0
    /// (may be given several times).
    #[arg(long, value_name = "PORT=INTERFACE")]
    pub port: Vec<Tie>,
    /// Where the socket and the journal are.
    #[arg(long, value_name = "DIR", default_value_os_t = message::default_directory())]
    pub directory: PathBuf,
    /// Where the history and the rollback point are.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_STATE)]
    pub state: PathBuf,
    /// How long a commit that may cut off a login waits to be confirmed.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub guard: u64,
}

/// Why the daemon cannot work.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The socket or the signals.
    #[error("cannot serve consoles: {0}")]
    Socket(#[from] io::Error),
    /// Linux.
    #[error("cannot use the kernel: {0}")]
    Kernel(#[from] KernelError),
    /// The files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours. What is in force stays; the next start goes on with it.
    #[error("the router's task failed: {0}")]
    Router(#[from] tokio::task::JoinError),
}

/// Runs the daemon in the network namespace of the calling thread until SIGTERM or SIGINT.
///
/// `log` is the ring that the program's `tracing` subscriber fills.
pub async fn serve(options: Options, log: Log) -> Result<(), DaemonError> {
    let store = Store::open(options.config, &options.directory, &options.state)?;
    let listener = Listener::bind(&options.directory)?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);

    let (events, events_in) = unbounded_channel();
    let (facts, facts_in) = unbounded_channel();
    tokio::spawn(router::forward_facts(facts_in, events.clone()));
    tokio::spawn(watch_links(LinkWatch::open()?, events));

    let packets = PacketLog::open();
    let kernel = LinuxKernel::new()?;
    let flowtables = kernel.has_flowtables().await;
    let (applier, recovery) =
        Applier::start(kernel, Supervisor::new(facts), store.journal().to_owned()).await?;
    if recovery != Default::default() {
        tracing::warn!("{recovery}");
    }
    let (mut router, handle) = Router::new(applier, store, events_in, log);
    router.set_guard_time(Duration::from_secs(options.guard));
    router.know_flowtables(flowtables);
    router.boot(&options.port).await?;
    let mut running = tokio::spawn(router.run());
    tokio::select! {
        () = listener.run(handle.clone()) => {}
        () = log_packets(packets, handle) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = &mut running => return ended.map(drop).map_err(DaemonError::from),
    }
    // The last handles went with these futures: the router ends, and can say goodbye.
    drop(listener);
    if let Ok(router) = running.await {
        router.stop().await;
    }
    Ok(())
}

/// Writes the packets that filters log to the log. Never ends: without it the router routes on.
async fn log_packets(packets: io::Result<PacketLog>, handle: Handle) {
    let error = match packets {
        Ok(packets) => packet_log::run(packets, |packet| handle.log_packet(packet)).await,
        Err(error) => error,
    };
    tracing::warn!(%error, "packets that filters log are not written to the log");
    std::future::pending().await
}

/// Passes on that links change, until the router is gone.
async fn watch_links(mut watch: LinkWatch, events: UnboundedSender<Event>) {
    loop {
        match watch.next().await {
            Ok(LinkChange::Is { link, up, carrier }) => {
                let is_silent = up && !carrier;
                if events.send(Event::Carrier { link, is_silent }).is_err() {
                    return;
                }
                if !up {
                    continue;
                }
            }
            Ok(LinkChange::Gone(_) | LinkChange::Missed) => {}
            Err(error) => {
                tracing::error!(%error, "changes of links are not noticed any more");
                return;
            }
        }
        if events.send(Event::Links).is_err() {
            return;
        }
    }
}
