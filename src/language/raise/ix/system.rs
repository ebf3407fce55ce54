//! `hostname`.

use super::Page;
use crate::model::system::{Console, System};

pub(super) fn raise(page: &mut Page<'_>, system: &System) {
    let System { hostname, console: Console { language, page_rows } } = system;
    if let Some(name) = hostname {
        page.line(name.origin, format_args!("hostname {}", page.word(name)));
    }
    if let Some(language) = language {
        page.lose(language.origin, "an IX speaks English only");
    }
    if let Some(rows) = page_rows {
        page.lose(rows.origin, "the length of a page is set in each session: terminal length");
    }
}
