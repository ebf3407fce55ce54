//! The worker of a monitor: a prober and a socket for each host, and one verdict of them all.

mod host;
mod owner;

use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use self::host::HostLink;
use self::owner::{HostOwner, Verdict};
use super::driver::drive;
use super::fault::caught;
use super::{FactUpdate, Snapshots, clock};
use crate::apply::workers::MonitorSpec;
use crate::model::monitor::Timing;
use crate::net::engine::probe::{Command, Config, Prober};
use crate::net::engine::{Entropy, SystemEntropy};

/// How long a prober rests after a fault of ours.
const PAUSE: Duration = Duration::from_secs(1);

/// Asks all hosts of a monitor until it is stopped.
///
/// A host that cannot be asked, since a link or a route is missing, does not answer: no error of
/// a socket ends this.
pub(super) async fn run(
    number: u32,
    spec: MonitorSpec,
    facts: UnboundedSender<FactUpdate>,
    snapshots: Snapshots,
    mut commands: UnboundedReceiver<Command>,
) {
    let verdict = Arc::new(Mutex::new(Verdict::new(number, &spec, facts, snapshots)));
    let mut hosts = Vec::new();
    let mut stops = Vec::new();
    for (index, host) in spec.hosts.iter().enumerate() {
        let (stop, stopped) = mpsc::unbounded_channel();
        let identifier = identifier();
        let link = HostLink::new(host.clone(), identifier, spec.length);
        let owner = HostOwner::new(index, Arc::clone(&verdict));
        hosts.push(tokio::spawn(ask(config(&spec), link, owner, stopped)));
        stops.push(stop);
    }
    // Whoever drops the sender stops the worker as well.
    let _ = commands.recv().await;
    for stop in stops {
        let _ended = stop.send(Command::Stop);
    }
    for host in hosts {
        let _ended = host.await;
    }
    owner::lock(&verdict).end();
}

async fn ask(
    config: Config,
    mut link: HostLink,
    mut owner: HostOwner,
    mut stopped: UnboundedReceiver<Command>,
) {
    let mut prober = Prober::new(config, clock::now());
    while let Err(error) = caught(drive(&mut prober, &mut link, &mut owner, &mut stopped)).await {
        tracing::debug!(%error, "the socket of a monitor is opened anew");
        link.close();
        if error.kind() == ErrorKind::Other {
            // A fault of ours: it begins again, but not at once.
            clock::pause(PAUSE).await;
            prober = Prober::new(config, clock::now());
        }
    }
}

/// Tells our questions from those of other programs.
fn identifier() -> u16 {
    let mut bytes = [0; 2];
    SystemEntropy::new().fill(&mut bytes);
    u16::from_be_bytes(bytes)
}

fn config(MonitorSpec { timing, delay, .. }: &MonitorSpec) -> Config {
    let Timing { interval, interval_down, timeout, down_count, up_count, down_wait, up_wait } = *timing;
    Config { delay: *delay, interval, interval_down, timeout, down_count, up_count, down_wait, up_wait }
}
