//! Sessions with a router whose Linux is a fake: what is typed, and the transcript that follows.
//!
//! `tests/cases/session/CASE.txt`; `TSUJI_UPDATE=1 cargo test --test daemon` rewrites what stands
//! below the first `=== ` line. A line that begins with `@` is no typed line but something that
//! happens; `tests/daemon/stage.rs` lists them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "daemon/stage.rs"]
mod stage;

use std::fs;
use std::path::PathBuf;

use stage::Stage;

const MARK: &str = "=== transcript\n";

#[tokio::test(start_paused = true)]
async fn every_session_goes_as_written() {
    let update = std::env::var_os("TSUJI_UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let text = fs::read_to_string(&path).unwrap();
        let input = text.split_once(MARK).map_or(text.as_str(), |(input, _)| input);
        let whole = format!("{input}{MARK}{}", play(&path, input).await);
        if update {
            fs::write(&path, whole).unwrap();
        } else if whole != text {
            let diff = similar::TextDiff::from_lines(&text, &whole);
            let diff = diff.unified_diff().header("written", "found").to_string();
            wrong.push(format!("{}\n{diff}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn play(path: &std::path::Path, input: &str) -> String {
    let mut stage = Stage::new(path.file_stem().unwrap().to_str().unwrap()).await;
    for line in input.lines() {
        stage.play(line).await;
    }
    stage.finish()
}

fn cases() -> Vec<PathBuf> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/session");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {directory}");
    paths
}
