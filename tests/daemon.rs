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

#[tokio::test(start_paused = true)]
async fn the_snippets_of_an_article_end_with_one_default_route() {
    let mut stage = Stage::new("article").await;
    stage.play("configure").await;
    for line in include_str!("daemon/article.conf").lines() {
        stage.play(line).await;
    }
    stage.play("commit").await;
    stage.play("show running-config | include ip route").await;
    let transcript = stage.finish();
    let (pasted, shown) = transcript.split_once("show running-config | include ip route\n").unwrap();
    assert_eq!(shown, "ip route default GigaEthernet0.1\n");
    let refused: Vec<&str> = pasted.lines().filter(|line| line.contains(" -- ")).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(pasted.contains("% committed as revision 2\n"), "{pasted}");
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
