//! An RTX tells its addresses to its vendor's service only.

use super::Page;
use crate::model::ddns::Ddns;

pub(super) fn raise(page: &mut Page<'_>, ddns: &Ddns) {
    let Ddns { enabled, profiles } = ddns;
    let enabled = enabled.iter().map(|enabled| enabled.origin);
    for line in enabled.chain(profiles.values().map(|profile| profile.origin)) {
        page.lose(line, "an RTX tells its addresses to its vendor's service only");
    }
}
