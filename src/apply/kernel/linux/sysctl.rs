//! Values below `/proc/sys`, in the names of `sysctl(8)`.
//!
//! `net.ipv4.conf.eth0/100.rp_filter` is `/proc/sys/net/ipv4/conf/eth0.100/rp_filter`: dots and
//! slashes change places, so that a link's own dot can be written. Below `net` the kernel shows
//! the values of the calling thread's network namespace.

use std::fs;
use std::path::PathBuf;

use crate::apply::kernel::KernelError;

/// Reads a value, without its end of line.
pub(super) fn read(name: &str) -> Result<String, KernelError> {
    let path = path(name)?;
    match fs::read_to_string(&path) {
        Ok(value) => Ok(value.trim_end().to_owned()),
        Err(error) => Err(KernelError::new(format!("{}: {error}", path.display()))),
    }
}

/// Writes a value.
pub(super) fn write(name: &str, value: &str) -> Result<(), KernelError> {
    let path = path(name)?;
    // Never created: the file system has the values that the kernel has.
    fs::write(&path, value).map_err(|error| KernelError::new(format!("{}: {error}", path.display())))
}

/// The parts of a name, as the directories have them.
pub(super) fn parts(name: &str) -> impl Iterator<Item = String> {
    name.split('.').map(|part| part.replace('/', "."))
}

fn path(name: &str) -> Result<PathBuf, KernelError> {
    let mut path = PathBuf::from("/proc/sys");
    for part in parts(name) {
        let safe =
            !matches!(part.as_str(), "" | "." | "..") && part.bytes().all(|byte| byte.is_ascii_graphic());
        if !safe {
            return Err(KernelError::new(format!("no value below /proc/sys is called {name:?}")));
        }
        path.push(part);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::state::{link_of_sysctl, sysctl_of_link};

    #[test]
    fn dots_and_slashes_change_places() {
        let link = "eth0.100".parse().unwrap();
        let name = sysctl_of_link("ipv4", &link, "rp_filter");
        assert_eq!(link_of_sysctl(&name), Some(link));
        assert_eq!(link_of_sysctl("net.ipv4.conf.all.rp_filter"), None);
        assert_eq!(name, "net.ipv4.conf.eth0/100.rp_filter");
        assert_eq!(path(&name).unwrap(), PathBuf::from("/proc/sys/net/ipv4/conf/eth0.100/rp_filter"));
    }

    #[test]
    fn no_name_leads_out_of_proc_sys() {
        for name in ["", ".", "//.//.etc.passwd", "net./.x", "net..ipv4", "a b", "net.\0"] {
            assert!(path(name).is_err(), "{name:?}");
        }
    }
}
