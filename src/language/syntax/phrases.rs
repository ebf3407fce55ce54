//! Phrases made from the grammar: walks through the automaton, with words made from the
//! expressions of atomic rules. Each must be read back as what it was made from.

use std::collections::HashMap;

use pest_meta::ast::Expr;
use pest_meta::parser::{self, Rule as Meta};

use super::automaton::{PositionId, Takes};
use super::*;

/// Makes words and phrases of one dialect, always the same ones.
pub(super) struct Phrases {
    syntax: &'static Syntax,
    expressions: HashMap<String, Expr>,
    seed: u64,
}

/// How often a repetition without limit repeats at most.
const REPEATS: u64 = 3;

impl Phrases {
    pub fn of(dialect: Dialect) -> Self {
        let text: String = grammar::FILES.iter().map(|(_, text)| *text).collect();
        let pairs = parser::parse(Meta::grammar_rules, &text).unwrap();
        let rules = parser::consume_rules(pairs).unwrap();
        let expressions = rules.into_iter().map(|rule| (rule.name, rule.expr)).collect();
        Self { syntax: Syntax::of(dialect), expressions, seed: 0x1234_5678_9abc_def1 }
    }

    /// A phrase of a command: from one of its first positions on at random.
    pub fn phrase(&mut self, first: PositionId) -> String {
        let mut phrase = String::new();
        let mut at = first;
        let mut beside = Vec::new();
        loop {
            let position = self.syntax.automaton.position(at);
            let word = match &position.takes {
                Takes::Keyword(keyword) => (*keyword).to_owned(),
                Takes::Choice(keywords) => keywords[self.below(keywords.len() as u64) as usize].to_owned(),
                Takes::Value(rule) | Takes::Line(rule) => self.word_beside(*rule, &beside),
            };
            phrase.push_str(&word);
            let next: Vec<PositionId> = match position.takes {
                Takes::Line(_) => Vec::new(),
                Takes::Keyword(_) | Takes::Choice(_) | Takes::Value(_) => position.follow.clone(),
            };
            let stop = position.ends && (next.is_empty() || self.below(3) == 0);
            if stop {
                return phrase;
            }
            at = next[self.below(next.len() as u64) as usize];
            beside = next;
            phrase.push(' ');
        }
    }

    /// A word that abbreviates none of the keywords that could stand there instead.
    fn word_beside(&mut self, rule: Rule, beside: &[PositionId]) -> String {
        let syntax = self.syntax;
        let keywords =
            || beside.iter().flat_map(|at| syntax.automaton.position(*at).takes.keywords().iter().copied());
        loop {
            let word = self.word(rule);
            let small = word.to_ascii_lowercase();
            if !keywords().any(|keyword| keyword.starts_with(&small)) {
                return word;
            }
        }
    }

    /// A word that the atomic rule accepts and that reads as one word.
    fn word(&mut self, rule: Rule) -> String {
        let info = self.syntax.rule(rule);
        if let Some((low, high)) = info.range {
            return (low + self.below(high - low + 1)).to_string();
        }
        for _ in 0..1000 {
            let mut word = String::new();
            self.generate(&Expr::Ident(info.name.to_owned()), &mut word);
            let cut = words::split(self.syntax.dialect, &word);
            let whole = cut.body == word && cut.words.first().is_some_and(|first| first.start == 0);
            let closed = ["\"", "'"].iter().all(|quote| {
                let line = format!("{word} {quote}");
                words::split(self.syntax.dialect, &line).words.last().is_some_and(|last| last.text == *quote)
            });
            if whole
                && closed
                && word.chars().all(text::is_readable)
                && (info.line || cut.words.len() == 1)
                && judge::accepts_word(info, rule, &word)
            {
                return word;
            }
        }
        panic!("{} accepts nothing that can be made from it", info.name);
    }

    fn generate(&mut self, expr: &Expr, out: &mut String) {
        match expr {
            Expr::Str(text) | Expr::Insens(text) => out.push_str(text),
            Expr::Range(low, high) => {
                let sign = |text: &str| u64::from(u32::from(text.chars().next().unwrap()));
                let (low, high) = (sign(low), sign(high).min(sign(low) + 0x3000));
                let sign = low + self.below(high - low + 1);
                out.push(char::from_u32(sign as u32).unwrap());
            }
            Expr::Ident(name) => match name.as_str() {
                "ANY" => out.push(['a', 'Z', '0', '-', '.', ' ', '辻'][self.below(7) as usize]),
                "ASCII_DIGIT" => out.push(char::from(b'0' + self.below(10) as u8)),
                "ASCII_ALPHANUMERIC" => out.push(char::from(b"09azAZ"[self.below(6) as usize])),
                "ASCII_HEX_DIGIT" => out.push(char::from(b"0123456789abcdefABCDEF"[self.below(22) as usize])),
                _ => {
                    let expr = self.expressions[name].clone();
                    self.generate(&expr, out);
                }
            },
            Expr::Seq(first, second) => {
                self.generate(first, out);
                self.generate(second, out);
            }
            Expr::Choice(first, second) => {
                let expr = if self.below(2) == 0 { first } else { second };
                self.generate(expr, out);
            }
            Expr::Opt(expr) => self.times(expr, 0, 1, out),
            Expr::Rep(expr) => self.times(expr, 0, REPEATS, out),
            Expr::RepOnce(expr) => self.times(expr, 1, REPEATS, out),
            Expr::RepExact(expr, count) => self.times(expr, u64::from(*count), u64::from(*count), out),
            Expr::RepMin(expr, least) => {
                self.times(expr, u64::from(*least), u64::from(*least) + REPEATS, out)
            }
            Expr::RepMax(expr, most) => self.times(expr, 0, u64::from(*most), out),
            Expr::RepMinMax(expr, least, most) => self.times(expr, u64::from(*least), u64::from(*most), out),
            Expr::PosPred(_) | Expr::NegPred(_) => {}
            other => panic!("a word of the grammar holds {other:?}"),
        }
    }

    fn times(&mut self, expr: &Expr, least: u64, most: u64, out: &mut String) {
        for _ in 0..least + self.below(most - least + 1) {
            self.generate(expr, out);
        }
    }

    /// A number below `limit` (xorshift).
    fn below(&mut self, limit: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % limit
    }
}

/// Phrases of each way to begin a command.
const SAMPLES: usize = 60;

#[test]
fn phrases_of_every_command_are_read_back_as_they_were_made() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let mut phrases = Phrases::of(dialect);
        for (mode, begin) in &syntax.automaton.modes {
            for first in begin.all() {
                let made_from = syntax.rule(syntax.automaton.position(first).command).name;
                for _ in 0..SAMPLES {
                    let phrase = phrases.phrase(first);
                    let command = syntax.parse(&[mode], &phrase);
                    let read = command.map(|command| (syntax.rule(command.rule).name, command.text()));
                    assert_eq!(read, Ok((made_from, phrase.clone())), "{phrase}");
                }
            }
        }
    }
}

#[test]
fn no_two_commands_of_a_mode_accept_the_same_words() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let mut phrases = Phrases::of(dialect);
        for (mode, begin) in &syntax.automaton.modes {
            for first in begin.all() {
                for _ in 0..SAMPLES {
                    let phrase = phrases.phrase(first);
                    let modes = [*mode];
                    let typed = syntax.split(&phrase).unwrap();
                    let walk = syntax.walk(Walk::new(syntax, &modes), &typed.words).unwrap();
                    let ends = |position: PositionId| syntax.automaton.position(position).ends;
                    let complete = walk.best().filter(|thread| ends(thread.position));
                    let mut rules: Vec<_> =
                        complete.map(|thread| syntax.rule(walk.rule(thread)).name).collect();
                    rules.dedup();
                    assert_eq!(rules.len(), 1, "{phrase}: {rules:?}");
                }
            }
        }
    }
}

#[test]
fn what_may_come_next_after_any_part_of_a_phrase_is_known() {
    for dialect in Dialect::ALL {
        let syntax = Syntax::of(dialect);
        let mut phrases = Phrases::of(dialect);
        for (mode, begin) in &syntax.automaton.modes {
            for first in begin.all() {
                let phrase = phrases.phrase(first);
                let whole = words::split(dialect, &phrase).words;
                // A cut inside quotes leaves other words behind.
                let same_words = |cut: &usize| {
                    let part = words::split(dialect, &phrase[..*cut]).words;
                    let begun = usize::from(!phrase[..*cut].ends_with(words::is_blank));
                    let complete = part.len().saturating_sub(begun);
                    part[..complete] == whole[..complete.min(whole.len())]
                };
                let cuts = (0..=phrase.len()).filter(|cut| phrase.is_char_boundary(*cut));
                for cut in cuts.filter(same_words) {
                    let next = syntax.next_words(&[mode], &phrase[..cut]);
                    assert!(next.is_ok(), "{}: {next:?}", &phrase[..cut]);
                }
                let next = syntax.next_words(&[mode], &format!("{phrase} ")).unwrap();
                assert!(next.words.contains(&NextWord::End) || phrase.contains("  "), "{phrase}");
            }
        }
    }
}
