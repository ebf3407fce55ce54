//! The one place of the workers that knows what time it is.

use std::future;
use std::time::{Duration, Instant};

/// This moment.
#[expect(clippy::disallowed_methods, reason = "engines have no clock: their driver reads it for them")]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// Waits for an engine's deadline and answers its name; without one, for ever.
#[expect(clippy::disallowed_methods, reason = "engines have no clock: their driver waits for them")]
pub(super) async fn reach(deadline: Option<(Instant, &'static str)>) -> &'static str {
    match deadline {
        Some((at, name)) => {
            tokio::time::sleep_until(at.into()).await;
            name
        }
        None => future::pending().await,
    }
}

/// Waits before a worker that failed is started again.
#[expect(
    clippy::disallowed_methods,
    reason = "a failed worker has no engine whose deadline could be awaited"
)]
pub(super) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
