//! `ddns …`.

use super::Page;
use crate::model::ddns::{Ddns, Profile};
use crate::types::Sourced;

pub(super) fn raise(page: &mut Page<'_>, ddns: &Ddns) {
    let Ddns { enabled, profiles } = ddns;
    if let Some(enabled) = enabled {
        page.line(enabled.origin, "ddns enable");
    }
    for (name, profile) in profiles {
        raise_profile(page, name, profile);
    }
    page.leave();
}

fn raise_profile(page: &mut Page<'_>, name: &str, profile: &Sourced<Profile>) {
    let Sourced { value: Profile { url, query, over_ipv6, source, told, minutes }, origin } = profile;
    let name = page.word(name);
    page.enter(*origin, format_args!("ddns profile {name}"));
    if let Some(url) = url {
        let text = page.word(url);
        page.line(url.origin, format_args!("url {text}"));
    }
    if let Some(query) = query {
        let text = page.word(query.expose());
        page.line(query.origin, format_args!("query {text}"));
    }
    if *over_ipv6 {
        page.line(*origin, "transport ipv6");
    }
    for (word, interface) in [("source-interface", source), ("notify-interface", told)] {
        if let Some(interface) = interface {
            let name = page.interface(interface.value);
            page.line(interface.origin, format_args!("{word} {name}"));
        }
    }
    if let Some(minutes) = minutes {
        page.line(minutes.origin, format_args!("update-interval {}", minutes.value));
    }
}
