//! The lab in operation: hosts, the router on one of them, and what runs in the background.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

use super::capture::Capture;
use super::host::{Host, Output};
use super::http::Listener;
use super::router::Router;
use super::script::Stage;
use super::{LabError, Options, builtin, topology};

/// A running lab. It ends with the process, and everything in it.
pub(super) struct Lab {
    hosts: Vec<Host>,
    pub(super) router: Router,
    /// What `listen` started, by host and port.
    pub(super) listeners: BTreeMap<(&'static str, u16), Listener>,
    /// Peers that the lab plays, by their name in `service NAME …`.
    pub(super) services: BTreeMap<&'static str, Child>,
    /// Ends, with all that it has seen, when the lab does.
    _capture: Option<Capture>,
}

impl Lab {
    /// Builds everything, up to a router that runs the configuration.
    pub(super) fn start(options: &Options) -> Result<Self, LabError> {
        let hosts = topology::build()?;
        let capture =
            options.pcap.as_deref().map(|directory| Capture::start(&hosts, directory)).transpose()?;
        let router = Router::new(topology::find(&hosts, "router")?.clone(), options)?;
        let mut lab =
            Self { hosts, router, listeners: BTreeMap::new(), services: BTreeMap::new(), _capture: capture };
        builtin::start_service(&mut lab, "dhcp")?;
        lab.router.start()?;
        Ok(lab)
    }

    /// Gives the router's console to the user, until `exit`.
    pub(super) fn console(&mut self) -> Result<(), LabError> {
        self.router.console()
    }

    pub(super) fn find(&self, name: &str) -> Result<&Host, LabError> {
        topology::find(&self.hosts, name)
    }
}

impl Stage for Lab {
    fn knows(&self, host: &str) -> bool {
        self.find(host).is_ok()
    }

    fn console_line(&mut self, line: &str) -> Result<Output, LabError> {
        self.router.line(line)
    }

    fn command(&mut self, host: &str, command: &str) -> Result<Output, LabError> {
        builtin::run(self, host, command)
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn pause(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn script_ends(&mut self) {
        self.router.hang_up();
        self.listeners.clear();
    }
}
