//! What every grammar file must keep to, as tests.

use std::collections::{BTreeMap, BTreeSet};

use pest_meta::ast::{Expr, Rule as AstRule};
use pest_meta::parser::{self, Rule as Meta};

use super::automaton::Takes;
use super::*;

/// Modes that no line opens: the daemon enters them.
const OUTER_MODES: [&str; 2] = ["operation", "global"];

fn all_commands() -> impl Iterator<Item = &'static RuleInfo> {
    Dialect::ALL.into_iter().flat_map(|dialect| Syntax::of(dialect).commands())
}

fn all_positions() -> impl Iterator<Item = (&'static Syntax, &'static Position)> {
    let of = |dialect| {
        Syntax::of(dialect).automaton.positions.iter().map(move |position| (Syntax::of(dialect), position))
    };
    Dialect::ALL.into_iter().flat_map(of)
}

fn all_expressions() -> Vec<AstRule> {
    let text: String = grammar::FILES.iter().map(|(_, text)| *text).collect();
    parser::consume_rules(parser::parse(Meta::grammar_rules, &text).unwrap()).unwrap()
}

#[test]
fn every_command_and_every_value_is_documented() {
    for command in all_commands() {
        assert!(command.help.ends_with('.'), "{} needs a first sentence", command.name);
    }
    for (syntax, position) in all_positions() {
        if let Some(rule) = position.takes.rule() {
            let info = syntax.rule(rule);
            assert!(!info.help.is_empty() && !info.help.ends_with('.'), "{} needs a short name", info.name);
        }
    }
}

#[test]
fn help_for_a_word_explains_a_word_that_exists() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let positions = || syntax.automaton.positions.iter();
        for command in syntax.commands() {
            let own = positions().filter(|position| syntax.rule(position.command).name == command.name);
            let words: BTreeSet<&str> =
                own.flat_map(|position| position.takes.keywords().iter().copied()).collect();
            for (word, help) in &command.words {
                assert!(words.contains(word), "{} has no word {word}", command.name);
                assert!(!help.is_empty(), "{} says nothing of {word}", command.name);
            }
        }
        let words: BTreeSet<&str> =
            positions().flat_map(|position| position.takes.keywords().iter().copied()).collect();
        for position in positions() {
            let Some(choice) = position.value.and_then(|value| value.rule).map(|rule| syntax.rule(rule))
            else {
                continue;
            };
            for (word, _) in &choice.words {
                assert!(position.takes.keywords().contains(word), "{} has no word {word}", choice.name);
            }
        }
        for (word, _) in &syntax.glossary {
            assert!(words.contains(word) || *word == "no", "no {dialect} command has the word {word}");
        }
    }
}

#[test]
fn a_word_that_begins_several_commands_is_explained_once() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        for (mode, begin) in &syntax.automaton.modes {
            let mut helps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for (keyword, first) in &begin.keywords {
                let position = syntax.automaton.position(*first);
                helps.entry(keyword).or_default().insert(syntax.help(position, keyword));
            }
            for (keyword, helps) in helps {
                assert_eq!(helps.len(), 1, "{dialect} {mode}: {keyword} is explained as {helps:?}");
            }
        }
    }
}

#[test]
fn keywords_are_single_words_in_small_letters() {
    for (_, position) in all_positions() {
        for keyword in position.takes.keywords() {
            let fits = |sign: char| {
                sign.is_ascii_graphic() && !sign.is_ascii_uppercase() && !"\\\"'#".contains(sign)
            };
            assert!(!keyword.is_empty() && keyword.chars().all(fits), "{keyword:?}");
        }
    }
}

#[test]
fn annotations_name_what_exists() {
    let modes: BTreeSet<&str> = all_commands().flat_map(|command| command.modes.iter().copied()).collect();
    let opened: BTreeSet<&str> = all_commands().filter_map(|command| command.opens).collect();
    let known = |mode: &str| OUTER_MODES.contains(&mode) || opened.contains(mode);
    for mode in &modes {
        assert!(known(mode), "no line opens the mode {mode}");
    }
    for mode in &opened {
        assert!(modes.contains(mode), "the mode {mode} has no commands");
    }
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        for command in syntax.commands() {
            let setting = syntax.commands().find(|other| other.name == command.setting);
            assert!(
                setting.is_some_and(|other| other.keys == command.keys),
                "{} as {}",
                command.name,
                command.setting
            );
            let own = syntax
                .automaton
                .positions
                .iter()
                .filter(|position| syntax.rule(position.command).name == command.name);
            let tags: BTreeSet<&str> = own.filter_map(|position| position.value?.tag).collect();
            let names = command.defines.iter().chain(&command.uses).map(|(_, tag)| tag);
            for tag in command.keys.iter().chain(names) {
                assert!(tags.contains(tag), "{} has no tag {tag}", command.name);
            }
            assert!(
                !command.operational || command.opens.is_none(),
                "{} is run and opens a context",
                command.name
            );
            assert!(
                command.inert.is_none_or(|reason| ["hardware", "cloud"].contains(&reason)),
                "{}",
                command.name
            );
        }
    }
}

#[test]
fn what_is_used_can_be_defined() {
    for dialect in Dialect::ALL {
        let commands = || Syntax::of(dialect).commands();
        let defined: BTreeSet<&str> =
            commands().flat_map(|command| command.defines.iter().map(|(kind, _)| *kind)).collect();
        for command in commands() {
            for (kind, _) in &command.uses {
                assert!(defined.contains(kind), "{} uses a {kind}, which nothing defines", command.name);
            }
        }
    }
}

#[test]
fn the_words_of_limited_numbers_name_their_limits() {
    for (syntax, position) in all_positions() {
        let Some(info) = position.takes.rule().map(|rule| syntax.rule(rule)) else { continue };
        if let Some((low, high)) = info.range {
            assert!(info.help.contains(&format!("({low}-{high})")), "{}: {}", info.name, info.help);
        }
    }
}

#[test]
fn no_alternative_hides_a_later_one() {
    for rule in all_expressions() {
        for expr in rule.expr.iter_top_down() {
            let literals: Vec<String> = alternatives(&expr).into_iter().filter_map(literal).collect();
            for (index, earlier) in literals.iter().enumerate() {
                let hidden = literals[index + 1..].iter().find(|later| later.starts_with(earlier));
                assert_eq!(hidden, None, "{}: {earlier:?} hides it", rule.name);
            }
        }
    }
}

/// The alternatives of a choice in their order.
fn alternatives(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Choice(first, second) => [alternatives(first), alternatives(second)].concat(),
        other => vec![other],
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Str(text) => Some(text.clone()),
        Expr::Insens(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    }
}

#[test]
fn every_rule_belongs_to_a_command() {
    let rules = all_expressions();
    let used: BTreeSet<String> = rules
        .iter()
        .flat_map(|rule| rule.expr.iter_top_down().collect::<Vec<_>>())
        .filter_map(|expr| match expr {
            Expr::Ident(name) => Some(name),
            _ => None,
        })
        .collect();
    let commands: BTreeSet<&str> = all_commands().map(|command| command.name).collect();
    let special = ["WHITESPACE", "ix_words", "rtx_words"];
    for rule in rules {
        let name = rule.name.as_str();
        assert!(
            used.contains(name) || commands.contains(name) || special.contains(&name),
            "{name} is used nowhere"
        );
    }
}

#[test]
fn a_rest_of_line_ends_its_command() {
    for (syntax, position) in all_positions() {
        if let Takes::Line(_) = position.takes {
            let name = syntax.rule(position.command).name;
            assert!(position.ends && position.follow.len() == 1, "{name} goes on after the rest of the line");
        }
    }
}

#[test]
fn what_is_secret_is_masked() {
    let secret = ["password", "secret", "key", "key_text", "query", "community"];
    for (syntax, position) in all_positions() {
        let Some(value) = position.value else { continue };
        let rule = value.rule.map_or("", |rule| syntax.rule(rule).name);
        let named = |word: &&str| {
            rule.strip_suffix(*word).is_some_and(|before| before.ends_with('_')) || value.tag == Some(word)
        };
        let command = syntax.rule(position.command).name;
        assert!(value.tag == Some("secret") || !secret.iter().any(named), "{command}: {rule}");
    }
}

#[test]
fn a_secret_may_be_the_mark_that_a_router_prints_for_it() {
    let mut refusing = BTreeSet::new();
    for (syntax, position) in all_positions() {
        let secret = position.value.and_then(|value| value.tag) == Some("secret");
        if let Some(rule) = position.takes.rule().filter(|_| secret) {
            let info = syntax.rule(rule);
            // Of a word such as `auth=TEXT` only the part behind the sign is printed so.
            if !["*", "auth=*", "authkey=*", "password=*"]
                .iter()
                .any(|mark| judge::accepts_word(info, rule, mark))
            {
                refusing.insert((syntax.rule(position.command).name, info.name));
            }
        }
    }
    assert_eq!(refusing, BTreeSet::new());
}
