//! The program `nft`: JSON to its standard input.

use std::env;
use std::io;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::transaction::Transaction;
use crate::apply::kernel::KernelError;

/// Whether a transaction shall come into force.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// In one piece, or not at all.
    Commit,
    /// Only ask whether it could.
    Check,
}

/// Gives nft a transaction.
pub(super) async fn run(transaction: &Transaction, mode: Mode) -> Result<(), KernelError> {
    if transaction.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_vec(transaction).map_err(|error| KernelError::new(error.to_string()))?;
    feed(&["--json", "--file", "-"], &json, mode).await
}

/// Gives nft a transaction in its own language.
pub(super) async fn run_text(text: &str, mode: Mode) -> Result<(), KernelError> {
    feed(&["--file", "-"], text.as_bytes(), mode).await
}

async fn feed(arguments: &[&str], input: &[u8], mode: Mode) -> Result<(), KernelError> {
    let check: &[&str] = if mode == Mode::Check { &["--check"] } else { &[] };
    let output = nft(&[check, arguments].concat(), input).await.map_err(not_started)?;
    if output.status.success() { Ok(()) } else { Err(KernelError::new(complaint(&output.stderr))) }
}

#[expect(clippy::disallowed_methods, reason = "nft is the one program that apply starts")]
async fn nft(arguments: &[&str], input: &[u8]) -> io::Result<Output> {
    // Outside of root's own environment, the path often lacks the place where nft lives.
    let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let mut child = Command::new("nft")
        .args(arguments)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // nft may end before it has read all: what it says then tells more than a broken pipe.
            drop(stdin.write_all(input).await);
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    output
}

fn not_started(error: io::Error) -> KernelError {
    match is_missing(&error) {
        true => KernelError::new("nft: not found: install the package nftables"),
        false => KernelError::new(format!("nft: {error}")),
    }
}

/// Where a directory of the path may not be read, a missing program looks like a forbidden one.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
}

/// What nft's message says first: without the place in our JSON, the echo, the carets, and what follows from it.
fn complaint(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let said = text.lines().find_map(|line| line.split_once("Error: ").map(|(_, message)| message));
    let said = said.or_else(|| text.lines().next()).unwrap_or("failed without a word");
    format!("nft: {}", said.trim().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_what_nft_says_after_error() {
        let stderr = b"internal:0:0-0: Error: Could not process rule: No such file or directory\n\n";
        assert_eq!(complaint(stderr), "nft: Could not process rule: No such file or directory");
        let chain =
            b"x: Error: Invalid RHS of relational.\n\nx: Error: Parsing expr array at index 0 failed.\n";
        assert_eq!(complaint(chain), "nft: Invalid RHS of relational");
        let echo = b"/dev/stdin:1:5-9: Error: No such file or directory\nlist table inet x\n           ^^^\n";
        assert_eq!(complaint(echo), "nft: No such file or directory");
        assert_eq!(complaint(b"Killed\n"), "nft: Killed");
        assert_eq!(complaint(b""), "nft: failed without a word");
    }
}
