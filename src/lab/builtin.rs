//! Commands of a lab host that are not programs: `fetch`, `listen`, `seen`, `link`, `service`, and
//! on the router `daemon`. `ping` is the machine's own, with an end.

use std::fs::{self, File};
use std::thread;
use std::time::{Duration, Instant};

use super::LabError;
use super::host::{Output, program};
use super::http::{self, Listener};
use super::stage::Lab;

/// Runs a built-in, or anything else by `/bin/sh`.
pub(super) fn run(lab: &mut Lab, host: &str, command: &str) -> Result<Output, LabError> {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        // The last of two equal options counts: these are what is meant unless something is said.
        ["ping", rest @ ..] => lab.find(host)?.shell(&format!("ping -n -c 1 -W 1 {}", rest.join(" "))),
        ["fetch", url] => {
            let url = (*url).to_owned();
            lab.find(host)?.run(move || http::fetch(&url).map_or_else(Output::bad, Output::good))
        }
        ["listen", port] => with_port(port, |port| listen(lab, host, port)),
        ["seen", port] => with_port(port, |port| seen(lab, host, port)),
        ["link", link, state @ ("up" | "down")] => {
            lab.find(host)?.shell(&format!("ip link set dev '{link}' {state}"))
        }
        ["service", service, state @ ("start" | "stop")] if host == "isp" => {
            switch(lab, service, *state == "start")
        }
        ["daemon", "start"] if host == "router" => lab.router.start().map(|()| Output::good("")),
        ["daemon", "stop"] if host == "router" => lab.router.stop().map(|()| Output::good("")),
        ["daemon", "kill"] if host == "router" => lab.router.kill().map(|()| Output::good("")),
        _ => lab.find(host)?.shell(command),
    }
}

fn with_port(word: &str, work: impl FnOnce(u16) -> Result<Output, LabError>) -> Result<Output, LabError> {
    match word.parse() {
        Ok(port) if port > 0 => work(port),
        _ => Ok(Output::bad(format!("{word}: a port is a number from 1 to 65535\n"))),
    }
}

fn listen(lab: &mut Lab, host: &str, port: u16) -> Result<Output, LabError> {
    let host = lab.find(host)?.clone();
    if lab.listeners.contains_key(&(host.name(), port)) {
        return Ok(Output::bad(format!("port {port} is listened on already\n")));
    }
    let name = host.name();
    match host.run(move || Listener::start(name, port))? {
        Ok(listener) => {
            lab.listeners.insert((name, port), listener);
            Ok(Output::good(""))
        }
        Err(error) => Ok(Output::bad(format!("port {port}: {error}\n"))),
    }
}

fn seen(lab: &Lab, host: &str, port: u16) -> Result<Output, LabError> {
    let name = lab.find(host)?.name();
    Ok(match lab.listeners.get(&(name, port)) {
        Some(listener) => {
            Output::good(listener.seen().iter().map(|peer| format!("{peer}\n")).collect::<String>())
        }
        None => Output::bad(format!("nobody listens on port {port} (`{name}$ listen {port}` does)\n")),
    })
}

fn switch(lab: &mut Lab, service: &str, on: bool) -> Result<Output, LabError> {
    if !SERVICES.iter().any(|known| known.name == service) {
        return Ok(Output::bad(format!("{service}: no such service\n")));
    }
    if let Some(mut running) = lab.services.remove(service) {
        running.kill()?;
        running.wait()?;
    }
    if on {
        start_service(lab, service)?;
    }
    Ok(Output::good(""))
}

/// A program that plays a service of the provider: a real one, so that nobody's misunderstanding
/// is shared by both ends.
struct Service {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// What it writes when it is ready.
    ready: &'static str,
}

const SERVICES: &[Service] = &[Service {
    name: "dhcp",
    program: "dnsmasq",
    arguments: &[
        "--no-daemon", // and no other user, which a user namespace does not have
        "--conf-file=/dev/null",
        "--port=0",
        "--interface=access",
        "--bind-interfaces",
        "--dhcp-range=198.51.100.10,198.51.100.10,255.255.255.0,2m",
        "--dhcp-option=option:router,198.51.100.1",
        "--dhcp-option=option:dns-server,203.0.113.80",
        "--dhcp-authoritative",
        "--dhcp-leasefile=/run/dhcp.leases",
        "--no-ping",
    ],
    ready: "DHCP, sockets bound",
}];

/// What a service may take to start.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts one of the provider's services, and waits until it is ready.
pub(super) fn start_service(lab: &mut Lab, name: &str) -> Result<(), LabError> {
    let Some(service) = SERVICES.iter().find(|service| service.name == name) else { return Ok(()) };
    let path = format!("/run/{name}.log");
    let log = File::create(&path)?;
    let also_log = log.try_clone()?;
    let mut running = lab
        .find("isp")?
        .run(move || program(service.program).args(service.arguments).stdout(log).stderr(also_log).spawn())?
        .map_err(|source| LabError::Program { program: service.program.to_owned(), source })?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let written = fs::read_to_string(&path)?;
        if written.contains(service.ready) {
            lab.services.insert(service.name, running);
            return Ok(());
        }
        if running.try_wait()?.is_some() || Instant::now() > deadline {
            let doing = format!("service {name} ({})", service.program);
            return Err(LabError::Wiring { host: "isp".to_owned(), doing, words: written });
        }
        thread::sleep(Duration::from_millis(5));
    }
}
