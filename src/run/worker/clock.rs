//! The one place of the workers that knows what time it is.

use std::time::Instant;

/// This moment.
#[expect(clippy::disallowed_methods, reason = "engines have no clock: their driver reads it for them")]
pub(super) fn now() -> Instant {
    Instant::now()
}
