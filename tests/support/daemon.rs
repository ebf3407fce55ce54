//! The built program's daemon in the network of a test, and sessions with it.

#![allow(dead_code, reason = "each test binary uses a part of this")]
#![expect(clippy::disallowed_methods, reason = "a real program, in real time")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tsuji::daemon::client::Client;
use tsuji::daemon::message::Terminal;

/// What anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A daemon that runs.
pub struct Daemon {
    directory: PathBuf,
    process: Child,
}

impl Daemon {
    /// Starts it over what its predecessor left in `directory`, and waits until it answers.
    pub fn start(directory: &str) -> Self {
        let directory = PathBuf::from(directory);
        let state = directory.join("state");
        fs::create_dir_all(&state).expect("a directory for the daemon");
        let process = Command::new(env!("CARGO_BIN_EXE_tsuji"))
            .args([Path::new("daemon"), Path::new("--directory"), &directory, Path::new("--state"), &state])
            .stdin(Stdio::null())
            .stderr(File::create(directory.join("log")).expect("a file for its log"))
            .spawn()
            .expect("the built program starts");
        wait_until("the daemon answers", || Client::connect(&directory, None, Terminal::SCRIPT).is_ok());
        Self { directory, process }
    }

    /// Writes the startup configuration of a daemon that does not run yet.
    pub fn configure(directory: &str, lines: &str) {
        let state = Path::new(directory).join("state");
        fs::create_dir_all(&state).expect("a directory for the daemon");
        fs::write(state.join("startup.conf"), lines).expect("written");
    }

    /// Types lines into a session of its own; each must be taken. What the last one said.
    pub fn run(&self, lines: &[&str]) -> String {
        let (mut session, _) = Client::connect(&self.directory, None, Terminal::SCRIPT).expect("a session");
        let mut said = String::new();
        for line in lines {
            let answer = session.run(line).expect("an answer");
            assert!(answer.ok, "{line}: {}", answer.output);
            said = answer.output;
        }
        said
    }

    /// Types lines in configuration mode, and commits them.
    pub fn commit(&self, lines: &[&str]) -> String {
        self.run(&[&["configure"], lines, &["commit"]].concat())
    }

    /// What it wrote since it started.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).expect("its log")
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }

    /// Asks it to end, and waits for it.
    pub fn stop(mut self) {
        let process = i32::try_from(self.process.id()).expect("a number of a process");
        kill(Pid::from_raw(process), Signal::SIGTERM).expect("asked");
        assert!(self.process.wait().expect("gone").success());
    }

    /// `tsuji down` for the daemon of a directory.
    pub fn down(directory: &str) -> Output {
        let state = Path::new(directory).join("state");
        let mut down = Command::new(env!("CARGO_BIN_EXE_tsuji"));
        down.args(["down", "--directory", directory, "--state"]).arg(state).output().expect("it starts")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
