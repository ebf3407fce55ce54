//! The inputs that the fuzzers kept, through the same bodies, in every test run.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

#[path = "fuzz/bodies/dhcp4.rs"]
mod dhcp4;
#[path = "fuzz/bodies/ppp.rs"]
mod ppp;
#[path = "fuzz/bodies/pppoe.rs"]
mod pppoe;
#[path = "fuzz/bodies/reader.rs"]
mod reader;
#[path = "fuzz/bodies/walker.rs"]
mod walker;

#[test]
fn dhcp4() {
    replay("dhcp4", dhcp4::run);
}

#[test]
fn ppp() {
    replay("ppp", ppp::run);
}

#[test]
fn pppoe() {
    replay("pppoe", pppoe::run);
}

#[test]
fn reader() {
    replay("reader", reader::run);
}

#[test]
fn walker() {
    replay("walker", walker::run);
}

fn replay(target: &str, body: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut inputs = 0;
    for entry in fs::read_dir(&corpus).unwrap() {
        body(&fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "{} is empty", corpus.display());
}
