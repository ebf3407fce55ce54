//! Every lab script, through the built program: real packets between real namespaces.
#![expect(clippy::disallowed_methods, reason = "the program itself is tested, by the real clock")]

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A test for each script of `tests/lab`, by its name with `_` for `-`.
macro_rules! scripts {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                play(&format!("tests/lab/{}.lab", stringify!($name).replace('_', "-")));
            }
        )*

        #[test]
        fn every_script_has_its_test() {
            let mut there: Vec<String> = fs::read_dir("tests/lab")
                .expect("the directory of scripts")
                .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
                .filter(|name| name.ends_with(".lab"))
                .collect();
            there.sort();
            let mut tested = vec![$(format!("{}.lab", stringify!($name).replace('_', "-"))),*];
            tested.sort();
            assert_eq!(there, tested);
        }
    };
}

scripts! {
    bridge_rtx
    commit_confirmed
    commit_confirmed_killed
    commit_fails
    dhcp
    dhcp_killed
    dhcp_rtx
    filter_dynamic
    filter_log
    filter_route_rtx
    filter_words
    first_road_rtx
    keepalive_rtx
    link_down
    links_parts
    lookahead
    napt_forwards
    napt_sessions
    nat_descriptor
    policy
    policy_interface
    restart
    return_path
    routes_float
    switch
    watch_group
}

#[test]
fn the_example_of_the_readme() {
    play("examples/first-road.lab");
}

#[test]
fn every_example_configuration_routes() {
    let examples = fs::read_dir("examples").expect("the directory of examples");
    let configurations: Vec<String> = examples
        .map(|entry| entry.expect("a readable entry").path().display().to_string())
        .filter(|name| name.ends_with(".conf"))
        .collect();
    assert!(configurations.len() >= 2, "one of each command line: {configurations:?}");
    for configuration in configurations {
        let (status, text) = lab(&[&configuration, "--script", "tests/lab/with/example.lab"]);
        assert_eq!(status, Some(0), "{configuration}\n{text}");
    }
}

/// Plays a script; a failure, or a machine that allows no lab, shows all that was written.
#[track_caller]
fn play(script: &str) {
    let (status, text) = lab(&["--script", script]);
    assert_eq!(status, Some(0), "{script}\n{text}");
}

#[test]
fn a_failed_expectation_is_status_1_and_a_wrong_script_2() {
    let directory = directory("status");
    let script = directory.join("fails.lab");
    let name = script.to_str().expect("a plain name");

    fs::write(&script, "isp$ echo one\nexpect two\n").expect("written");
    let (status, text) = lab(&["--script", name]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains(&format!("{name}:2: FAILED\nexpected: two\nthe output:\n| one\n")), "{text}");

    fs::write(&script, "isp$ true\nnonsense\n").expect("written");
    let (status, text) = lab(&["--script", name]);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains(&format!("{name}:2: ")), "{text}");
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn every_interface_is_recorded() {
    let directory = directory("pcap");
    let script = directory.join("ping.lab");
    fs::write(&script, "isp$ ping -4 server\nexpect 1 received\n").expect("written");
    let (status, text) = lab(&[
        "--pcap",
        directory.to_str().expect("a plain name"),
        "--script",
        script.to_str().expect("a plain name"),
    ]);
    assert_eq!(status, Some(0), "{text}");
    for side in ["isp-core", "server-eth0"] {
        let packets = fs::read(directory.join(format!("{side}.pcap"))).expect("recorded");
        // Source and destination stand side by side in an IPv4 header (RFC 791 section 3.1).
        let headers = |bytes: [u8; 8]| packets.windows(8).filter(|window| *window == bytes).count();
        assert_eq!(headers([203, 0, 113, 1, 203, 0, 113, 80]), 1, "{side}: request");
        assert_eq!(headers([203, 0, 113, 80, 203, 0, 113, 1]), 1, "{side}: reply");
    }
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn nothing_is_left_of_a_lab_that_is_killed() {
    let directory = directory("killed");
    let (script, lock) = (directory.join("sleep.lab"), directory.join("lock"));
    fs::write(&script, format!("isp$ flock {} sleep 1000\n", lock.display())).expect("written");
    let mut lab = Command::new(env!("CARGO_BIN_EXE_tsuji"))
        .args(["lab", "--script"])
        .arg(&script)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the built program starts");
    let held = || File::open(&lock).is_ok_and(|file| file.try_lock().is_err());
    let wait_until = |wanted: bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while held() != wanted {
            assert!(Instant::now() < deadline, "held: {}", held());
            thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until(true);
    lab.kill().expect("killed");
    lab.wait().expect("gone");
    // What was started in it, behind a shell on a host, is gone too.
    wait_until(false);
    fs::remove_dir_all(directory).expect("removed");
}

/// An empty directory.
fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("tsuji-lab-{name}-{}", std::process::id()));
    fs::create_dir_all(&path).expect("a directory for the test");
    path
}

/// Status and output of a lab.
fn lab(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tsuji"))
        .arg("lab")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the built program starts");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text.into_owned())
}
