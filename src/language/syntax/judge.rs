//! The derived parser as judge of single words and of whole lines.

use pest::Parser;

use super::Rule;
use super::grammar::Grammar;
use super::load::RuleInfo;

/// Whether the rule accepts this text to its end.
pub(super) fn accepts(rule: Rule, text: &str) -> bool {
    let parsed = Grammar::parse(rule, text);
    parsed.is_ok_and(|mut pairs| pairs.next().is_some_and(|pair| pair.as_span().end() == text.len()))
}

/// Whether the atomic rule accepts this word, its number within the limits of `@range`.
pub(super) fn accepts_word(info: &RuleInfo, rule: Rule, word: &str) -> bool {
    let within = |(low, high)| word.parse().is_ok_and(|number: u64| (low..=high).contains(&number));
    accepts(rule, word) && info.range.is_none_or(within)
}
