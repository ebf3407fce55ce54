//! Scripts written for the appliances: netmiko's drivers of both vendors, from PyPI, at the
//! console of a daemon over a fake kernel.
//!
//! The drivers speak SSH or telnet; here they open a TCP connection to this test, which hands its
//! bytes to a console on a dumb pseudo-terminal. `tests/netmiko/session.py` is what they do.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "runs real programs")]

#[path = "support/fake_daemon.rs"]
mod fake_daemon;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use fake_daemon::daemon;
use nix::pty::openpty;
use tsuji::daemon::client::Client;
use tsuji::daemon::message::Terminal;
use tsuji::types::Dialect;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/netmiko");

#[test]
fn the_driver_of_the_ix_configures_and_saves() {
    let text = configured_by("nec_ix_telnet", Dialect::Ix, "show startup-config");
    assert!(text.contains("description to the office\n"), "{text}");
    assert_eq!(text.matches("ip route 10.").count(), 300);
}

#[test]
fn the_driver_of_the_rtx_configures_and_saves() {
    let text = configured_by("yamaha_telnet", Dialect::Rtx, "show config");
    assert!(text.contains("console prompt RTX\n"), "{text}");
    assert!(text.contains("ip lan1 address 192.168.100.1/24\n"), "{text}");
    assert_eq!(text.matches("ip route 10.").count(), 300);
}

/// What the daemon shows after the driver's session.
fn configured_by(driver: &str, dialect: Dialect, show: &str) -> String {
    let directory = daemon(driver);
    name_router(&directory, dialect);
    let port = bridge(&directory, dialect);
    let script = Command::new(python())
        .arg(Path::new(DIRECTORY).join("session.py"))
        .args([driver, &port.to_string()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&script.stderr);
    assert!(script.status.success(), "{driver}: {words}");
    let (mut client, _) = Client::connect(&directory, Some(dialect), Terminal::SCRIPT).unwrap();
    let text = client.run(show).unwrap().output;
    let difference = client.run("compare").unwrap().output;
    assert!(!difference.contains("@@"), "{difference}");
    fs::remove_dir_all(directory).unwrap();
    text
}

/// The driver of the RTX finds its way by a prompt with a name, on the appliance too.
fn name_router(directory: &Path, dialect: Dialect) {
    let (mut client, _) = Client::connect(directory, Some(dialect), Terminal::SCRIPT).unwrap();
    let lines = match dialect {
        Dialect::Ix => ["configure", "hostname IX", "commit"],
        Dialect::Rtx => ["administrator", "console prompt RTX", "commit"],
    };
    for line in lines {
        let answer = client.run(line).unwrap();
        assert!(answer.ok, "{line}: {}", answer.output);
    }
}

/// A port of this host that is a console; each connection has its own.
fn bridge(directory: &Path, dialect: Dialect) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let directory = directory.to_owned();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, directory) = (stream.unwrap(), directory.clone());
            thread::spawn(move || console(stream, &directory, dialect));
        }
    });
    port
}

fn console(stream: TcpStream, directory: &Path, dialect: Dialect) {
    let pty = openpty(None, None).unwrap();
    let end = || pty.slave.try_clone().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_tsuji"))
        .args(["--dialect", &dialect.to_string()])
        .env("TSUJI_DIRECTORY", directory)
        .env("TERM", "dumb")
        .stdin(end())
        .stdout(end())
        .stderr(end())
        .spawn()
        .unwrap();
    drop(pty.slave);
    let mut keyboard = File::from(pty.master);
    let (mut screen, mut from_script) = (keyboard.try_clone().unwrap(), stream.try_clone().unwrap());
    // Either side may hang up first; then the other hears of it.
    thread::spawn(move || drop(io::copy(&mut from_script, &mut keyboard)));
    copy_until_closed(&mut screen, stream);
    let _ = program.kill();
    program.wait().unwrap();
}

/// A master whose terminal was closed reads as an error.
fn copy_until_closed(screen: &mut File, mut stream: TcpStream) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = screen.read(&mut bytes) {
        if stream.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}

/// The interpreter of an environment that has netmiko, made below `target/` when it is needed first.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("netmiko");
        let python = home.join("bin/python3");
        let wanted = fs::read(Path::new(DIRECTORY).join("requirements.txt")).unwrap();
        let done = home.join("requirements.txt");
        if fs::read(&done).ok().as_ref() != Some(&wanted) {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            run(Command::new(&python).args(pip).arg(Path::new(DIRECTORY).join("requirements.txt")));
            fs::write(done, wanted).unwrap();
        }
        python
    })
}

fn run(command: &mut Command) {
    let text = format!("{command:?}");
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{text} failed: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{text} cannot run ({error}): .ci/setup installs what this test needs"),
    }
}
