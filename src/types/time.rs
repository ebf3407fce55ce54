//! Points in time as people read them: files, screens and logs.
//!
//! Engines never see these; they count on a monotonic clock that is handed to them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01 00:00:00 UTC, without leap seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// What the calendar on the wall and the clock below it show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year of the common era.
    pub year: u64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 (Sunday) to 6.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

/// How far a wall clock is ahead of UTC, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Zone(pub i16);

impl Timestamp {
    /// The same point on the wall clock of a zone.
    pub fn civil(self, zone: Zone) -> Civil {
        let local = self.0.saturating_add_signed(i64::from(zone.0) * 60);
        let (days, second_of_day) = (local / 86_400, local % 86_400);
        // Count from 0000-03-01, so that the leap day is the last of its year.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        Civil {
            year: year_of_era + era * 400 + u64::from(month <= 2),
            month: small(month),
            day: small(day_of_year - (153 * shifted_month + 2) / 5 + 1),
            weekday: small((days + 4) % 7),
            hour: small(second_of_day / 3_600),
            minute: small(second_of_day / 60 % 60),
            second: small(second_of_day % 60),
        }
    }

    /// The time that passed since an earlier point; nothing if the clock was set back.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

/// All parts of a calendar date but the year are below 256.
fn small(value: u64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}

impl fmt::Display for Civil {
    /// `2026/11/21 09:00:00`, as both appliances print it in their logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, .. } = self;
        write!(f, "{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

impl Civil {
    /// `Nov`.
    pub fn month_name(self) -> &'static str {
        &self.full_month_name()[..3]
    }

    /// `November`.
    pub fn full_month_name(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        NAMES[usize::from(self.month.clamp(1, 12)) - 1]
    }

    /// `Sat`.
    pub fn weekday_name(self) -> &'static str {
        &self.full_weekday_name()[..3]
    }

    /// `Saturday`.
    pub fn full_weekday_name(self) -> &'static str {
        const NAMES: [&str; 7] =
            ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
        NAMES[usize::from(self.weekday.min(6))]
    }
}

impl fmt::Display for Zone {
    /// `UTC`, `JST`, `-03:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("UTC"),
            540 => f.write_str("JST"),
            minutes => {
                let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_zones_have_names() {
        let day = Timestamp(1_795_258_800).civil(Zone(0));
        assert_eq!((day.month_name(), day.weekday_name()), ("Nov", "Sat"));
        assert_eq!([Zone(0), Zone(540), Zone(-210)].map(|zone| zone.to_string()), ["UTC", "JST", "-03:30"]);
    }

    #[test]
    fn calendar_dates_come_out_right() {
        let at = |seconds, zone| Timestamp(seconds).civil(Zone(zone)).to_string();
        assert_eq!(at(0, 0), "1970/01/01 00:00:00");
        assert_eq!(at(951_782_399, 0), "2000/02/28 23:59:59");
        assert_eq!(at(951_782_400, 0), "2000/02/29 00:00:00");
        assert_eq!(at(1_767_225_600, 0), "2026/01/01 00:00:00");
        assert_eq!(at(1_767_225_600, 540), "2026/01/01 09:00:00");
        assert_eq!(at(1_767_225_600, -1), "2025/12/31 23:59:00");
        assert_eq!(at(4_107_542_399, 0), "2100/02/28 23:59:59");
        assert_eq!(at(4_107_542_400, 0), "2100/03/01 00:00:00");
    }

    #[test]
    fn the_first_of_1970_was_a_thursday() {
        assert_eq!(Timestamp(0).civil(Zone(0)).weekday, 4);
        assert_eq!(Timestamp(3 * 86_400).civil(Zone(0)).weekday, 0);
    }
}
