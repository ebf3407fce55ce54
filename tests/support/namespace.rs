//! A test in a network of its own.
//!
//! [`in_namespace`] starts the test binary once more, for the one test that calls it, in new
//! network and mount namespaces; without root, a new user namespace makes the test root of both.
//! Inside, `/run` is empty, so that `ip netns` can make further hosts. Where the machine allows
//! no namespaces the test fails with the reason: a test that is skipped shows nothing.

#![allow(dead_code, reason = "each test binary uses a part of this")]
#![expect(clippy::disallowed_methods, reason = "other programs build the network around what is tested")]

use std::any::type_name;
use std::env;
use std::fs::File;
use std::process::{Command, Stdio};
use std::thread;

use nix::sched::{CloneFlags, setns};

/// Tells the second run that it is inside.
const INSIDE: &str = "TSUJI_TEST_INSIDE";

/// Runs `test` in namespaces of its own. Must be called first and last by a `#[test]`, with a
/// closure written there: its type bears the test's name.
pub fn in_namespace<F: FnOnce()>(test: F) {
    if env::var_os(INSIDE).is_some() {
        sh("mount -t tmpfs tmpfs /run && ip link set lo up");
        return test();
    }
    let name = test_name(type_name::<F>());
    let privileged = nix::unistd::geteuid().is_root();
    let user: &[&str] = if privileged { &[] } else { &["--user", "--map-root-user"] };
    let directory = env::current_dir().expect("there is a working directory");
    let (propagation, enter) = if root_is_a_mount() { (None, None) } else { (UNCHANGED, ENTER) };
    let output = Command::new("unshare")
        .args(user)
        .args(propagation.into_iter().flatten())
        .args(["--net", "--mount", "--"])
        .args(enter.into_iter().flatten())
        .args(["env", "-C"])
        .args([directory, env::current_exe().expect("the test binary has a path")])
        .args(["--exact", name, "--include-ignored", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("RUST_BACKTRACE", "0")
        .env("PATH", env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin")
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("unshare (package util-linux) does not start: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let ran = output.status.success() && out.contains("1 passed");
    assert!(ran, "{name}, in its own namespaces ({}):\n{out}\n{err}", output.status);
}

/// Starts this program once more in namespaces of its own, with the same arguments; for programs
/// that are no tests. `None`: we are inside already. Otherwise the status of the second run.
pub fn start_again_inside() -> Option<std::process::ExitStatus> {
    if env::var_os(INSIDE).is_some() {
        sh("mount -t tmpfs tmpfs /run && ip link set lo up");
        return None;
    }
    let privileged = nix::unistd::geteuid().is_root();
    let user: &[&str] = if privileged { &[] } else { &["--user", "--map-root-user"] };
    let status = Command::new("unshare")
        .args(user)
        .args(["--net", "--mount", "--"])
        .arg(env::current_exe().expect("this program has a path"))
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .env("PATH", env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin")
        .status()
        .unwrap_or_else(|error| panic!("unshare (package util-linux) does not start: {error}"));
    Some(status)
}

/// In a chroot the root may be a directory and no mount, whose propagation cannot be changed and
/// which `ip netns` cannot use: then it is mounted once more, and entered there.
const UNCHANGED: Option<[&str; 2]> = Some(["--propagation", "unchanged"]);
const ENTER: Option<[&str; 4]> = Some([
    "sh",
    "-c",
    "mount -t tmpfs tmpfs /run && mkdir /run/root && mount --rbind / /run/root && exec chroot /run/root \"$@\"",
    "sh",
]);

fn root_is_a_mount() -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("/proc is mounted");
    mounts.lines().any(|mount| mount.split(' ').nth(4) == Some("/"))
}

/// `crate::module::test::{{closure}}` without its first and last part.
fn test_name(closure: &'static str) -> &'static str {
    let path = closure.trim_end_matches("::{{closure}}");
    path.split_once("::").map_or(path, |(_, name)| name)
}

/// What a shell command prints; panics with all that it printed if it fails.
pub fn sh(command: &str) -> String {
    try_sh(command).unwrap_or_else(|printed| panic!("{command}\n{printed}"))
}

/// What a shell command prints; an error if it fails.
pub fn try_sh(command: &str) -> Result<String, String> {
    let output = Command::new("sh").args(["-c", command]).output().expect("sh starts");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(text.into_owned()) } else { Err(text.into_owned()) }
}

/// A further host: a network namespace beside that of the test.
pub struct Host {
    name: String,
}

impl Host {
    /// A new host, with its loopback up.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        sh(&format!("ip netns add {name} && ip -n {name} link set lo up"));
        Self { name }
    }

    /// A cable from the test's own end `near` to this host's end `far`, both up.
    pub fn cable(&self, near: &str, far: &str) {
        let name = &self.name;
        sh(&format!("ip link add {near} type veth peer name {far} netns {name}"));
        sh(&format!("ip link set {near} up && ip -n {name} link set {far} up"));
    }

    /// A cable from this host's end `here` to another's end `there`, both still down.
    pub fn cable_to(&self, here: &str, other: &Self, there: &str) {
        let (name, far) = (&self.name, &other.name);
        sh(&format!("ip link add {here} netns {name} type veth peer name {there} netns {far}"));
    }

    /// Like [`sh`], on this host, with its own interfaces below `/sys`.
    pub fn sh_with_sysfs(&self, command: &str) -> Result<String, String> {
        self.try_sh(&format!("unshare --mount sh -c 'mount -t sysfs sysfs /sys && {command}'"))
    }

    /// Like [`sh`], on this host.
    pub fn sh(&self, command: &str) -> String {
        self.run(|| sh(command))
    }

    /// Like [`try_sh`], on this host.
    pub fn try_sh(&self, command: &str) -> Result<String, String> {
        self.run(|| try_sh(command))
    }

    /// Runs `work` in a thread on this host: sockets that it opens are this host's.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                self.enter();
                work()
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Starts a thread on this host that goes on beside the test.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> thread::JoinHandle<T> {
        let host = Self { name: self.name.clone() };
        thread::spawn(move || {
            host.enter();
            work()
        })
    }

    /// Moves the calling thread to this host.
    fn enter(&self) {
        let namespace = File::open(format!("/run/netns/{}", self.name)).expect("ip netns made it");
        setns(namespace, CloneFlags::CLONE_NEWNET).expect("this thread may go there");
    }
}
