//! `logging …`.

use std::collections::BTreeSet;

use super::Page;
use crate::model::log::{Logging, Syslog};
use crate::types::{Severity, Sourced};

pub(super) fn raise(page: &mut Page<'_>, log: &Logging) {
    let Logging { buffer, severities, subsystems, syslog } = log;
    raise_syslog(page, syslog);
    if let Some(buffer) = buffer {
        page.line(buffer.origin, format_args!("logging buffered {}", buffer.value));
    }
    if let Some(severities) = severities {
        raise_subsystem(page, "all", severities);
    }
    for (subsystem, severities) in subsystems {
        raise_subsystem(page, subsystem, severities);
    }
}

fn raise_syslog(page: &mut Page<'_>, syslog: &Syslog) {
    let Syslog { servers, facility, source } = syslog;
    if let Some(first) = servers.first() {
        page.line(first.origin, "syslog ip enable");
    }
    for server in servers {
        page.line(server.origin, format_args!("syslog ip host {}", server.value));
    }
    if let Some(facility) = facility {
        let word = match facility.value {
            0 => "kern".to_owned(),
            1 => "user".to_owned(),
            2 => "mail".to_owned(),
            3 => "daemon".to_owned(),
            4 => "auth".to_owned(),
            5 => "syslog".to_owned(),
            // Those that are not local have no word here: the line is refused, and so is lost.
            number => format!("local{}", number.wrapping_sub(16)),
        };
        page.line(facility.origin, format_args!("syslog facility {word}"));
    }
    if let Some(source) = source {
        page.line(source.origin, format_args!("syslog ip source {}", source.value));
    }
}

/// An IX logs a severity and all that matter more.
fn raise_subsystem(page: &mut Page<'_>, subsystem: &str, severities: &Sourced<BTreeSet<Severity>>) {
    let last = severities.last().copied().unwrap_or(Severity::Error);
    if Severity::ALL.into_iter().any(|severity| severity <= last && !severities.contains(&severity)) {
        page.lose(severities.origin, "an IX logs all that matters more than what it logs");
    }
    page.line(severities.origin, format_args!("logging subsystem {subsystem} {last}"));
}
