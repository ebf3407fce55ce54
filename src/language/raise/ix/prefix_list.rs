//! `ip prefix-list`, `ipv6 prefix-list`.

use std::collections::BTreeMap;

use super::Page;
use crate::model::prefix_list::{Entry, PrefixList, PrefixLists};

pub(super) fn raise(page: &mut Page<'_>, lists: &PrefixLists) {
    let PrefixLists { ipv4, ipv6 } = lists;
    raise_family(page, "ip", ipv4);
    raise_family(page, "ipv6", ipv6);
}

fn raise_family(page: &mut Page<'_>, family: &str, lists: &BTreeMap<String, PrefixList>) {
    for (name, list) in lists {
        let name = page.word(name);
        for (number, entry) in list {
            let words = words(&entry.value);
            page.line(entry.origin, format_args!("{family} prefix-list {name} {number} {words}"));
        }
    }
}

fn words(entry: &Entry) -> String {
    let Entry { permits, prefix, lengths } = entry;
    let action = if *permits { "permit" } else { "deny" };
    let (length, most) = (prefix.prefix_len(), prefix.max_prefix_len());
    let bounds = match (*lengths.start(), *lengths.end()) {
        (least, longest) if (least, longest) == (length, length) => String::new(),
        (least, longest) if longest == most => format!(" ge {least}"),
        (least, longest) if least == length => format!(" le {longest}"),
        (least, longest) => format!(" ge {least} le {longest}"),
    };
    format!("{action} {prefix}{bounds}")
}
