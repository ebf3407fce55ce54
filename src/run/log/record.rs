//! One line of the log, in the form of either appliance.

use serde::Serialize;

use super::layer::PACKETS;
use crate::types::{Dialect, Severity, Timestamp, Zone};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// When.
    pub time: Timestamp,
    /// How much it matters.
    pub severity: Severity,
    /// Which part of the router says so, up to four letters (`CNFG`, `DHC`, `IP`).
    pub subsystem: &'static str,
    /// Which of the subsystem's messages it is; 0 where it has no number of its own.
    pub number: u16,
    /// What happened.
    pub text: String,
}

impl Record {
    /// `2026/11/21 09:00:00 CNFG.003: text` (IX), `2026/11/21 09:00:00: [CNFG] text` (RTX).
    pub fn line(&self, dialect: Dialect, zone: Zone) -> String {
        let Self { time, subsystem, number, text, .. } = self;
        let time = time.civil(zone);
        match dialect {
            Dialect::Ix => format!("{time} {subsystem:>4}.{number:03}: {text}"),
            // An RTX says of a packet which interface it met, and no more.
            Dialect::Rtx if *subsystem == PACKETS => format!("{time}: {text}"),
            Dialect::Rtx => format!("{time}: [{subsystem}] {text}"),
        }
    }

    /// The bytes that it takes of the log's room: its line on an IX.
    pub fn size(&self) -> usize {
        "2026/11/21 09:00:00 CNFG.003: ".len() + self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_look_as_on_the_appliances() {
        let record = Record {
            time: Timestamp(1_767_225_600),
            severity: Severity::Info,
            subsystem: "IP",
            number: 21,
            text: "Interface GigaEthernet0.0, link up".to_owned(),
        };
        assert_eq!(
            record.line(Dialect::Ix, Zone(0)),
            "2026/01/01 00:00:00   IP.021: Interface GigaEthernet0.0, link up"
        );
        assert_eq!(
            record.line(Dialect::Rtx, Zone(540)),
            "2026/01/01 09:00:00: [IP] Interface GigaEthernet0.0, link up"
        );
        let packet = Record { subsystem: PACKETS, ..record };
        assert_eq!(
            packet.line(Dialect::Rtx, Zone(0)),
            "2026/01/01 00:00:00: Interface GigaEthernet0.0, link up"
        );
    }
}
