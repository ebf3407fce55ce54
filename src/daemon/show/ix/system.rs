//! Screens of the router itself. What the appliance says of its ROM, its board and its flash has
//! no counterpart here.

use std::time::Duration;

use crate::daemon::show::PROGRAM;
use crate::types::{Civil, Zone};

/// `show version`.
pub fn version(uptime: Duration, started: Civil, zone: Zone, source: &str) -> String {
    let Civil { year, day, hour, minute, second, .. } = started;
    let (month, weekday) = (started.month_name(), started.weekday_name());
    format!(
        "{PROGRAM}\n\n\
         {}\
         System started at {month} {day:02}-{weekday}-{year} {hour:02}:{minute:02}:{second:02} {zone}\n\n\
         Current configuration is based on \"{source}\"\n",
        self::uptime(uptime)
    )
}

/// `show uptime`: units that are zero at the front are left out.
pub fn uptime(uptime: Duration) -> String {
    let minutes = uptime.as_secs() / 60;
    let units = [(minutes / 1440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")];
    let begins = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let words = units[begins..].iter().map(|(count, unit)| match count {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    });
    format!("System uptime is {}\n", words.collect::<Vec<_>>().join(" "))
}

/// `show clock`: `Wednesday, 15 March 2023 02:01:17 +09 00`.
pub fn clock(now: Civil, zone: Zone) -> String {
    let Civil { year, day, hour, minute, second, .. } = now;
    let (weekday, month) = (now.full_weekday_name(), now.full_month_name());
    let sign = if zone.0 < 0 { '-' } else { '+' };
    let ahead = zone.0.unsigned_abs();
    format!(
        "{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} {sign}{:02} {:02}\n",
        ahead / 60,
        ahead % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Timestamp;

    #[test]
    fn the_clock_is_that_of_the_zone() {
        let at = Timestamp(1_678_813_277);
        assert_eq!(clock(at.civil(Zone(540)), Zone(540)), "Wednesday, 15 March 2023 02:01:17 +09 00\n");
        assert_eq!(clock(at.civil(Zone(-210)), Zone(-210)), "Tuesday, 14 March 2023 13:31:17 -03 30\n");
    }

    #[test]
    fn the_uptime_begins_with_what_is_not_zero() {
        let text = |minutes: u64| uptime(Duration::from_secs(minutes * 60 + 59));
        assert_eq!(text(0), "System uptime is 0 minutes\n");
        assert_eq!(text(61), "System uptime is 1 hour 1 minute\n");
        assert_eq!(text(6 * 1440 + 21 * 60 + 45), "System uptime is 6 days 21 hours 45 minutes\n");
        assert_eq!(text(1440), "System uptime is 1 day 0 hours 0 minutes\n");
    }
}
