//! By which network connection a console's user came: what SSH told the shell.
//!
//! `SSH_CONNECTION` stands in the environment of the login shell. The console may be that shell
//! itself, or any descendant of it, with an environment of its own (`sudo` clears it).

use std::fs;

use crate::status::login::Connection;

/// How many ancestors are asked at most.
const GENERATIONS: usize = 32;

/// The connection of the login that a process belongs to; `None` for one at the machine itself.
///
/// Processes end while we look: what cannot be read says nothing.
pub fn connection_of(process: i32) -> Option<Connection> {
    let mut process = process;
    for _ in 0..GENERATIONS {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        if let Some(connection) = told_by_ssh(&environment) {
            return Some(connection);
        }
        process = parent(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)?;
    }
    None
}

/// Variables end with a zero byte each.
fn told_by_ssh(environment: &[u8]) -> Option<Connection> {
    let mut variables = environment.split(|byte| *byte == 0);
    let value = variables.find_map(|variable| variable.strip_prefix(b"SSH_CONNECTION="))?;
    Connection::from_ssh(std::str::from_utf8(value).ok()?)
}

/// The fourth field of `/proc/PID/stat`. The second is a name in brackets that may hold anything.
fn parent(stat: &str) -> Option<i32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(1)?.parse().ok().filter(|parent| *parent > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_both_ends() {
        let environment = b"TERM=vt100\0SSH_CONNECTION=192.0.2.9 50022 192.0.2.1 22\0HOME=/\0";
        assert_eq!(told_by_ssh(environment).unwrap().local, "192.0.2.1:22".parse().unwrap());
        assert_eq!(told_by_ssh(b"SSH_CONNECTION=\xff\0"), None);
        assert_eq!(told_by_ssh(b""), None);
    }

    #[test]
    fn a_name_with_brackets_hides_no_parent() {
        assert_eq!(parent("12 (a) b) S 7 12 12 0"), Some(7));
        assert_eq!(parent("1 (init) S 0 1 1 0"), None);
        assert_eq!(parent(""), None);
    }
}
