//! `console …`, `timezone`.

use super::Page;
use crate::model::system::{Console, System};
use crate::types::Zone;

pub(super) fn raise(page: &mut Page<'_>, system: &System) {
    let System { hostname, timezone, console: Console { character, columns, page_rows } } = system;
    if let Some(name) = hostname {
        page.line(name.origin, format_args!("console prompt {}", page.word(name)));
    }
    if let Some(zone) = timezone {
        page.line(zone.origin, format_args!("timezone {}", zone_text(zone.value)));
    }
    if let Some(character) = character {
        page.line(character.origin, format_args!("console character {}", character.value));
    }
    if let Some(columns) = columns {
        page.line(columns.origin, format_args!("console columns {}", columns.value));
    }
    if let Some(rows) = page_rows {
        let lines = if rows.value == 0 { "infinity".to_owned() } else { rows.value.to_string() };
        page.line(rows.origin, format_args!("console lines {lines}"));
    }
}

fn zone_text(Zone(minutes): Zone) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
