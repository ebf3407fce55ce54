//! A host: a thread that lives in a network namespace of its own and does work for others there.
//!
//! Sockets belong to the network of the thread that opens them, programs to that of the thread
//! that starts them; so whatever runs on the thread runs on the host.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{Pid, gettid, sethostname};

use super::LabError;

/// A running host; its network is gone when this is dropped and its programs have ended.
#[derive(Clone)]
pub(super) struct Host {
    name: &'static str,
    thread: Pid,
    work: mpsc::Sender<Work>,
}

type Work = Box<dyn FnOnce() + Send>;

/// What a command said, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    /// Standard output and standard error, in the order of writing.
    pub text: String,
    /// How it ended.
    pub end: End,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    /// As asked.
    #[default]
    Good,
    /// With an error of its own, or refused.
    Bad,
    /// It did not end: nobody answered.
    Lost,
}

impl Output {
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self { text: text.into(), end: End::Good }
    }

    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), end: End::Bad }
    }
}

impl Host {
    /// Starts a host whose network holds only its loopback. Files in `etc` are laid over those in
    /// `/etc`, where such exist.
    pub(super) fn start(name: &'static str, etc: &Path) -> Result<Self, LabError> {
        let (work, todo) = mpsc::channel::<Work>();
        let (ready, started) = mpsc::channel();
        let etc = etc.to_owned();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let settled = settle(name, &etc);
            let good = settled.is_ok();
            let _ = ready.send(settled.map(|()| gettid()));
            if good {
                todo.into_iter().for_each(|work| work());
            }
        })?;
        let thread = started.recv().map_err(|_| LabError::Host(name.to_owned()))??;
        Ok(Self { name, thread, work })
    }

    /// Its name, by which the others find it.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The thread that holds its network, for `ip link set … netns`.
    pub(super) fn thread(&self) -> Pid {
        self.thread
    }

    /// Does work on this host and waits for the result.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LabError> {
        let gone = || LabError::Host(self.name.to_owned());
        let (done, result) = mpsc::channel();
        let work = Box::new(move || drop(done.send(work())));
        self.work.send(work).map_err(|_| gone())?;
        result.recv().map_err(|_| gone())
    }

    /// Runs a command by `/bin/sh` to its end; what it left in the background runs on.
    pub(super) fn shell(&self, command: &str) -> Result<Output, LabError> {
        let command = command.to_owned();
        self.run(move || shell(&command))?
    }
}

/// A program with the directories on its path that users without privileges often lack, and with
/// our own.
pub(super) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut path = own_program().parent().unwrap_or(Path::new("/")).as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path.push(":/usr/sbin:/sbin:/usr/bin:/bin");
    let mut command = Command::new(name);
    // A router of the user's own, outside, is none of ours.
    command.env("PATH", path).env_remove("TSUJI_DIRECTORY").stdin(Stdio::null());
    command
}

/// This very program. In a chroot the kernel can say where it lies only in the mount namespace
/// that it was started in, so it is asked before any other is made.
pub(super) fn own_program() -> &'static Path {
    static OWN: LazyLock<PathBuf> =
        LazyLock::new(|| std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe")));
    &OWN
}

fn shell(command: &str) -> Result<Output, LabError> {
    let failed = |source| LabError::Program { program: "/bin/sh".to_owned(), source };
    // A file rather than a pipe: nobody has to wait for what stays in the background.
    let file =
        File::from(memfd_create("output", MFdFlags::MFD_CLOEXEC).map_err(|errno| failed(errno.into()))?);
    let status = program("/bin/sh")
        .args(["-c", command])
        .stdout(file.try_clone()?)
        .stderr(file.try_clone()?)
        .status()
        .map_err(failed)?;
    let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, 0)?; // its place is shared with those who write: leave it alone
    let end = if status.success() { End::Good } else { End::Bad };
    Ok(Output { text: String::from_utf8_lossy(&bytes).into_owned(), end })
}

fn settle(name: &str, etc: &Path) -> Result<(), LabError> {
    let wrong = |doing: &str, words: String| LabError::Wiring {
        host: name.to_owned(),
        doing: doing.to_owned(),
        words,
    };
    unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS)
        .map_err(|errno| wrong("network, mount and name namespace", errno.to_string()))?;
    sethostname(name).map_err(|errno| wrong("its name", errno.to_string()))?;
    for entry in etc.read_dir()? {
        let ours = entry?;
        let theirs = Path::new("/etc").join(ours.file_name());
        if theirs.exists() {
            mount(Some(&ours.path()), &theirs, None::<&str>, MsFlags::MS_BIND, None::<&str>).map_err(
                |errno| {
                    wrong(&format!("{} over {}", ours.path().display(), theirs.display()), errno.to_string())
                },
            )?;
        }
    }
    Ok(())
}
