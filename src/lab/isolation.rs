//! A world of our own: user, mount, network and process namespaces.
//!
//! The first process makes them and waits; the second lives in them as process 1. The second is
//! killed with the first, and with process 1 the kernel kills all others and drops the networks.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, ExitCode};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount, umount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Gid, Uid, chdir, chroot, getegid, geteuid, getppid};

use super::host::own_program;
use super::{LabError, Options};

/// Makes the namespaces, runs this program again in them and gives its status.
pub(super) fn start_again_inside(options: &Options) -> Result<ExitCode, LabError> {
    let program = own_program();
    let (user, group) = (geteuid(), getegid());
    if !user.is_root() || unshare(CloneFlags::CLONE_NEWNS).is_err() {
        become_root_of_a_user_namespace(user, group)?;
        probe("mount namespace", unshare(CloneFlags::CLONE_NEWNS))?;
    }
    probe("network namespace", unshare(CloneFlags::CLONE_NEWNET))?;
    probe("process namespace", unshare(CloneFlags::CLONE_NEWPID))?;
    mount_for_ourselves()?;

    if options.script.is_empty() || options.keep {
        // The key Ctrl-C belongs to the console. A script it ends, and the lab with it.
        let _ = SigSet::from_iter([Signal::SIGINT]).thread_block();
    }
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let lab = arguments.iter().position(|argument| argument == "lab").map_or(0, |at| at + 1);
    arguments.insert(lab, "--inside".into());
    let status = Command::new(program).args(arguments).status();
    let status =
        status.map_err(|source| LabError::Program { program: program.display().to_string(), source })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(2), ExitCode::from))
}

/// In the second process: dies with the first, and sees only its own processes.
pub(super) fn settle() -> Result<(), LabError> {
    probe("end with the starter", prctl::set_pdeathsig(Signal::SIGKILL))?;
    probe("signals", SigSet::from_iter([Signal::SIGINT]).thread_unblock())?;
    let flags = PLAIN.union(MsFlags::MS_NOEXEC);
    own_program(); // before the hosts make mount namespaces of their own
    probe("/proc", mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>))?;
    Ok(())
}

/// A `/run` that nobody else sees, and an end to mounts that others would see.
fn mount_for_ourselves() -> Result<(), LabError> {
    let whole = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    let make_private = || mount(None::<&str>, "/", None::<&str>, whole, None::<&str>);
    probe(
        "private mounts",
        match make_private() {
            Err(Errno::EINVAL) => {
                make_a_mount_of_the_root()?;
                make_private()
            }
            outcome => outcome,
        },
    )?;
    // The resolver's file may lie below /run: the hosts need something to lay theirs over.
    let resolver = fs::canonicalize("/etc/resolv.conf");
    mount_tmpfs("/run")?;
    if let Ok(file) = resolver
        && let (true, Some(directory)) = (file.starts_with("/run"), file.parent())
    {
        fs::create_dir_all(directory)?;
        fs::write(file, "")?;
    }
    Ok(())
}

/// In a chroot the root may be a directory and no mount, which then cannot be made private: so it
/// is mounted once more, and entered there.
fn make_a_mount_of_the_root() -> Result<(), LabError> {
    const NEW_ROOT: &str = "/run/root";
    let here = std::env::current_dir()?;
    mount_tmpfs("/run")?;
    if is_seen_outside("/run") {
        probe("/run", umount("/run"))?;
        let hint = "this chroot shares its mounts with the outside: enter it by unshare -m";
        return Err(LabError::Isolation { probe: "private mounts", source: Errno::EINVAL.into(), hint });
    }
    fs::create_dir(NEW_ROOT)?;
    let bind = MsFlags::MS_BIND | MsFlags::MS_REC;
    probe("a root of our own", mount(Some("/"), NEW_ROOT, None::<&str>, bind, None::<&str>))?;
    probe("a root of our own", chroot(NEW_ROOT))?;
    probe("a root of our own", chdir(&here))
}

fn mount_tmpfs(place: &'static str) -> Result<(), LabError> {
    probe(place, mount(Some("tmpfs"), place, Some("tmpfs"), PLAIN, Some("mode=755")))
}

/// Whether the one who started us sees what we have mounted at a place.
fn is_seen_outside(place: &str) -> bool {
    let device = |path: &str| fs::metadata(path).map(|found| found.dev());
    match (device(&format!("/proc/{}/root{place}", getppid())), device(place)) {
        (Ok(theirs), Ok(ours)) => theirs == ours,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// A user without privileges has them all in a user namespace, over what is made inside.
fn become_root_of_a_user_namespace(user: Uid, group: Gid) -> Result<(), LabError> {
    probe("user namespace", unshare(CloneFlags::CLONE_NEWUSER))?;
    let map = |file: &str, text: String| {
        fs::write(file, text).map_err(|source| LabError::Isolation {
            probe: "user namespace",
            source,
            hint: HINT,
        })
    };
    map("/proc/self/setgroups", "deny".to_owned())?;
    map("/proc/self/uid_map", format!("0 {user} 1"))?;
    map("/proc/self/gid_map", format!("0 {group} 1"))
}

const PLAIN: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV);

const HINT: &str = "run it as root, or let users make namespaces: \
    sysctl kernel.unprivileged_userns_clone=1, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0";

fn probe<T>(what: &'static str, outcome: nix::Result<T>) -> Result<T, LabError> {
    outcome.map_err(|errno| LabError::Isolation { probe: what, source: io::Error::from(errno), hint: HINT })
}
