//! `hostname`, `timezone`.

use super::Page;
use crate::model::system::{Console, System};
use crate::types::Zone;

pub(super) fn raise(page: &mut Page<'_>, system: &System) {
    let System { hostname, timezone, console: Console { character, columns, page_rows } } = system;
    if let Some(name) = hostname {
        page.line(name.origin, format_args!("hostname {}", page.word(name)));
    }
    if let Some(zone) = timezone {
        let Zone(minutes) = zone.value;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        page.line(zone.origin, format_args!("timezone {sign}{hours:02} {minutes:02}"));
    }
    if let Some(character) = character {
        page.lose(character.origin, "an IX speaks English only");
    }
    if let Some(columns) = columns {
        page.lose(columns.origin, "the width of a page is set in each session: terminal width");
    }
    if let Some(rows) = page_rows {
        page.lose(rows.origin, "the length of a page is set in each session: terminal length");
    }
}
