//! The derived parser as judge of single words and of whole lines.

use pest::Parser;

use super::Rule;
use super::grammar::Grammar;
use super::info::RuleInfo;

/// Whether the rule accepts this text to its end.
pub(super) fn accepts(rule: Rule, text: &str) -> bool {
    let parsed = Grammar::parse(rule, text);
    parsed.is_ok_and(|mut pairs| pairs.next().is_some_and(|pair| pair.as_span().end() == text.len()))
}

/// Whether the atomic rule accepts this word, its numbers within the limits of `@range`: one, or two
/// with `-` between them, the smaller one first.
pub(super) fn accepts_word(info: &RuleInfo, rule: Rule, word: &str) -> bool {
    accepts(rule, word) && info.range.is_none_or(|limits| is_within(word, limits))
}

fn is_within(word: &str, (low, high): (u64, u64)) -> bool {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let numbers = first.parse::<u64>().ok().zip(last.parse::<u64>().ok());
    numbers.is_some_and(|(first, last)| low <= first && first <= last && last <= high)
}
