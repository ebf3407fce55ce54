//! A fault of ours in one worker: caught and told like any failure, so that it is started again
//! with a pause, and the others go on.

use std::any::Any;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// Does `work`. A panic in it is an error that says so.
///
/// What `work` left half changed must not be used again but by who can stand that: engines are
/// made anew after a failure, and snapshots hold no two values that must fit.
pub(super) async fn caught<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
        let words = words(panic.as_ref());
        tracing::error!(words, "a worker panicked: this is a fault of tsuji");
        Err(io::Error::other(format!("a fault of tsuji: {words}")))
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_with_its_words() {
        let number = std::hint::black_box(7);
        let failed = caught(async {
            assert_eq!(number, 8, "an engine went wrong");
            Ok(())
        });
        let error = failed.await.unwrap_err().to_string();
        assert!(error.starts_with("a fault of tsuji: ") && error.contains("an engine went wrong"), "{error}");
        assert_eq!(caught(async { Ok(1) }).await.unwrap(), 1);
        let refused = caught::<()>(async { Err(io::ErrorKind::NotFound.into()) }).await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
