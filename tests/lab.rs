//! Every lab script, through the built program: real packets between real namespaces.

use std::fs;
use std::process::{Command, Stdio};

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
    commit_confirmed
    commit_confirmed_killed
    commit_fails
    dhcp
    dhcp_rtx
    first_road_rtx
    link_down
    restart
    switch
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
    let directory = std::env::temp_dir().join(format!("tsuji-lab-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory for scripts");
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

/// Status and output of a lab.
#[expect(clippy::disallowed_methods, reason = "the program itself is tested")]
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
