//! `syslog …`.

use std::collections::BTreeSet;

use super::Page;
use crate::model::log::{Logging, Syslog};
use crate::types::{Severity, Sourced};

pub(super) fn raise(page: &mut Page<'_>, log: &Logging) {
    let Logging { buffer, severities, subsystems, syslog } = log;
    raise_syslog(page, syslog);
    if let Some(buffer) = buffer {
        page.lose(buffer.origin, "the size of the log is fixed on an RTX");
    }
    if let Some(severities) = severities {
        raise_severities(page, severities);
    }
    for severities in subsystems.values() {
        page.lose(severities.origin, "an RTX has one setting for all that is logged");
    }
}

fn raise_syslog(page: &mut Page<'_>, syslog: &Syslog) {
    let Syslog { servers, facility, source } = syslog;
    if let Some(first) = servers.first() {
        let words: Vec<String> = servers.iter().map(|server| page.word(server)).collect();
        page.line(first.origin, format_args!("syslog host {}", words.join(" ")));
    }
    if let Some(facility) = facility {
        let word = match facility.value {
            1 => "user".to_owned(),
            local @ 16..=23 => format!("local{}", local - 16),
            number => number.to_string(),
        };
        page.line(facility.origin, format_args!("syslog facility {word}"));
    }
    if let Some(source) = source {
        page.line(source.origin, format_args!("syslog local address {}", source.value));
    }
}

fn raise_severities(page: &mut Page<'_>, severities: &Sourced<BTreeSet<Severity>>) {
    if !severities.contains(&Severity::Warn) || !severities.contains(&Severity::Error) {
        page.lose(severities.origin, "an RTX always logs errors and warnings");
    }
    for severity in [Severity::Notice, Severity::Info, Severity::Debug] {
        let is_on = severities.contains(&severity);
        // Off is what it is by itself.
        if is_on || severity == Severity::Info {
            let state = if is_on { "on" } else { "off" };
            page.line(severities.origin, format_args!("syslog {severity} {state}"));
        }
    }
}
