//! The router of the lab: the real daemon in the router's network, and a session with it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::host::{End, Host, Output, own_program, program};
use super::{LabError, Options, topology};
use crate::daemon::client::Client;
use crate::daemon::message::{DEFAULT_DIRECTORY, Terminal};

/// What one line of the console may take.
const LINE_LIMIT: Duration = Duration::from_secs(30);

/// What the daemon may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the router keeps what survives its daemon.
const STATE: &str = "/run/state";

/// The router's startup configuration: a copy, so that saving does not write to the user's file.
const STARTUP: &str = "/run/startup.conf";

/// What the daemon wrote.
const LOG: &str = "/run/daemon.log";

/// Without a script and without a configuration the router has this one.
const EXAMPLE: &str = include_str!("../../examples/first-road-ix.conf");

/// The router's daemon, running or not, and the script's session with it.
pub(super) struct Router {
    host: Host,
    daemon: Option<Child>,
    session: Option<Client>,
}

impl Router {
    /// A router with its startup configuration, not yet running.
    pub(super) fn new(host: Host, options: &Options) -> Result<Self, LabError> {
        let startup = match &options.config {
            Some(path) => fs::read(path).map_err(|source| LabError::File { path: path.clone(), source })?,
            None if options.script.is_empty() => EXAMPLE.as_bytes().to_vec(),
            None => Vec::new(),
        };
        fs::create_dir_all(STATE)?;
        fs::write(STARTUP, startup)?;
        Ok(Self { host, daemon: None, session: None })
    }

    /// Starts the daemon and waits until it answers.
    pub(super) fn start(&mut self) -> Result<(), LabError> {
        if self.daemon.is_some() {
            return Ok(());
        }
        let log = File::create(LOG)?;
        let also_log = log.try_clone()?;
        let started = self.host.run(move || {
            let mut command = program(own_program());
            command.args(["daemon", "--config", STARTUP, "--directory", DEFAULT_DIRECTORY, "--state", STATE]);
            for (port, interface) in topology::PORTS {
                command.args(["--port", &format!("{port}={interface}")]);
            }
            command.stdout(log).stderr(also_log).spawn()
        })?;
        let daemon =
            started.map_err(|source| LabError::Program { program: "tsuji daemon".to_owned(), source })?;
        self.daemon = Some(daemon);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Client::connect(Path::new(DEFAULT_DIRECTORY), None, Terminal::SCRIPT) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline || self.is_over()? => {
                    return Err(LabError::Router(format!("{error}\n{}", log_tail())));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Asks the daemon to end, and waits for it.
    pub(super) fn stop(&mut self) -> Result<(), LabError> {
        self.end(Signal::SIGTERM)
    }

    /// Ends the daemon in the middle of whatever it does.
    pub(super) fn kill(&mut self) -> Result<(), LabError> {
        self.end(Signal::SIGKILL)
    }

    /// Types a line into the script's session; a new one is opened where there is none.
    pub(super) fn line(&mut self, line: &str) -> Result<Output, LabError> {
        let session = match self.session.take() {
            Some(session) => Ok(session),
            None => Client::connect(Path::new(DEFAULT_DIRECTORY), None, Terminal::SCRIPT).map(
                |(mut session, _)| {
                    session.set_timeout(Some(LINE_LIMIT));
                    session
                },
            ),
        };
        let answer = session.and_then(|mut session| session.run(line).map(|answer| (session, answer)));
        Ok(match answer {
            Ok((session, answer)) => {
                self.session = (!answer.closed).then_some(session);
                Output { text: answer.output, end: if answer.ok { End::Good } else { End::Bad } }
            }
            Err(error) => Output { text: format!("{error}\n"), end: End::Lost },
        })
    }

    /// What of the startup configuration is not in force, and why; empty if all is.
    pub(super) fn complaints(&mut self) -> Result<String, LabError> {
        let boot = self.line("show boot")?.text;
        self.hang_up();
        // The first line says where the configuration comes from.
        Ok(if boot.lines().count() > 1 { boot } else { String::new() })
    }

    /// Closes the script's session; the next line opens another.
    pub(super) fn hang_up(&mut self) {
        self.session = None;
    }

    /// Gives the terminal to a console on the router.
    pub(super) fn console(&self) -> Result<(), LabError> {
        let status = self.host.run(|| program(own_program()).stdin(Stdio::inherit()).status())?;
        status.map(|_| ()).map_err(|source| LabError::Program { program: "tsuji".to_owned(), source })
    }

    fn end(&mut self, signal: Signal) -> Result<(), LabError> {
        let Some(mut daemon) = self.daemon.take() else {
            return Err(LabError::Router("the daemon does not run".to_owned()));
        };
        self.session = None;
        if let Ok(pid) = i32::try_from(daemon.id()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
        let deadline = Instant::now() + PATIENCE;
        while daemon.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(LabError::Router(format!("the daemon does not end\n{}", log_tail())));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn is_over(&mut self) -> Result<bool, LabError> {
        Ok(match &mut self.daemon {
            Some(daemon) => daemon.try_wait()?.is_some(),
            None => true,
        })
    }
}

fn log_tail() -> String {
    let log = fs::read_to_string(PathBuf::from(LOG)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
