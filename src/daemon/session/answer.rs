//! What a session says to one request.

use crate::daemon::message::{Reply, Status};

/// Text for the console, and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whole lines.
    pub text: String,
    /// How it went.
    pub status: Status,
}

impl Answer {
    /// Done, and nothing to say.
    pub fn ok() -> Self {
        Self { text: String::new(), status: Status::Ok }
    }

    /// Done, with this to say.
    pub fn said(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: Status::Ok }
    }

    /// Refused, for this reason.
    pub fn error(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: Status::Error }
    }

    /// Says more.
    pub fn say(&mut self, text: &str) {
        self.text += text;
    }

    /// Whether it was done.
    pub fn is_ok(&self) -> bool {
        self.status != Status::Error
    }

    /// This, and then another answer, whose status counts.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self { text: self.text + &next.text, status: next.status }
    }

    /// The last answer of the session.
    #[must_use]
    pub fn close(self) -> Self {
        Self { status: Status::Closed, ..self }
    }

    /// As messages.
    pub fn replies(self) -> (Vec<Reply>, Status) {
        let output = (!self.text.is_empty()).then_some(Reply::Output { text: self.text });
        (output.into_iter().collect(), self.status)
    }
}
