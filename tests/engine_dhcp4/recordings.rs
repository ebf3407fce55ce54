//! Real exchanges, recorded by the worker, played again.

use std::fs;
use std::path::Path;

use tsuji::net::engine::Engine;
use tsuji::net::engine::dhcp4::{Client, Config, Input};

use crate::replay::Recording;

#[test]
fn every_recording_gives_what_it_gave() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/dhcp4");
    let mut played = 0;
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            play(&fs::read_to_string(&path).unwrap());
            played += 1;
        }
    }
    assert!(played > 0, "no recording in {}", directory.display());
}

fn play(text: &str) {
    let recording = Recording::parse(text);
    assert_eq!(recording.header["engine"], "dhcp4");
    let config: Config = serde_json::from_value(recording.header["config"].clone()).unwrap();
    let client = Client::new(config, Box::new(recording.entropy.clone()));
    recording.play(client, |client, value, now| {
        let input: Input<'_> = serde_json::from_value(value).unwrap();
        client.handle_input(input, now);
    });
}
