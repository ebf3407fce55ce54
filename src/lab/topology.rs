//! Which hosts there are, and how they are wired: data, so that a new host is a new row.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::LabError;
use super::host::{Host, program};

/// Shown when the console is given.
pub(super) const PICTURE: &str = "
   server                isp                  router              pc
  .80 ├── 203.0.113.0/24 ──┤.1   .1├── 198.51.100.0/24 ──┤wan  lan├── 192.168.0.0/24 ──┤ .10
                           │      (DHCP gives .10)       │    .254
                           │     .1├──── 192.0.2.0/24 ───┤wan2
   Ports: GigaEthernet0 = lan2 = wan, GigaEthernet1 = lan1 = lan, GigaEthernet2 = lan3 = wan2.
   `exit` ends the lab.
";

/// A host and what it has before anything runs there.
struct Plan {
    name: &'static str,
    /// Interface and address.
    addresses: &'static [(&'static str, &'static str)],
    /// Destination and gateway.
    routes: &'static [(&'static str, &'static str)],
    /// It passes on packets that are not for it.
    forwards: bool,
}

/// The router has nothing of its own: all that is there comes from its configuration. The provider
/// knows no way to the LAN's private addresses, as it should be.
const HOSTS: &[Plan] = &[
    Plan {
        name: "isp",
        addresses: &[
            ("access", "198.51.100.1/24"),
            ("access", "2001:db8:51::1/64"),
            ("access2", "192.0.2.1/24"),
            ("access2", "2001:db8:52::1/64"),
            ("core", "203.0.113.1/24"),
            ("core", "2001:db8:80::1/64"),
        ],
        routes: &[],
        forwards: true,
    },
    Plan {
        name: "server",
        addresses: &[("eth0", "203.0.113.80/24"), ("eth0", "2001:db8:80::80/64")],
        routes: &[("default", "203.0.113.1"), ("default", "2001:db8:80::1")],
        forwards: false,
    },
    Plan { name: "router", addresses: &[], routes: &[], forwards: false },
    Plan {
        name: "pc",
        addresses: &[("eth0", "192.168.0.10/24")],
        routes: &[("default", "192.168.0.254")],
        forwards: false,
    },
];

/// Cables: host and interface at either end.
const CABLES: &[[(&str, &str); 2]] = &[
    [("isp", "access"), ("router", "wan")],
    [("isp", "access2"), ("router", "wan2")],
    [("isp", "core"), ("server", "eth0")],
    [("router", "lan"), ("pc", "eth0")],
];

/// Where each name leads, in every host.
const NAMES: &[(&str, &str)] = &[
    ("127.0.0.1", "localhost"),
    ("::1", "localhost"),
    ("198.51.100.1", "isp"),
    ("2001:db8:51::1", "isp"),
    ("203.0.113.80", "server"),
    ("2001:db8:80::80", "server"),
    ("192.168.0.254", "router"),
    ("192.168.0.10", "pc"),
];

/// The logical ports of the router and the interfaces behind them.
pub(super) const PORTS: &[(&str, &str)] =
    &[("GigaEthernet0", "wan"), ("GigaEthernet1", "lan"), ("GigaEthernet2", "wan2")];

/// Starts all hosts, cabled, with their addresses and routes.
pub(super) fn build() -> Result<Vec<Host>, LabError> {
    let etc = etc()?;
    let hosts = HOSTS.iter().map(|plan| Host::start(plan.name, &etc)).collect::<Result<Vec<_>, _>>()?;
    for [(near, near_link), (far, far_link)] in CABLES {
        let netns = find(&hosts, far)?.thread();
        ip(
            find(&hosts, near)?,
            &format!("link add name {near_link} type veth peer name {far_link} netns {netns}\n"),
        )?;
    }
    for plan in HOSTS {
        let host = find(&hosts, plan.name)?;
        if plan.forwards {
            set(host, "net/ipv4/ip_forward", "1")?;
            set(host, "net/ipv6/conf/all/forwarding", "1")?;
        }
        ip(host, &plan.commands())?;
    }
    Ok(hosts)
}

/// The host of a name.
pub(super) fn find<'a>(hosts: &'a [Host], name: &str) -> Result<&'a Host, LabError> {
    hosts.iter().find(|host| host.name() == name).ok_or_else(|| LabError::Host(name.to_owned()))
}

/// Every interface of the lab, by host.
pub(super) fn interfaces() -> impl Iterator<Item = (&'static str, &'static str)> {
    CABLES.iter().flatten().copied()
}

impl Plan {
    /// What `ip -batch` has to do on the host.
    fn commands(&self) -> String {
        let mut text = String::from("link set lo up\n");
        for (_, link) in interfaces().filter(|(host, _)| *host == self.name) {
            // The router's own interfaces are the router's business.
            if !self.addresses.is_empty() {
                text += &format!("link set {link} up\n");
            }
        }
        for (link, address) in self.addresses {
            let no_waiting = if address.contains(':') { " nodad" } else { "" };
            text += &format!("address add {address} dev {link}{no_waiting}\n");
        }
        for (destination, gateway) in self.routes {
            text += &format!("route add {destination} via {gateway}\n");
        }
        text
    }
}

/// Runs a list of commands by `ip -batch` on a host.
fn ip(host: &Host, commands: &str) -> Result<(), LabError> {
    let input = commands.to_owned();
    let output = host.run(move || {
        let mut child = program("ip")
            .args(["-batch", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        child.wait_with_output()
    })?;
    let output = output.map_err(|source| LabError::Program { program: "ip".to_owned(), source })?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        let doing = format!("ip {}", commands.trim().replace('\n', "; "));
        return Err(LabError::Wiring { host: host.name().to_owned(), doing, words });
    }
    Ok(())
}

/// Writes a value below `/proc/sys` as the host sees it.
fn set(host: &Host, name: &'static str, value: &'static str) -> Result<(), LabError> {
    let path = Path::new("/proc/sys").join(name);
    host.run(move || fs::write(path, value))?.map_err(|error| LabError::Wiring {
        host: host.name().to_owned(),
        doing: format!("{name} = {value}"),
        words: error.to_string(),
    })
}

/// The files that every host has in `/etc`: names of the lab, and no resolver of the outside.
fn etc() -> Result<PathBuf, LabError> {
    let directory = PathBuf::from("/run/etc");
    fs::create_dir(&directory)?;
    let names: String = NAMES.iter().map(|(address, name)| format!("{address}\t{name}\n")).collect();
    fs::write(directory.join("hosts"), names)?;
    fs::write(directory.join("resolv.conf"), "")?;
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_hangs_on_a_cable() {
        let cabled = |host: &str, link: &str| interfaces().any(|end| end == (host, link));
        for (host, link) in interfaces() {
            assert!(HOSTS.iter().any(|plan| plan.name == host), "{link} is of {host}, which is no host");
            assert_eq!(interfaces().filter(|end| *end == (host, link)).count(), 1, "{host} {link}: cables");
        }
        for plan in HOSTS {
            for (link, address) in plan.addresses {
                assert!(cabled(plan.name, link), "{}: {address} on {link}", plan.name);
            }
        }
        for (port, link) in PORTS {
            assert!(cabled("router", link), "{port} is {link}");
        }
    }

    #[test]
    fn every_host_is_found_by_its_name() {
        for plan in HOSTS {
            assert!(NAMES.iter().any(|(_, name)| *name == plan.name), "{}", plan.name);
        }
    }
}
