//! From a `tracing` event to a record of the log.
//!
//! The message comes first, then each field as `name value`. The field `number` is not printed: it
//! is the number of the message in its subsystem, which follows from the module that logs.

use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::{Log, Record};
use crate::types::{Dialect, Severity, Timestamp, Zone};

/// Puts the events of this crate into a [`Log`], as far as its settings admit them.
pub struct LogLayer {
    log: Log,
    echo: Option<Mutex<Box<dyn Write + Send>>>,
}

/// The subsystem of the packets that filters log.
pub(super) const PACKETS: &str = "FLT";

/// Which subsystem a module belongs to; the longest path that fits wins.
const SUBSYSTEMS: &[(&str, &str)] = &[
    ("tsuji", "GW"),
    ("tsuji::apply", "IP"),
    ("tsuji::daemon", "CNFG"),
    ("tsuji::daemon::router::packet_log", PACKETS),
    ("tsuji::net::engine::dhcp4", "DHC"),
    ("tsuji::run::worker::dhcp_client", "DHC"),
    ("tsuji::run::packet_log", PACKETS),
    ("tsuji::shell", "GW"),
];

impl LogLayer {
    pub(super) fn new(log: Log) -> Self {
        Self { log, echo: None }
    }

    /// Writes every line to `writer` as well, as for the journal of the system.
    #[must_use]
    pub fn echoing(self, writer: impl Write + Send + 'static) -> Self {
        Self { echo: Some(Mutex::new(Box::new(writer))), ..self }
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let Some((subsystem, severity)) = classify(event) else { return };
        if !self.log.admits(subsystem, severity) {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let Text { message, fields, number } = text;
        let text = format!("{message}{fields}");
        let record = Record { time: now(), severity, subsystem, number, text };
        if let Some(echo) = &self.echo {
            let mut echo = echo.lock().unwrap_or_else(PoisonError::into_inner);
            // A journal that is gone must not stop the router.
            let _ = writeln!(echo, "{}", record.line(Dialect::Ix, Zone::default()));
        }
        self.log.push(record);
    }
}

/// `None` for what is not logged: packets, and other crates.
fn classify(event: &Event<'_>) -> Option<(&'static str, Severity)> {
    let metadata = event.metadata();
    let severity = match *metadata.level() {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warn,
        Level::INFO => Severity::Info,
        Level::DEBUG => Severity::Debug,
        Level::TRACE => return None,
    };
    let belongs = |(module, _): &&(&str, &str)| {
        let rest = metadata.target().strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let (_, subsystem) = SUBSYSTEMS.iter().filter(belongs).max_by_key(|(module, _)| module.len())?;
    let severity = match (*subsystem, severity) {
        // `tracing` has no level of its own for a packet that was judged.
        (PACKETS, Severity::Info) => Severity::Notice,
        (_, severity) => severity,
    };
    Some((subsystem, severity))
}

#[expect(clippy::disallowed_methods, reason = "a log says when something happened")]
fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Collects an event's message and fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
    number: u16,
}

impl Visit for Text {
    fn record_i64(&mut self, field: &Field, value: i64) {
        match (field.name(), u16::try_from(value)) {
            ("number", Ok(number)) => self.number = number,
            _ => self.record_debug(field, &value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.record_i64(field, value),
            Err(_) => self.record_debug(field, &value),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A peer's text may hold anything: control characters must not reach a screen.
        let value = format!("{value:?}").replace(char::is_control, " ");
        // Writing into a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value}"),
            name => write!(self.fields, ", {} {value}", name.replace('_', " ")),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn events_become_records() {
        let log = Log::default();
        let subscriber = tracing_subscriber::registry().with(log.layer());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "tsuji::daemon::router", number = 3, "Startup config write done");
            tracing::info!(target: "tsuji::run::worker::dhcp_client::owner", interface = "GigaEthernet0.0", "lease\u{7}");
            tracing::info!(target: "tsuji::daemon::router::packet_log", number = 8_u16, "BLOCK");
            tracing::trace!(target: "tsuji::net", "a packet");
            tracing::error!(target: "hyper", "another crate");
        });
        let records = log.snapshot().records;
        let seen: Vec<_> = records.iter().map(|r| (r.subsystem, r.number, r.text.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("CNFG", 3, "Startup config write done"),
                ("DHC", 0, "lease , interface GigaEthernet0.0"),
                ("FLT", 8, "BLOCK"),
            ]
        );
        assert_eq!(records[2].severity, Severity::Notice);
    }
}
